"""A workbook → records, each value as the text that a person typed or would type for it."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS, Records
from ratedparts.protocols.report import FaultList
from ratedparts.protocols.text_decoding import UNWANTED

from .container import MAGIC, open_container
from .markup import judge_markup
from .template import ABOUT_SHEET

MOST_ROWS = 20_000  # reading a workbook is slow: a thousand rows take about 0.7 s
DATES = (datetime.date, datetime.time, datetime.timedelta)


def looks_like_workbook(content: bytes) -> bool:
    return content.startswith(MAGIC)


def read_workbook(content: bytes, faults: FaultList) -> Records | None:
    """The one sheet of results; None where not even a header can be read.

    A sheet named as that of our own templates explains columns and is not read.  Faults: those of
    `open_container` and `judge_markup`, ``workbook_sheets``, ``workbook_hidden``, ``workbook_date``,
    ``workbook_percent``, and ``blank_row``, ``ragged_row``, ``too_many_rows``, ``too_many_columns``,
    ``control_character``, ``empty_file`` as of a CSV file.
    """
    unpacked = open_container(content, faults)
    if unpacked is None:
        return None
    before = faults.count
    xml = [name for name in unpacked.names if name.endswith((".xml", ".rels", ".vml"))]
    sound = [judge_markup(unpacked.archive, name, faults) for name in xml]  # every part, for every fault
    if not all(sound):
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
        if faults.count > before:
            return None  # what is hidden, merged or calculated may stand for anything
        return _records(sheets[0].iter_rows(), faults)
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
        texts = [_text(cell, faults) for cell in cells]
        while texts and texts[-1] == "":
            texts.pop()
        if line == 1:
            header = texts
            if not header or len(header) > MAXIMUM_COLUMNS:
                _tell_header(len(header), faults)
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
        if len(rows) > MOST_ROWS:
            faults.add("too_many_rows", line, maximum=MOST_ROWS)
            break
    last = max(lines, default=0)
    for line in blank:
        if line < last:  # formatted but empty rows at the end are nothing
            faults.add("blank_row", line)
    if not header or (not rows and not ragged):
        faults.add("empty_file", header_only=bool(header))
    return Records(header, rows, lines, ragged) if header else None


def _tell_header(width: int, faults: FaultList) -> None:
    if width:
        faults.add("too_many_columns", 1, None, str(width), maximum=MAXIMUM_COLUMNS)
    else:
        faults.add("blank_row", 1)


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
