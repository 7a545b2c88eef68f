"""What a part's XML says beyond the values of its cells: declarations, formulas, merged and hidden cells.

And whether its cells are where they say, and hold what they say: a reader of workbooks takes more than any
spreadsheet program writes, and then shows one thing to us and another to whoever opens the file.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from ratedparts.protocols.cells import CellFault, read_number
from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS
from ratedparts.protocols.report import FaultList

PIECE = 1 << 16
MOST_ROWS = 20_000  # reading a workbook is slow: a thousand rows take about 0.7 s
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any sheet of a spreadsheet program
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = ("n", "s", "str", "b", "e", "inlineStr", "d")  # of cells
TRUE = ("1", "true")


class _Refused(Exception):
    """Reading of a part was given up; the fault is told."""


def judge_markup(archive: zipfile.ZipFile, name: str, faults: FaultList) -> str | None:
    """Read one part to its end; the name of its outermost element, ``worksheet`` of a sheet.

    None where it is not well-formed, has declarations or is not of its declared size.  Of a sheet also:
    ``workbook_formula``, ``workbook_merged``, ``workbook_hidden``, ``workbook_unreadable``,
    ``too_many_rows``, ``too_many_columns``, each with its place.
    """
    reader = _Reader(name, faults)
    try:
        with archive.open(name) as part:
            reader.read(part)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, UnicodeError, ValueError):
        faults.add("workbook_unreadable", given=name, why="damaged")
        return None
    except _Refused:
        return None
    return reader.outermost


class _Reader:
    def __init__(self, name: str, faults: FaultList) -> None:
        self._name, self._faults = name, faults
        self.outermost: str | None = None
        self._row = self._column = 0
        self._cell: str | None = None
        self._type = "n"
        self._values = 0  # of the cell, so far
        self._value: list[str] | None = None  # the one that is being read

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._on_declaration
        parser.EntityDeclHandler = self._on_declaration
        parser.StartElementHandler = self._on_outermost
        self._parser = parser
        while piece := part.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _on_declaration(self, *_: object) -> None:
        self._faults.add("workbook_declaration", given=self._name)
        raise _Refused

    def _on_outermost(self, element: str, attributes: Mapping[str, str]) -> None:
        """A sheet is known by its content: its part may have any name."""
        namespace, _, self.outermost = element.rpartition(" ")
        sheet = self.outermost == "worksheet"
        if sheet and namespace != MAIN:
            self._faults.add("workbook_unreadable", why="strict")
            raise _Refused
        self._parser.StartElementHandler = self._on_element if sheet else None
        self._parser.EndElementHandler = self._on_end if sheet else None
        self._parser.CharacterDataHandler = self._on_text if sheet else None

    def _on_element(self, element: str, attributes: Mapping[str, str]) -> None:
        tag = element.rpartition(" ")[2]
        if tag == "c":
            self._on_cell(attributes)
        elif tag in ("v", "is"):
            self._value = [] if tag == "v" else None
            self._values += 1
            if self._values > 1:
                self._disorder(self._cell)
            self._limit()
        elif tag == "f":
            self._faults.add("workbook_formula", _row_of(self._cell), None, None, cell=self._cell)
        elif tag == "mergeCell":
            area = attributes.get("ref")
            self._faults.add("workbook_merged", _row_of(area), None, None, cell=area)
        elif tag in ("row", "col"):
            if tag == "row":
                self._on_row(attributes.get("r"))
            if attributes.get("hidden") in TRUE or _is_zero(
                attributes.get("ht" if tag == "row" else "width")
            ):
                self._on_hidden(tag, attributes)

    def _on_row(self, number: str | None) -> None:
        """Rows rise; one without a number follows the one before."""
        row = self._row + 1 if number is None else int(number) if _is_place(number) else 0
        if not self._row < row <= LAST_ROW:
            self._disorder(number)
        self._row, self._column = row, 0

    def _on_cell(self, attributes: Mapping[str, str]) -> None:
        """A cell stands in its row, to the right of the one before."""
        self._cell, self._type, self._values = attributes.get("r"), attributes.get("t", "n"), 0
        if self._type not in TYPES:
            self._disorder(self._cell)
        if self._cell is None:
            self._column += 1
            return
        place = ADDRESS.fullmatch(self._cell)
        column = 0 if place is None else _column_of(place[1])
        if place is None or int(place[2]) != self._row or not self._column < column <= LAST_COLUMN:
            self._disorder(self._cell)
        self._column = column

    def _limit(self) -> None:
        """What is filled in lies within what we read."""
        if self._row > MOST_ROWS + 1:
            self._faults.add("too_many_rows", self._row, maximum=MOST_ROWS)
            raise _Refused
        if self._column > MAXIMUM_COLUMNS:
            self._faults.add("too_many_columns", self._row, None, str(self._column), maximum=MAXIMUM_COLUMNS)
            raise _Refused

    def _disorder(self, place: str | None) -> None:
        self._faults.add("workbook_unreadable", self._row or None, None, place, why="address")
        raise _Refused

    def _on_text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _on_end(self, element: str) -> None:
        """Numbers, and places in the table of texts, are written plainly; ``1_0`` is neither."""
        if not element.endswith(" v") or self._value is None:
            return
        text, self._value = "".join(self._value), None
        if self._type == "n" and text:
            try:
                read_number(text)
            except CellFault:
                self._wrong_number(text)
        elif self._type in ("s", "b") and not (text.isascii() and text.isdecimal()):
            self._wrong_number(text)

    def _wrong_number(self, text: str) -> None:
        self._faults.add("workbook_unreadable", self._row, None, text, why="number", cell=self._cell)

    def _on_hidden(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            row = attributes.get("r", "")
            self._faults.add("workbook_hidden", _row_of(row), None, None, what="row", cell=row)
        else:
            columns = f"{attributes.get('min')}-{attributes.get('max')}"
            self._faults.add("workbook_hidden", None, None, None, what="columns", cell=columns)


def _is_place(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) < 8


def _column_of(letters: str) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _is_zero(size: str | None) -> bool:
    """Whether a height or a width is given and nothing: as good as hidden."""
    return size is not None and bool(re.fullmatch(r"0*\.?0*", size))


def _row_of(address: str | None) -> int | None:
    digits = "".join(c for c in (address or "").partition(":")[0] if c.isdigit())
    return int(digits) if digits and len(digits) < 8 else None
