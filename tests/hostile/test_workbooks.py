"""Workbooks that nobody should be able to send, and the one that everybody may."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from ratedparts.errors import Fault
from ratedparts.protocols import CheckReport, check_file, check_stream, example_file, load_library
from ratedparts.protocols.workbook import template_workbook
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


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None], **options: Any) -> bytes:
    """The same parts after a change, packed again."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
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
def test_every_protocol_has_a_template(name: str) -> None:
    protocol = LIBRARY.protocol(name)
    report = check_file(template_workbook(protocol), protocol)
    assert [fault.code for fault in report.faults] == ["empty_file"]


def test_a_fault_of_a_cell_names_its_address() -> None:
    at = HEADER.index("cap_nF") + 1
    fault = only(book_of(lambda book, sheet: sheet.cell(4, at, "12,5")))
    assert (fault.code, fault.row, fault.column, fault.given) == ("number_format", 4, "cap_nF", "12,5")
    assert fault.parameters["cell"] == "L4"
    assert fault_as_json(fault, "en")["cell"] == "L4"


@pytest.mark.parametrize(
    ("code", "cell", "change"),
    [
        ("workbook_formula", "L4", lambda book, sheet: sheet.__setitem__("L4", "=L3*1.001")),
        ("workbook_merged", "K3:K4", lambda book, sheet: sheet.merge_cells("K3:K4")),
        ("workbook_hidden", "5", lambda book, sheet: setattr(sheet.row_dimensions[5], "hidden", True)),
        (
            "workbook_hidden",
            "13-13",
            lambda book, sheet: setattr(sheet.column_dimensions["M"], "hidden", True),
        ),
        ("workbook_percent", "M4", lambda book, sheet: setattr(sheet["M4"], "number_format", "0.0%")),
        ("workbook_sheets", None, lambda book, sheet: book.create_sheet("Second")),
    ],
)
def test_what_could_be_misread_is_refused(code: str, cell: str | None, change: Callable[..., Any]) -> None:
    fault = only(book_of(change))
    assert fault.code == code
    assert fault.parameters.get("cell") == cell


def test_a_hidden_sheet_is_refused() -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        book.create_sheet("Truth").sheet_state = "hidden"

    codes = [fault.code for fault in check(book_of(hide)).faults]
    assert codes == ["workbook_hidden", "workbook_sheets"]


def test_a_date_of_the_spreadsheet_is_refused() -> None:
    at = HEADER.index("measured_at") + 1
    report = check(
        book_of(lambda book, sheet: sheet.cell(3, at, datetime.datetime.fromisoformat("2026-01-19T09:00")))
    )
    assert ("workbook_date", 3) in [(fault.code, fault.row) for fault in report.faults]


def test_rows_that_are_longer_blank_or_missing() -> None:
    assert only(book_of(lambda book, sheet: sheet.cell(3, len(HEADER) + 1, 1))).code == "ragged_row"
    assert "blank_row" in [f.code for f in check(book_of(lambda book, sheet: sheet.insert_rows(4))).faults]
    assert only(book_of(lambda book, sheet: sheet.delete_rows(2, 99))).code == "empty_file"
    assert only(book_of(lambda book, sheet: sheet.delete_rows(1, 99))).code in ("blank_row", "empty_file")


def test_a_truth_value_and_an_error_are_not_numbers() -> None:
    for value in (True, "#DIV/0!", "n/a", "<LOD", "１２", "12 nF"):
        fault = only(book_of(lambda book, sheet: sheet.__setitem__("L4", value)))  # noqa: B023
        assert (fault.code, fault.parameters["cell"]) == ("number_format", "L4"), value


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("workbook_active_content", lambda parts: parts.update({"xl/vbaProject.bin": b"macro"})),
        (
            "workbook_active_content",
            lambda parts: parts.update({"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        ),
        ("workbook_part", lambda parts: parts.update({"../../etc/cron.d/x": b"x"})),
        ("workbook_part", lambda parts: parts.update({"xl/\u202egnp.xml": b"x"})),
        ("workbook_too_large", lambda parts: parts.update({f"xl/p{n}.bin": b"" for n in range(200)})),
        ("workbook_too_large", lambda parts: parts.update({"xl/zeros.bin": bytes(30 * 2**20)})),
        (
            "workbook_declaration",
            lambda parts: parts.update({"xl/styles.xml": BOMB + parts["xl/styles.xml"]}),
        ),
        ("workbook_unreadable", lambda parts: parts.update({"xl/workbook.xml": b"<workbook"})),
        ("workbook_unreadable", lambda parts: parts.pop("xl/workbook.xml")),
        ("workbook_unreadable", lambda parts: parts.pop("[Content_Types].xml")),
    ],
)
def test_what_no_spreadsheet_program_writes_is_refused(code: str, change: Callable[..., Any]) -> None:
    assert check(repacked(book_of(), change)).faults[0].code == code


def test_other_containers_are_refused() -> None:
    good = book_of()
    assert only(b"PK\x03\x04 and nothing else").code == "workbook_unreadable"
    assert only(good[: len(good) // 2]).code == "workbook_unreadable"
    assert only(good + b"%PDF-1.7").code == "workbook_unreadable"
    assert check(repacked(good, lambda parts: None, compression=zipfile.ZIP_LZMA)).faults[0].code == (
        "workbook_unreadable"
    )
    assert only(repacked(good, lambda parts: parts.clear()) or b"PK\x03\x04").code != ""


def test_a_part_that_is_not_what_was_declared_is_refused() -> None:
    good = bytearray(book_of())
    at = good.rfind(b"PK\x01\x02")
    good[at + 16] ^= 0xFF  # the checksum of the last part
    assert check(bytes(good)).faults[0].code == "workbook_unreadable"


def test_an_encrypted_part_is_refused() -> None:
    good = bytearray(book_of())
    at = good.rfind(b"PK\x01\x02")
    good[at + 8] |= 0x1
    assert check(bytes(good)).faults[0].code == "workbook_encrypted"


def test_every_single_byte_may_be_damaged() -> None:
    good = book_of()
    for at in range(0, len(good), 61):
        damaged = bytearray(good)
        damaged[at] ^= 0x55
        check_file(bytes(damaged), PROTOCOL)  # an answer, whichever
