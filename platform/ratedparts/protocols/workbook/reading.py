"""A workbook → records, each value as the text that a person typed or would type for it."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS, Records
from ratedparts.protocols.report import FaultList
from ratedparts.protocols.text_decoding import UNWANTED

from .container import MAGIC, open_container
from .markup import MOST_ROWS, judge_markup
from .number_formats import shows_its_value
from .template import ABOUT_SHEET

DATES = (datetime.date, datetime.time, datetime.timedelta)


def looks_like_workbook(content: bytes) -> bool:
    return content.startswith(MAGIC)


def read_workbook(content: bytes, faults: FaultList) -> Records | None:
    """The one sheet of results; None where not even a header can be read.

    A sheet named as that of our own templates explains columns and is not read.  Faults: those of
    `open_container` and `judge_markup`, ``workbook_sheets``, ``workbook_hidden``, ``workbook_date``,
    ``workbook_percent``, ``workbook_number_format``, and ``blank_row``, ``ragged_row``,
    ``control_character``, ``empty_file`` as of a CSV file.
    """
    unpacked = open_container(content, faults)
    if unpacked is None:
        return None
    before = faults.count
    xml = [name for name in unpacked.names if name.endswith((".xml", ".rels", ".vml"))]
    found = {name: judge_markup(unpacked.archive, name, faults) for name in xml}  # all, for every fault
    if not all(found.values()):
        return None
    # Loaded here: it takes a while, and most files are CSV.
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and print settings, which say nothing about results
            book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.title != ABOUT_SHEET]
        for sheet in sheets:
            if sheet.sheet_state != "visible":
                faults.add("workbook_hidden", what="sheet", cell=sheet.title)
        if len(sheets) != 1 or len(book.worksheets) != len(book.sheetnames):
            faults.add("workbook_sheets", given=", ".join(book.sheetnames), found=len(sheets))
            return None
        if any(found.get(sheet._worksheet_path) != "worksheet" for sheet in sheets):
            faults.add("workbook_unreadable", why="damaged")  # a sheet in a part that was not judged as one
        if faults.count > before:
            return None  # what is hidden, merged or calculated may stand for anything
        sheets[0].reset_dimensions()  # the size that a sheet claims would cut off what lies beyond
        # Nothing is filled in beyond these: `judge_markup` looked.
        return _records(sheets[0].iter_rows(max_row=MOST_ROWS + 1, max_col=MAXIMUM_COLUMNS), faults)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError):
        # What the reader of workbooks throws at parts that do not fit together has no common type.
        faults.add("workbook_unreadable", why="damaged")
        return None


def _records(found: Iterator[Any], faults: FaultList) -> Records | None:
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[list[str]] = []
    blank: list[int] = []
    for line, cells in enumerate(found, start=1):
        texts = [_text(cell, faults) for cell in _filled(cells)]
        while texts and texts[-1] == "":
            texts.pop()
        if line == 1:
            header = texts
            if not header:
                faults.add("blank_row", 1)
                return None
            continue
        if not texts:
            blank.append(line)
        elif len(texts) > len(header):
            ragged.append(texts)
            faults.add("ragged_row", line, None, str(len(texts)), expected=len(header))
        else:
            rows.append(texts + [""] * (len(header) - len(texts)))
            lines.append(line)
    last = max(lines, default=0)
    for line in blank:
        if line < last:  # formatted but empty rows at the end are nothing
            faults.add("blank_row", line)
    if not header or (not rows and not ragged):
        faults.add("empty_file", header_only=bool(header))
    return Records(header, rows, lines, ragged) if header else None


def _filled(cells: Sequence[Any]) -> Sequence[Any]:
    """A row without the empty cells at its end."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1].value is not None), 0)
    return cells[:last]


def _text(cell: Any, faults: FaultList) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, DATES):
        # A date of a spreadsheet has no offset, and counts from 1900 or 1904 as the workbook likes.
        faults.add("workbook_date", cell.row, None, str(value), cell=cell.coordinate)
        return ""
    if isinstance(value, int | float):
        if "%" in cell.number_format:
            # The sheet shows 12.5 % and holds 0.125: whoever reads it takes one for the other.
            faults.add("workbook_percent", cell.row, None, repr(value), cell=cell.coordinate)
        elif not shows_its_value(cell.number_format, value):
            faults.add(
                "workbook_number_format",
                cell.row,
                None,
                repr(value),
                cell=cell.coordinate,
                format=cell.number_format[:60],
            )
        return repr(value)
    text = str(value)
    if match := UNWANTED.search(text):
        faults.add(
            "control_character",
            cell.row,
            None,
            f"U+{ord(match.group()):04X}",
            expected="printable_character",
            position=match.start() + 1,
            cell=cell.coordinate,
        )
    return text
