"""What is a number, a boolean and an instant, and what only looks like one."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.protocols.cells import CellFault, read_boolean, read_instant, read_number, read_whole_number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_is_read_back_exactly(value: float) -> None:
    text = repr(value)
    assert math.copysign(1, read_number(text)) == math.copysign(1, value)
    assert read_number(text) == value


@given(st.text(max_size=12))
def test_a_cell_is_a_finite_number_or_is_refused_with_a_known_code(text: str) -> None:
    code, value = "", 0.0
    try:
        value = read_number(text)
    except CellFault as fault:
        code = fault.code
    assert code in ("", "number_format", "not_finite", "underflow")
    assert math.isfinite(value)
    assert code or (text.isascii() and set(text) <= set("0123456789.eE+-"))


@given(st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{1,8})?\Z"))
def test_a_plain_decimal_is_what_python_makes_of_it(text: str) -> None:
    assert read_number(text) == float(text)


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([" ", "+", "_", "'", "\t", "\u3000"])
)
def test_nothing_may_stand_before_a_number(value: float, intruder: str) -> None:
    with pytest.raises(CellFault):
        read_number(intruder + repr(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("-0.0", 0.0),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        ("007", 7.0),
        ("5e-324", 5e-324),
        ("0e-999", 0.0),
    ],
)
def test_numbers_that_are_read(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12,5", "number_format"),
        ("1.234,5", "number_format"),
        ("1 000", "number_format"),
        ("1_000", "number_format"),
        ("+1", "number_format"),
        (".5", "number_format"),
        ("5.", "number_format"),
        ("0x10", "number_format"),
        ("１２", "number_format"),
        ("١٢", "number_format"),
        (" 1.5", "number_format"),
        ("1.5 ", "number_format"),
        ("1.5\n", "number_format"),
        ("−5", "number_format"),
        ("n/a", "number_format"),
        ("<0.1", "number_format"),
        ("", "number_format"),
        ("9" * 65, "number_format"),
        ("nan", "not_finite"),
        ("NaN", "not_finite"),
        ("-Inf", "not_finite"),
        ("infinity", "not_finite"),
        ("1e400", "not_finite"),
        ("-1e400", "not_finite"),
        ("1e-400", "underflow"),
    ],
)
def test_numbers_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellFault) as fault:
        read_number(text)
    assert fault.value.code == code


@pytest.mark.parametrize("text", ["1.0", "1e3", "1,000", "9" * 16, "", "a"])
def test_a_whole_number_has_digits_only(text: str) -> None:
    with pytest.raises(CellFault, match="whole_number_format"):
        read_whole_number(text)


@pytest.mark.parametrize("text", ["true", "yes", "2", "1.0", "", "True"])
def test_a_boolean_is_zero_or_one(text: str) -> None:
    assert (read_boolean("0"), read_boolean("1")) == (0.0, 1.0)
    with pytest.raises(CellFault, match="boolean_format"):
        read_boolean(text)


@given(st.datetimes(datetime(1951, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001
def test_every_instant_with_an_offset_is_read_back(moment: datetime) -> None:
    assert read_instant(moment.replace(tzinfo=UTC).isoformat()) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-12T09:00:00",
        "2026-01-12",
        "2026-02-30T09:00:00Z",
        "2026-01-12T09:00:60Z",
        "2026-01-12T24:00:00Z",
        "2026-01-12 09:00:00Z",
        "2026-01-12T09:00:00+0800",
        "2026-01-12T09:00:00+25:00",
        "03/04/26",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "20260112T090000Z",
        "2026-W03-1T09:00:00Z",
        "２０２６-01-12T09:00:00Z",
        "2026-01-12T09:00:00Z\n",
    ],
)
def test_an_instant_is_iso_8601_with_its_offset(text: str) -> None:
    with pytest.raises(CellFault, match="instant_format"):
        read_instant(text)
