"""The chances of the page of the grades: facts 6.8, and what must hold of every one of them."""

from __future__ import annotations

import pytest

from ratedparts.grading import CEG_2026_1
from ratedparts.web.operating_curves import (
    MULTIPLES,
    grade_chances,
    level_chances,
    rate_plans,
    run_limit,
    run_plans,
)
from ratedparts.web.operating_plot import CurveWords, Drawn, curves_svg


@pytest.mark.parametrize(
    ("rate", "printed"),
    [
        (1e-8, {"FR7": "78.7", "FR6": "21.3"}),
        (1e-7, {"FR7": "9.07", "FR6": "90.9"}),
        (5e-7, {"FR6": "93.7"}),
        (1e-6, {"FR6": "8.7", "FR5": "91.3"}),
    ],
)
def test_the_levels_that_one_test_ends_in(rate: float, printed: dict[str, str]) -> None:
    found = level_chances(2.4e7, rate, 0.90)
    assert sum(found.values()) == pytest.approx(1.0)
    for level, percent in printed.items():
        digits = len(percent.partition(".")[2])
        assert f"{100 * found[level]:.{digits}f}" == percent


@pytest.mark.parametrize("group", list(CEG_2026_1.targets))
def test_every_test_ends_in_one_grade_and_worse_parts_in_worse_ones(group: str) -> None:
    rates = [10.0**exponent for exponent in range(-10, -3)]
    previous = 1.0
    for row in grade_chances(CEG_2026_1, group, 2.4e7, rates):
        assert sum(row.by_grade.values()) == pytest.approx(1.0)
        assert all(chance >= 0 for chance in row.by_grade.values())
        at_least_b = row.by_grade["A+"] + row.by_grade["A"] + row.by_grade["B"]
        assert at_least_b <= previous + 1e-12
        previous = at_least_b


@pytest.mark.parametrize("confidence", CEG_2026_1.levels_confidences)
def test_at_the_limit_every_plan_has_the_consumer_s_risk(confidence: float) -> None:
    for plan in rate_plans(confidence):
        assert plan.chances[MULTIPLES.index(1.0)] == pytest.approx(1.0 - confidence)


def test_the_unit_hours_of_a_plan_are_those_of_the_chi_square_table() -> None:
    assert [f"{plan.unit_hours('FR6'):.0f}" for plan in rate_plans(0.60)] == ["916291", "2022313", "3105379"]
    assert [f"{plan.unit_hours('FR5'):.0f}" for plan in rate_plans(0.90)] == ["230259", "388972", "532232"]


@pytest.mark.parametrize(
    ("group", "units"), [("connector", [2302, 230, 92, 18]), ("board", [230, 76, 45, 22])]
)
def test_success_runs_have_the_sizes_of_their_grades(group: str, units: list[int]) -> None:
    plans = run_plans(CEG_2026_1, group)
    assert [plan.units for plan in plans] == units
    limit = run_limit(CEG_2026_1, group)
    for plan in plans:
        assert plan.chances[4] == pytest.approx((1 - limit) ** plan.units)
        assert 1 - plan.reliability > 0
        assert plan.reliability**plan.units <= 1 - plan.confidence + 1e-9


def test_the_same_curve_gives_the_same_bytes_and_is_told_in_words() -> None:
    drawn = Drawn((0.1, 1.0, 5.0), ((99.0, 40.0, 1.0),), 40.0)
    words = CurveWords("Title", "across", "up", ("one <plan>",), "risk 40 %", "told & said")
    first = curves_svg(drawn, words)
    assert first == curves_svg(drawn, words)
    text = first.decode()
    assert '<title id="curve-title">Title</title>' in text
    assert "told &amp; said" in text
