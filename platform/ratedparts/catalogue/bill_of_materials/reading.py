"""A list as people paste it → its lines: with a header or without, of cells or of words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ratedparts.errors import Fault, RatedPartsError

from .columns import columns_named

MOST_LINES = 5000
MOST_SIGNS = 1_000_000
MOST_PIECES = 1_000_000
LONGEST_NUMBER = 120
FAULTS_TOLD = 50
COMMENT = "#"
_PIECES = re.compile(r"[0-9]{1,9}")
_TIMES = re.compile(r"^[x×*]$|^[x×*](?=[0-9])|(?<=[0-9])[x×*]$", re.IGNORECASE)
_SERIES_OF_DESIGNATORS = re.compile(r"^([A-Za-z_]*)([0-9]{1,6})\s*[-–~]\s*\1([0-9]{1,6})$")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class BillLine:
    """``row``: the line of the list as an editor shows it; ``quantity``: pieces in one product."""

    row: int
    part_number: str
    quantity: int = 1
    maker: str = ""


def read_bill(text: str) -> tuple[BillLine, ...]:
    """Cells apart by tabs, semicolons or commas; or a part number and a quantity a line, in either order.

    Blank lines and those that begin with ``#`` are passed over.  Without a quantity a line counts its
    designators, or one piece.

    Raises ``bill_refused`` with every fault: ``bill_empty``, ``bill_too_long`` (most), ``bill_columns``,
    ``bill_line``, ``bill_quantity``, ``missing_value``, ``search_text_too_long``, ``unterminated_quote``.
    """
    if len(text) > MOST_SIGNS:
        raise _refused(Fault("bill_too_long", parameters={"most": MOST_LINES}))
    return read_rows(_rows(text.removeprefix("\ufeff")))


def read_rows(given: Iterable[Row]) -> tuple[BillLine, ...]:
    """The same of cells that are apart already, each row with its line."""
    rows = [
        (line, [cell.strip() for cell in cells])
        for line, cells in given
        if any(map(str.strip, cells)) and not _is_remark(cells)
    ]
    if not rows:
        raise _refused(Fault("bill_empty"))
    places = columns_named(rows[0][1])
    if len(rows) > MOST_LINES + bool(places):
        raise _refused(Fault("bill_too_long", parameters={"most": MOST_LINES}))
    faults: list[Fault] = []
    if places:
        rows = rows[1:]
        lines = [_by_columns(row, places, faults) for row in rows]
    else:
        widths = {len([cell for cell in cells if cell]) for _, cells in rows}
        if max(widths) > 2:
            raise _refused(Fault("bill_columns", row=rows[0][0], given=" | ".join(rows[0][1])[:80]))
        lines = [_by_words(row, faults) for row in rows]
    if faults:
        raise _refused(*faults[:FAULTS_TOLD])
    if not lines:
        raise _refused(Fault("bill_empty"))
    return tuple(lines)


def _is_remark(cells: Sequence[str]) -> bool:
    """A header may begin with a ``#`` alone: above the numbers of the lines."""
    begins = cells[0].lstrip().startswith(COMMENT)
    return begins and not (cells[0].strip() == COMMENT and columns_named(cells))


def _rows(text: str) -> Iterator[Row]:
    first = next((line for line in text.splitlines() if line.strip() and line.lstrip()[0] != COMMENT), "")
    delimiter = max("\t;,", key=first.count)  # of equally many the one that is rarer in texts
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        fault = Fault("unterminated_quote", row=start, parameters={"last_line": reader.line_num})
        if "field limit" in str(error):
            limits = {"longest": LONGEST_NUMBER, "words": 1}
            fault = Fault("search_text_too_long", start, "part_number", None, limits)
        raise _refused(fault) from None


def _by_columns(row: Row, places: dict[str, int], faults: list[Fault]) -> BillLine:
    line, cells = row

    def cell(column: str) -> str:
        place = places.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    if not cell("part_number"):
        faults.append(Fault("missing_value", row=line, column="part_number"))
    written = cell("quantity")
    quantity = _pieces(written, line, faults) if written else max(1, _counted(cell("designators")))
    return BillLine(line, _number(cell("part_number"), line, faults), quantity, cell("maker"))


def _by_words(row: Row, faults: list[Fault]) -> BillLine:
    """``GRM188 100``, ``100 x GRM188``, ``GRM188;100`` or the number alone."""
    line, cells = row
    words = [cell for cell in cells if cell]
    if len(words) == 1:
        words = [word for one in words[0].split() if (word := _TIMES.sub("", one))]
    counts = [word for word in words if _PIECES.fullmatch(word)]
    if len(words) == 1:
        return BillLine(line, _number(words[0], line, faults))
    if len(words) != 2 or len(counts) != 1:  # of two numbers nobody knows which is the part's
        faults.append(Fault("bill_line", row=line, given=" ".join(cells)[:80]))
        return BillLine(line, "")
    number = next(word for word in words if word is not counts[0])
    return BillLine(line, _number(number, line, faults), _pieces(counts[0], line, faults))


def _number(text: str, line: int, faults: list[Fault]) -> str:
    if len(text) > LONGEST_NUMBER:
        limits = {"longest": LONGEST_NUMBER, "words": 1}
        faults.append(Fault("search_text_too_long", line, "part_number", text[:40], limits))
    return text


def _pieces(text: str, line: int, faults: list[Fault]) -> int:
    if _PIECES.fullmatch(text) and 1 <= int(text) <= MOST_PIECES:
        return int(text)
    faults.append(Fault("bill_quantity", line, "quantity", text[:40], {"most": MOST_PIECES}))
    return 1


def _counted(designators: str) -> int:
    """``C1, C3-C5`` are four."""
    count = 0
    for one in filter(None, re.split(r"[,;，；、\s]+", re.sub(r"\s*([-–~])\s*", r"\1", designators))):
        series = _SERIES_OF_DESIGNATORS.match(one)
        between = int(series[3]) - int(series[2]) + 1 if series else 1
        count += between if 0 < between <= MOST_LINES else 1
    return count


def _refused(*faults: Fault) -> RatedPartsError:
    return RatedPartsError("bill_refused", items=faults)


def as_text(lines: Sequence[BillLine]) -> str:
    """A list that reads as the same lines, in the same rows where there is room for its header above them.

    Blanks within a cell become single ones: what breaks lines would break them here too.
    """
    written = io.StringIO()
    table = csv.writer(written, delimiter="\t", lineterminator="\n")
    table.writerow(["quantity", "part_number", "maker"])  # a number first: no line looks like a remark
    row = 2
    for one in lines:
        written.write("\n" * (one.row - row))
        table.writerow([one.quantity, " ".join(one.part_number.split()), " ".join(one.maker.split())])
        row = max(one.row, row) + 1
    return written.getvalue()
