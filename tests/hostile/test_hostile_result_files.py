"""Files that nobody should be able to send: for each the exact place and code of the refusal.

Every file is the accepted example of MLCC-HTL@1 with one unit, on lines 2 to 6, and one thing wrong with it.
"""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratedparts.errors import Fault
from ratedparts.protocols import CheckReport, check_file, check_stream, example_file, load_library

PROTOCOL = load_library().protocol("MLCC-HTL@1")
GOOD = example_file(PROTOCOL, 1)
HEADER = GOOD.split(b"\n", 1)[0]
LINES = GOOD.splitlines(keepends=True)
SECONDS_FOR_A_BAD_FILE = 20.0  # generous: a slow machine that is busy with something else


def check(content: bytes, encoding: str = "utf-8") -> CheckReport:
    report = check_file(content, PROTOCOL, encoding=encoding)
    streamed = check_stream(io.BytesIO(content), PROTOCOL, encoding=encoding)
    assert (streamed.faults, streamed.fault_count) == (report.faults, report.fault_count)
    return report


def only(report: CheckReport) -> Fault:
    assert not report.accepted
    assert report.fault_count == 1, report.faults
    return report.faults[0]


def changed(line: int, old: bytes, new: bytes) -> bytes:
    """The example with the first ``old`` of one line replaced."""
    lines = list(LINES)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return b"".join(lines)


def test_the_untouched_file_is_accepted() -> None:
    assert check(GOOD).accepted


# --- bytes and characters


@pytest.mark.parametrize(
    ("content", "line", "offset", "hint"),
    [
        (GOOD.decode().encode("utf-16"), 1, 0, "utf-16"),
        (GOOD.decode().encode("utf-16-le"), 1, 0, "utf-16"),
        (GOOD.decode().encode("utf-16-be"), 1, 0, "utf-16"),
        (changed(3, b",ok,", b",\xb5,"), 3, GOOD.index(b",ok,", GOOD.index(b",168,")) + 1, None),
        (changed(2, b",ok,", b",\xed\xa0\x80,"), 2, GOOD.index(b",ok,") + 1, None),
        (changed(2, b",ok,", b",\xc0\xaf,"), 2, GOOD.index(b",ok,") + 1, "gb18030"),
        (changed(2, b",ok,", ",合格,".encode("gb18030")), 2, GOOD.index(b",ok,") + 1, "gb18030"),
    ],
    ids=["utf-16", "utf-16-le", "utf-16-be", "latin-1", "lone surrogate", "overlong", "gb18030"],
)
def test_bytes_that_are_not_utf_8_are_refused_with_their_place(
    content: bytes, line: int, offset: int, hint: str | None
) -> None:
    fault = only(check(content))
    assert (fault.code, fault.row) == ("encoding", line)
    assert (fault.parameters["offset"], fault.parameters["hint"]) == (offset, hint)


def test_gb18030_is_read_only_where_it_is_declared_and_never_over_a_utf_8_mark() -> None:
    fault = only(check(b"\xef\xbb\xbf" + GOOD, "gb18030"))
    assert (fault.code, fault.row, fault.parameters["hint"]) == ("encoding", 1, "utf-8")
    fault = only(check(changed(4, b",ok,", b",\xff,"), "gb18030"))
    assert (fault.code, fault.row, fault.given) == ("encoding", 4, "0xFF")


@pytest.mark.parametrize("encoding", ["latin-1", "gbk", "utf-7", "", "../../etc/passwd", "utf-16"])
def test_only_two_encodings_may_be_declared(encoding: str) -> None:
    fault = only(check(GOOD, encoding))
    assert (fault.code, fault.given) == ("encoding_not_accepted", encoding)
    assert fault.parameters["expected"] == ["gb18030", "utf-8"]


@pytest.mark.parametrize(
    ("character", "name"),
    [
        (b"\x00", "U+0000"),
        (b"\x1b", "U+001B"),
        (b"\x7f", "U+007F"),
        ("\x85".encode(), "U+0085"),
        (b"\x0c", "U+000C"),
    ],
)
def test_control_characters_are_refused_with_their_place(character: bytes, name: str) -> None:
    fault = only(check(changed(3, b",ok,", b",o" + character + b"k,")))
    assert (fault.code, fault.row, fault.given) == ("control_character", 3, name)
    assert fault.parameters["position"] == LINES[2].index(b",ok,") + 3


def test_lines_that_end_with_a_carriage_return_alone_are_one_fault() -> None:
    fault = only(check(GOOD.replace(b"\n", b"\r")))
    assert (fault.code, fault.row, fault.given) == ("control_character", 1, "U+000D")
    assert fault.parameters["expected"] == "line_end"
    many = example_file(PROTOCOL, 400).replace(b"\n", b"\r")  # one line longer than any line may be
    assert only(check(many)).code == "control_character"


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"   \n"])
def test_a_file_of_nothing_is_empty(content: bytes) -> None:
    fault = only(check(content))
    assert (fault.code, fault.row) == ("empty_file", None)


def test_a_header_alone_has_no_rows() -> None:
    fault = only(check(HEADER))
    assert (fault.code, fault.row, fault.parameters) == ("empty_file", 1, {"header_only": True})


# --- records


def test_a_line_beyond_the_limit_is_refused() -> None:
    fault = only(check(changed(4, b",ok,", b",ok" + b"k" * 70_000 + b",")))
    assert (fault.code, fault.row) == ("line_too_long", 4)


def test_too_many_columns_are_refused() -> None:
    fault = only(check(b"a," * 300 + b"a\n" + b"1," * 300 + b"1\n"))
    assert (fault.code, fault.row, fault.given) == ("too_many_columns", 1, "301")
    fault = only(check(changed(3, b",ok,", b"," * 300)))
    assert (fault.code, fault.row) == ("too_many_columns", 3)


def test_an_unterminated_quote_is_told_where_it_opens() -> None:
    fault = only(check(changed(4, b",ok,", b',"ok,')))
    assert (fault.code, fault.row) == ("unterminated_quote", 4)
    swallowing = LINES[0] + b'"' + b"".join(LINES[1:]) * 1000
    fault = only(check(swallowing))
    assert (fault.code, fault.row) == ("unterminated_quote", 2)


def test_a_quote_inside_a_cell_is_refused() -> None:
    fault = only(check(changed(4, b",ok,", b',"o"k,')))
    assert (fault.code, fault.row) == ("quote_misplaced", 4)


def test_a_quoted_cell_over_several_lines_does_not_shift_the_line_numbers() -> None:
    at = HEADER.split(b",").index(b"operator")
    lines = [line.rstrip(b"\n").split(b",") for line in LINES]
    lines[1][at] = b'"Wang\nand\nLi"'
    assert check(b"\n".join(map(b",".join, lines)) + b"\n").accepted
    lines[2][HEADER.split(b",").index(b"cap_nF")] = b"x"
    fault = only(check(b"\n".join(map(b",".join, lines)) + b"\n"))
    assert (fault.code, fault.row, fault.column) == ("number_format", 5, "cap_nF")


@pytest.mark.parametrize(("old", "new", "cells"), [(b",ok,", b",ok,,", 17), (b",ok,", b",", 15)])
def test_a_row_of_another_width_is_ragged(old: bytes, new: bytes, cells: int) -> None:
    fault = only(check(changed(4, old, new)))
    assert (fault.code, fault.row, fault.given) == ("ragged_row", 4, str(cells))
    assert fault.parameters["expected"] == 16


def test_a_decimal_comma_without_quotes_is_a_ragged_row_and_nothing_else_is_missing() -> None:
    fault = only(check(changed(5, b"100.105", b"100,105")))
    assert (fault.code, fault.row) == ("ragged_row", 5)


@pytest.mark.parametrize("blank", [b"\n", b"," * 15 + b"\n", b"\r\n"])
@pytest.mark.parametrize("line", [3, 7])
def test_a_blank_row_is_refused_in_the_middle_and_at_the_end(blank: bytes, line: int) -> None:
    lines = list(LINES)
    lines.insert(line - 1, blank)
    fault = only(check(b"".join(lines)))
    assert (fault.code, fault.row) == ("blank_row", line)


# --- the header


@pytest.mark.parametrize(
    ("old", "new", "key", "names"),
    [
        (b"cap_nF", b"cap_nf", "missing", ["cap_nF"]),
        (b"cap_nF", b"cap_nf", "unknown", ["cap_nf"]),
        (b",status", b", status", "unknown", [" status"]),
        (b"df_pct", b"cap_nF", "duplicated", ["cap_nF"]),
        (b"operator", "opérator".encode(), "unknown", ["opérator"]),
    ],
)
def test_a_header_that_differs_is_refused_with_both_sides(
    old: bytes, new: bytes, key: str, names: list[str]
) -> None:
    fault = only(check(changed(1, old, new)))
    assert (fault.code, fault.row) == ("header_mismatch", 1)
    assert fault.parameters[key] == names
    assert fault.parameters["expected"] == [column.name for column in PROTOCOL.columns]
    assert fault.parameters["found"] == changed(1, old, new).decode().splitlines()[0].split(",")


def test_a_missing_and_an_extra_column_are_named() -> None:
    lines = [line.rstrip(b"\n").rsplit(b",", 1)[0] for line in LINES]
    fault = only(check(b"\n".join(lines)))
    assert (fault.code, fault.column, fault.parameters["missing"]) == (
        "header_mismatch",
        "applied_V",
        ["applied_V"],
    )
    lines = [line.rstrip(b"\n") + b",x" for line in LINES]
    fault = only(check(b"\n".join(lines)))
    assert (fault.code, fault.column, fault.parameters["unknown"]) == ("header_mismatch", "x", ["x"])


@pytest.mark.parametrize("delimiter", [b";", b"\t", b"|"])
def test_another_delimiter_is_recognised_and_refused(delimiter: bytes) -> None:
    fault = only(check(GOOD.replace(b",", delimiter)))
    assert (fault.code, fault.row, fault.parameters["delimiter"]) == (
        "header_mismatch",
        1,
        delimiter.decode(),
    )


def test_cells_are_checked_even_where_the_header_is_wrong() -> None:
    content = changed(1, b"operator", b"worker").replace(b"100.105", b"1e999")
    assert [(fault.code, fault.row) for fault in check(content).faults] == [
        ("header_mismatch", 1),
        ("not_finite", 5),
    ]


# --- cells


@pytest.mark.parametrize(
    ("old", "new", "code", "column", "given"),
    [
        (b"100.105", b'"100,105"', "number_format", "cap_nF", "100,105"),
        (b"100.105", b" 100.105", "number_format", "cap_nF", " 100.105"),
        (b"100.105", "１００".encode(), "number_format", "cap_nF", "１００"),
        (b"100.105", b"<LOD", "number_format", "cap_nF", "<LOD"),
        (b"100.105", b"=1+1", "number_format", "cap_nF", "=1+1"),
        (b"100.105", b"NaN", "not_finite", "cap_nF", "NaN"),
        (b"100.105", b"1e400", "not_finite", "cap_nF", "1e400"),
        (b"100.105", b"1e-400", "underflow", "cap_nF", "1e-400"),
        (b"100.105", b"-100", "out_of_range", "cap_nF", "-100"),
        (b"100.105", b"", "missing_value", "cap_nF", ""),
        (b",ok,", b",OK,", "not_a_choice", "status", "OK"),
        (b",ok,", b",,", "missing_value", "status", ""),
        (b",L1,", b",L1 ,", "surrounding_blanks", "lot_code", "L1 "),
        (b",L1,", b",,", "missing_value", "lot_code", ""),
        (b",1000,", b",1000h,", "number_format", "readout", "1000h"),
        (b"Z,", b",", "instant_format", "measured_at", "2026-02-22T17:00:00"),
        (b"2026-02-22T17:00:00Z", b"03/04/26", "instant_format", "measured_at", "03/04/26"),
        (b"PLAN-EXAMPLE", b"P" * 600, "text_too_long", "plan_id", "P" * 200 + "…"),
    ],
)
def test_a_wrong_cell_is_refused_with_row_column_and_text(
    old: bytes, new: bytes, code: str, column: str, given: str
) -> None:
    fault = only(check(changed(5, old, new)))
    assert (fault.code, fault.row, fault.column, fault.given) == (code, 5, column, given)


def test_a_boolean_that_is_a_word_is_refused() -> None:
    protocol = load_library().protocol("SEMI-HTOL@1")
    lines = example_file(protocol, 1).splitlines()
    at = lines[0].split(b",").index(b"functional_pass")
    cells = lines[3].split(b",")
    cells[at] = b"true"
    fault = only(check_file(b"\n".join([*lines[:3], b",".join(cells), *lines[4:]]), protocol))
    assert (fault.code, fault.row, fault.column) == ("boolean_format", 4, "functional_pass")


# --- volume


def test_of_a_hundred_thousand_faults_the_first_thousand_are_kept_and_all_are_counted() -> None:
    row = LINES[1].replace(b"100.959", b'"1,0"').replace(b"0.145524", b"x")
    report = check(LINES[0] + row * 50_000)
    assert report.fault_count >= 100_000
    assert len(report.faults) == 1000
    rows = [fault.row or 0 for fault in report.faults]
    assert rows == sorted(rows)
    assert rows[0] == 2


def test_a_hundred_thousand_rows_are_checked_in_seconds() -> None:
    content = example_file(PROTOCOL, 20_000)
    began = time.monotonic()
    report = check(content)
    assert report.accepted
    assert (report.rows, report.units) == (100_000, 20_000)
    assert time.monotonic() - began < SECONDS_FOR_A_BAD_FILE


@pytest.mark.parametrize(
    "content",
    [
        b"a" * 20_000_000,
        b"\n" * 2_000_000 + b"x",
        HEADER + b"\n" + b'"' * 2_000_001,
        HEADER + b"\n" + b"\x01\n" * 300_000,
        b"," * 20_000_000,
    ],
    ids=["one line", "blank lines", "quotes", "control characters", "columns"],
)
def test_large_nonsense_is_refused_quickly_and_in_bounded_memory(content: bytes) -> None:
    tracemalloc.start()
    began = time.monotonic()
    try:
        report = check_file(content, PROTOCOL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not report.accepted
    assert len(report.faults) <= 1000
    assert time.monotonic() - began < SECONDS_FOR_A_BAD_FILE
    assert peak < 300_000_000


# --- anything at all


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_get_a_report(content: bytes) -> None:
    report = check(content)
    assert not report.accepted
    assert report.fault_count >= len(report.faults) >= 1


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_a_file_with_a_few_bytes_changed_is_accepted_or_refused_but_never_breaks(at: int, new: bytes) -> None:
    report = check(GOOD[:at] + new + GOOD[at + 1 :])
    assert report.accepted == (report.fault_count == 0)
    assert (report.table is not None) == report.accepted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
PART_KEYS = ("part_number", "maker", "family", "attributes", "limits")
PLAN_KEYS = ("plan_id", "protocol", "lots", "started_on", "missing_units", "instruments", "scope")


@settings(max_examples=100, deadline=None)
@given(
    JSON.filter(lambda value: value is not None) | st.dictionaries(st.sampled_from(PART_KEYS), JSON),
    JSON.filter(lambda value: value is not None) | st.dictionaries(st.sampled_from(PLAN_KEYS), JSON),
)
def test_any_json_as_part_and_plan_gets_a_report(part: object, plan: object) -> None:
    report = check_file(GOOD, PROTOCOL, part=part, plan=plan)
    assert report.not_checked == ()
    assert not report.accepted
