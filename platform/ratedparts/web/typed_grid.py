"""Results typed into a grid: the cells as they were typed, and the file that they become."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.protocols import ColumnType, Layout, Protocol

MOST_ROWS = 1000
FILE_NAME = "entered-by-hand.csv"
NUMBERS = (ColumnType.NUMBER, ColumnType.WHOLE_NUMBER, ColumnType.BOOLEAN)
# What a laboratory says of a unit besides its numbers.
FATES = ("status", "fail_mode", "fa_ref", "removed_reason")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class WrittenGrid:
    """The file, and which row of the grid stands on each of its lines; ``left_out``: rows on none."""

    content: bytes
    row_of_line: Mapping[int, int]
    left_out: tuple[int, ...]

    @property
    def rows(self) -> int:
        return len(self.row_of_line)


def result_columns(protocol: Protocol) -> frozenset[str]:
    """The columns that hold results.  The others say which unit it was, when, and with what."""
    if protocol.layout is Layout.UNIT_LIVES:
        return frozenset({"lower_hours", "upper_hours"})
    if protocol.layout is Layout.UNIT_PARAMETERS:
        return frozenset({"value"})
    measured = {column.name for column in protocol.columns if column.type in NUMBERS}
    return frozenset({*measured, *FATES} - {"readout"})


def write_grid(rows: Rows, protocol: Protocol, without: frozenset[int] = frozenset()) -> WrittenGrid:
    """The rows as a file of the protocol's columns: UTF-8, LF.

    A row without any result is left out: a unit that has failed is not read again, and the grid held a row
    for every readout of the plan.  ``without``: rows to leave out besides.
    """
    names = [column.name for column in protocol.columns]
    results = result_columns(protocol)
    places = [place for place, name in enumerate(names) if name in results]
    parts = [_line(names)]
    line = 2
    row_of_line: dict[int, int] = {}
    left_out = []
    for index, cells in enumerate(rows):
        if index in without or not any(cells[place] for place in places):
            left_out.append(index)
            continue
        row_of_line[line] = index
        parts.append(_line(cells))
        # A cell that holds line ends takes up several lines, as the checker counts them.
        line += sum(1 for _ in io.StringIO(parts[-1], newline=""))
    return WrittenGrid("".join(parts).encode(), row_of_line, tuple(left_out))


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def rows_of_form(form: Mapping[str, str], protocol: Protocol) -> list[list[str]]:
    """The grid of a posted form: ``rows`` says how many, the cell of row 3 and column 0 is ``3.0``.

    Raises ``grid_too_large``, ``grid_malformed``.
    """
    told = form.get("rows", "")
    if not (told.isascii() and told.isdecimal() and len(told) < 10 and int(told) > 0):
        raise _malformed(protocol)
    _require_few(int(told))
    width = range(len(protocol.columns))
    return [[form.get(f"{row}.{place}", "") for place in width] for row in range(int(told))]


def rows_of_json(value: object, protocol: Protocol) -> list[list[str]]:
    """The grid of ``{"rows": [["…", …], …]}``.  Raises ``grid_too_large``, ``grid_malformed``."""
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise _malformed(protocol)
    _require_few(len(rows))
    width = len(protocol.columns)
    for cells in rows:
        whole = isinstance(cells, list) and len(cells) == width
        if not whole or not all(isinstance(cell, str) for cell in cells):
            raise _malformed(protocol)
    return rows


def _require_few(rows: int) -> None:
    if rows > MOST_ROWS:
        raise RatedPartsError("grid_too_large", kind=Kind.TOO_LARGE, rows=rows, maximum=MOST_ROWS)


def _malformed(protocol: Protocol) -> RatedPartsError:
    return RatedPartsError("grid_malformed", expected=len(protocol.columns))
