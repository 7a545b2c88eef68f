"""Text → records, each with the line on which it starts, by the standard library's exact CSV reader.

Lines are counted as an editor counts them: the header is line 1, and a quoted cell may span lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from ratedparts.protocols.report import FaultList

MAXIMUM_COLUMNS = 256
MAXIMUM_ROWS = 5_000_000
QUOTED_CELL_LIMIT = "field larger than field limit"


@dataclass(frozen=True)
class Records:
    """The header and, for each whole record, its cells and first line.  ``ragged`` rows are kept apart.

    ``complete`` is False where reading had to stop before the end of the file.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    ragged: list[list[str]]
    complete: bool = True

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.ragged)


def read_records(text: str, faults: FaultList) -> Records | None:
    """Split ``text`` into records; None where not even a header can be read.

    Faults: ``blank_row``, ``ragged_row``, ``too_many_columns``, ``unterminated_quote``, ``quote_misplaced``,
    ``too_many_rows``, ``empty_file``.
    """
    reader = _NumberedReader(text)
    first = next(reader, None)
    if first is None:
        reader.tell_why_it_stopped(faults)
        return None
    line, header = first
    if not any(header):
        faults.add("blank_row", line)
        return None
    if _too_wide(header, line, faults):
        return None
    found_before = faults.count
    rows, lines, ragged = _read_rows(reader, len(header), faults)
    reader.tell_why_it_stopped(faults)
    if not rows and faults.count == found_before:
        faults.add("empty_file", 1, header_only=True)
    return Records(header, rows, lines, ragged, reader.fault is None)


def _read_rows(
    reader: Iterator[tuple[int, list[str]]], width: int, faults: FaultList
) -> tuple[list[list[str]], list[int], list[list[str]]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[list[str]] = []
    blank = 0
    for line, cells in reader:
        if not any(cells):
            blank += 1
            faults.add("blank_row", line)
        elif len(cells) == width:
            rows.append(cells)
            lines.append(line)
        else:
            ragged.append(cells)
            if not _too_wide(cells, line, faults):
                faults.add("ragged_row", line, None, str(len(cells)), expected=width)
        if len(rows) + len(ragged) + blank > MAXIMUM_ROWS:
            faults.add("too_many_rows", line, maximum=MAXIMUM_ROWS)
            break
    return rows, lines, ragged


def _too_wide(cells: list[str], line: int, faults: FaultList) -> bool:
    if len(cells) <= MAXIMUM_COLUMNS:
        return False
    faults.add("too_many_columns", line, None, str(len(cells)), maximum=MAXIMUM_COLUMNS)
    return True


def _lines(text: str) -> Iterator[str]:
    """Line by line with its end; a stream over the text would hold it again, at four bytes a character."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


class _NumberedReader(Iterator[tuple[int, list[str]]]):
    """Each record with the line on which it starts.  Quoting that cannot be followed ends the reading."""

    def __init__(self, text: str) -> None:
        self._reader = csv.reader(_lines(text), strict=True)
        self._start = 1
        self.fault: str | None = None

    def __next__(self) -> tuple[int, list[str]]:
        if self.fault is not None:
            raise StopIteration
        self._start = self._reader.line_num + 1
        try:
            return self._start, next(self._reader)
        except csv.Error as error:
            # The reader's own words are the only sign of which of the two it was.
            unterminated = "unexpected end of data" in str(error) or QUOTED_CELL_LIMIT in str(error)
            self.fault = "unterminated_quote" if unterminated else "quote_misplaced"
            raise StopIteration from None

    def tell_why_it_stopped(self, faults: FaultList) -> None:
        if self.fault is not None:
            faults.add(self.fault, self._start, last_line=self._reader.line_num)
