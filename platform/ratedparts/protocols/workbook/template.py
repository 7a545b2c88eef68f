"""A workbook to fill in: the header, and every cell as text, so that what is typed stays what it is."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ratedparts.protocols.model import Column, Protocol

ABOUT_SHEET = "About 说明"
ROWS_PREPARED = 2000
PROPERTIES = "docProps/core.xml"
_INSTANT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def template_workbook(protocol: Protocol) -> bytes:
    """The header on the first sheet, and on a second what every column means, in both languages."""
    # Loaded here: it takes a while, and few callers want a workbook.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = protocol.id
    sheet.append([column.name for column in protocol.columns])
    for place, column in enumerate(protocol.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 3)
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="FFDCECEC")
        for row in range(2, ROWS_PREPARED + 2):
            sheet.cell(row, place).number_format = "@"
    sheet.freeze_panes = "A2"
    about = book.create_sheet(ABOUT_SHEET)
    about.append(["Column 列", "Meaning", "含义", "Unit 单位", "What it holds 填写内容"])
    for column in protocol.columns:
        about.append([column.name, column.title.en, column.title.zh, column.unit or "", _holds(column)])
    for letter, width in zip("ABCDE", (20, 34, 24, 12, 70), strict=True):
        about.column_dimensions[letter].width = width
        about[f"{letter}1"].font = Font(bold=True)
    for cells in about.iter_rows(min_row=2, min_col=5, max_col=5):
        cells[0].alignment = Alignment(wrap_text=True)
    buffer = BytesIO()
    book.save(buffer)
    return _of_no_time(buffer.getvalue())


def _of_no_time(content: bytes) -> bytes:
    """The same workbook without the moment at which it was made: one protocol makes the same bytes."""
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in made.namelist():
            part = made.read(name)
            if name == PROPERTIES:
                part = _INSTANT.sub(rb"\g<1>1980-01-01T00:00:00Z", part)
            # The first moment that an archive can name.
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, part)
    return packed.getvalue()


def _holds(column: Column) -> str:
    if column.choices:
        return " | ".join(column.choices)
    words = {
        "number": "12.5; point as decimal mark 小数点",
        "whole_number": "12",
        "boolean": "0 | 1",
        "instant": "2026-01-12T09:00:00+08:00, typed as text 以文本输入",
    }.get(column.type.value, "text 文本")
    return words if column.required else f"{words} (may be blank 可留空)"
