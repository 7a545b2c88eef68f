"""Workbooks that everybody may send, and one that is damaged everywhere.

Those that nobody should be able to send are files of the corpus; see README.md.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from ratedparts.errors import Fault
from ratedparts.protocols import CheckReport, check_file, check_stream, example_file, load_library
from ratedparts.protocols.workbook import template, template_workbook
from ratedparts.wording import fault_as_json

LIBRARY = load_library()
PROTOCOL = LIBRARY.protocol("MLCC-HTL@1")
HEADER, *ROWS = csv.reader(io.StringIO(example_file(PROTOCOL, 2).decode()))
NUMBERS = {"readout", "cap_nF", "df_pct", "ir_Mohm"}


def book_of(change: Callable[[Workbook, Any], None] = lambda book, sheet: None) -> bytes:
    """The example as a laboratory would type it: numbers as numbers, everything else as text."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    for row in ROWS:
        cells = zip(HEADER, row, strict=True)
        sheet.append([float(cell) if name in NUMBERS else cell or None for name, cell in cells])
    change(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def check(content: bytes) -> CheckReport:
    report = check_file(content, PROTOCOL)
    assert check_stream(io.BytesIO(content), PROTOCOL).faults == report.faults
    return report


def only(content: bytes) -> Fault:
    report = check(content)
    assert not report.accepted
    assert report.fault_count == 1, report.faults
    return report.faults[0]


def test_what_is_typed_says_the_same_as_the_csv_file() -> None:
    report, plain = check(book_of()), check_file(example_file(PROTOCOL, 2), PROTOCOL)
    assert report.accepted, report.faults
    assert report.encoding == "xlsx"
    assert report.histories == plain.histories
    assert report.table is not None
    assert plain.table is not None
    assert (report.table.numbers["cap_nF"] == plain.table.numbers["cap_nF"]).all()


def test_a_filled_in_template_is_accepted() -> None:
    book = load_workbook(io.BytesIO(template_workbook(PROTOCOL)))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEADER
    for place, row in enumerate(ROWS, start=2):
        for column, cell in enumerate(row, start=1):
            sheet.cell(place, column).value = cell or None
    buffer = io.BytesIO()
    book.save(buffer)
    assert check(buffer.getvalue()).accepted


@pytest.mark.parametrize("name", sorted(LIBRARY.protocols))
def test_every_protocol_has_a_template(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "ROWS_PREPARED", 20)  # thousands take seconds, and say no more
    protocol = LIBRARY.protocol(name)
    report = check_file(template_workbook(protocol), protocol)
    assert [fault.code for fault in report.faults] == ["empty_file"]


def test_a_fault_of_a_cell_names_its_address() -> None:
    at = HEADER.index("cap_nF") + 1
    fault = only(book_of(lambda book, sheet: sheet.cell(4, at, "12,5")))
    assert (fault.code, fault.row, fault.column, fault.given) == ("number_format", 4, "cap_nF", "12,5")
    assert fault.parameters["cell"] == "L4"
    assert fault_as_json(fault, "en")["cell"] == "L4"


def test_every_single_byte_may_be_damaged() -> None:
    good = book_of()
    for at in range(0, len(good), 61):
        damaged = bytearray(good)
        damaged[at] ^= 0x55
        check_file(bytes(damaged), PROTOCOL)  # an answer, whichever


def test_a_template_says_nothing_of_the_moment_at_which_it_was_made():
    """So that who has it learns that it is still the same."""
    with zipfile.ZipFile(io.BytesIO(template_workbook(PROTOCOL))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb">(\d{4}-[^<]*)<", archive.read("docProps/core.xml"))) == {
            b"1980-01-01T00:00:00Z"
        }
