"""Results files beyond what a corpus can hold: many faults, many rows, any bytes at all.

Single cases are files of the corpus; see README.md.
"""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratedparts.protocols import CheckReport, check_file, check_stream, csv_reader, example_file, load_library

PROTOCOL = load_library().protocol("MLCC-HTL@1")
GOOD = example_file(PROTOCOL, 1)
LINES = GOOD.splitlines(keepends=True)
SECONDS = 10.0  # generous: a slow machine that is busy with something else


def check(content: bytes) -> CheckReport:
    report = check_file(content, PROTOCOL)
    streamed = check_stream(io.BytesIO(content), PROTOCOL, screen_from=0)
    assert (streamed.faults, streamed.fault_count) == (report.faults, report.fault_count)
    return report


def test_a_header_that_differs_is_told_with_both_sides() -> None:
    fault = check(GOOD.replace(b"cap_nF", b"cap_nf", 1)).faults[0]
    assert fault.parameters["expected"] == [column.name for column in PROTOCOL.columns]
    assert fault.parameters["found"] == LINES[0].decode().replace("cap_nF", "cap_nf").rstrip().split(",")


# --- volume


def test_blank_rows_count_towards_the_most_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "MAXIMUM_ROWS", 10)
    faults = check(GOOD + b"\n" * 1000).faults
    assert [fault.code for fault in faults] == ["blank_row"] * 6 + ["too_many_rows"]
    assert faults[-1].row == 12


def test_of_a_hundred_thousand_faults_the_first_thousand_are_kept_and_all_are_counted() -> None:
    row = LINES[1].replace(b"100.959", b'"1,0"').replace(b"0.145524", b"x")
    report = check(LINES[0] + row * 50_000)
    assert report.fault_count >= 100_000
    assert len(report.faults) == 1000
    rows = [fault.row or 0 for fault in report.faults]
    assert rows == sorted(rows)
    assert rows[0] == 2


def test_twenty_thousand_rows_are_checked_in_seconds() -> None:
    content = example_file(PROTOCOL, 4_000)
    began = time.monotonic()
    report = check(content)
    assert report.accepted
    assert (report.rows, report.units) == (20_000, 4_000)
    assert time.monotonic() - began < SECONDS


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
