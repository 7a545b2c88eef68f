"""Numbers as people read them: never shown better than they are, never a bare letter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from ratedparts.web.formatting import (
    at_least,
    axis_code,
    day,
    failure_rate_in_fit,
    lasting,
    level,
    life_in_years,
    moment,
    number,
    powers,
    raised,
    share,
)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("6.0001e-09", "6.01 FIT"),
        (1e-7, "100 FIT"),
        (9.9701e-8, "99.8 FIT"),
        (3e-5, "30000 FIT"),
        (None, "–"),
    ],
)
def test_a_failure_rate_is_rounded_up(rate: Any, shown: str) -> None:
    assert failure_rate_in_fit(rate) == shown


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ("17519.9", "17500 h (1.99 years)"),
        (87_600, "87600 h (10 years)"),
        (262_801, "> 30 years"),
        (None, "–"),
    ],
)
def test_a_life_is_rounded_down_and_never_told_beyond_thirty_years(hours: Any, shown: str) -> None:
    assert life_in_years(hours) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("FR8@90", "FR8 · 90 %"),
        ("R.99@90", "R.99 · 90 %"),
        ("B10>=10y", "B10 ≥ 10 y"),
        ("Q2", "Q2"),
        ("none", "–"),
    ],
)
def test_the_code_of_an_axis_carries_its_confidence_and_its_unit(code: Any, shown: str) -> None:
    assert axis_code(code) == shown


def test_an_axis_in_words() -> None:
    with Flask(__name__).app_context():
        assert level("FR8@90") == "FR8 at 90 % confidence"
        assert level("none") == "failure rate not demonstrated"
        assert lasting("B1>=10y") == "at most 1 % fail in 10 years"
        assert lasting("none") == "life not demonstrated"


def test_powers_of_ten() -> None:
    assert raised("at most 10^−8 per hour, 10^9 h") == "at most 10⁻⁸ per hour, 10⁹ h"
    assert raised("The tests give 3.587e7 unit-hours, 2e-05 of 1.5e+3.") == (
        "The tests give 3.587 × 10⁷ unit-hours, 2 × 10⁻⁵ of 1.5 × 10³."
    )
    assert raised("EX-1e5, part R2e3") == "EX-1e5, part R2e3"
    assert powers(3e-5) == "3 × 10⁻⁵"
    assert powers(1e-8) == "10⁻⁸"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (True, "✓"),
        (False, "–"),
        (12.50, "12.5"),
        (50_000, "50\u202f000"),
        (3e-9, "3e-09"),
        ("X7R", "X7R"),
        (-0.5, "-0.5"),
    ],
)
def test_a_number(value: Any, shown: str) -> None:
    assert number(value) == shown


def test_days_and_moments_are_those_of_shanghai() -> None:
    late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    assert day(late) == "2026-03-02"
    assert moment(late) == "2026-03-02 01:30"
    assert day("2026-03-01T00:00:00Z") == "2026-03-01"
    assert share(0.9) == "90 %"


def test_a_lower_bound_is_rounded_down() -> None:
    assert at_least(3.2499) == "3.24"
