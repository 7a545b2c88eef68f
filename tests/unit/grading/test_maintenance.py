"""Levels kept up by continued testing, by the numbers of MIL-STD-690D and facts 1.2."""

from datetime import date

import pytest

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.maintenance import MaintenancePeriod, judge_maintenance, judge_upgrade

RULE = CEG_2026_1.maintenance


def period(unit_hours, failures=0, year=2027):
    return MaintenancePeriod(date(year, 1, 30), failures, unit_hours)


# Unit-hours that keep a level at 10 % confidence: m(10 %, c) / limit.
@pytest.mark.parametrize(
    ("level", "failures", "unit_hours"),
    [
        ("FR4.5", 0, 3_512),
        ("FR4.5", 1, 17_727),
        ("FR5", 0, 10_536),
        ("FR6", 1, 531_812),
        ("FR7", 2, 11_020_700),
    ],
)
def test_a_period_keeps_the_level_from_the_tabled_hours_on(level, failures, unit_hours):
    enough = judge_maintenance(level, [period(unit_hours + 100, failures)], RULE)
    short = judge_maintenance(level, [period(0.999 * unit_hours, failures)], RULE)
    assert (enough.level, enough.reasons[0].met) == (level, True)
    assert short.level != level
    assert 0 < short.reasons[0].parameters["missing_unit_hours"] < 0.002 * unit_hours


def test_too_few_hours_without_a_failure_cost_one_step_a_period():
    kept = judge_maintenance("FR7", [period(1.0), period(1.0, year=2028)], RULE)
    assert kept.level == "FR5"
    assert [(one.met, one.parameters["becomes"]) for one in kept.reasons] == [(False, "FR6"), (False, "FR5")]


def test_a_period_without_a_test_costs_a_step_too():
    assert judge_maintenance("FR6", [period(0.0)], RULE).level == "FR5"


def test_failures_take_a_level_to_what_the_period_itself_keeps():
    assert judge_maintenance("FR8", [period(1.2e5, failures=1)], RULE).level == "FR5"
    assert judge_maintenance("FR8", [period(1.0, failures=1)], RULE).level is None


def test_below_the_widest_level_there_is_none_and_later_periods_bring_nothing_back():
    kept = judge_maintenance("FR4.5", [period(1.0), period(1e12, year=2028)], RULE)
    assert kept.level is None
    assert len(kept.reasons) == 1


def test_periods_are_taken_by_their_day_and_each_by_its_own_data():
    later, earlier = period(1e7, year=2028), period(1.0, year=2027)
    kept = judge_maintenance("FR7", [later, earlier], RULE)
    assert [one.met for one in kept.reasons] == [False, True]
    assert kept.level == "FR6"  # the hours of the second period mend nothing of the first


@pytest.mark.parametrize(("failures", "unit_hours"), [(0, 2_302_600), (1, 3_889_730)])
def test_an_upgrade_asks_for_the_confidence_of_the_grading(failures, unit_hours):
    assert judge_upgrade("FR6", failures, unit_hours, 0.90).met
    short = judge_upgrade("FR6", failures, 0.999 * unit_hours, 0.90)
    assert not short.met
    assert short.parameters["missing_unit_hours"] == pytest.approx(0.001 * unit_hours, rel=0.01)
    assert judge_upgrade("FR6", failures, 0.999 * unit_hours, 0.60).met
