"""Levels kept up by continued testing, by the numbers of MIL-STD-690D and facts 1.2."""

import copy
from datetime import date

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, figures_of, figures_text, measure, read_dossier
from ratedparts.grading.figures import MaintainedFigures, PeriodFigures, RateFigures
from ratedparts.grading.maintenance import judge_kept_level, judge_periods, judge_regained
from ratedparts.grading.next_grade import next_grade

RULE = CEG_2026_1.maintenance


def period(unit_hours, failures=0, year=2027, *, complete=True):
    return PeriodFigures(date(year, 1, 30), complete, failures, unit_hours)


def since(*periods, level="FR6", lowered_on=None, rate=1e-6):
    """What was granted in January 2026 at 90 %, and what was tested since; ``rate``: of everything."""
    granted = MaintainedFigures(level, 0.9, date(2026, 1, 30), lowered_on, periods)
    figures = RateFigures(77, 1e7, 0, 1e7, rates={0.6: rate / 2, 0.9: rate}, maintained=granted)
    return judge_kept_level(figures, RULE)


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
    enough, told = judge_periods(level, [period(unit_hours + 100, failures)], RULE)
    assert (enough, told[0].met) == (level, True)
    short, told = judge_periods(level, [period(0.999 * unit_hours, failures)], RULE)
    assert short != level
    assert 0 < told[0].parameters["missing_unit_hours"] < 0.002 * unit_hours


def test_too_few_hours_without_a_failure_cost_one_step_a_period():
    kept, reasons = judge_periods("FR7", [period(1.0), period(1.0, year=2028)], RULE)
    assert kept == "FR5"
    assert [(one.met, one.parameters["becomes"]) for one in reasons] == [(False, "FR6"), (False, "FR5")]


def test_a_period_without_a_test_costs_a_step_too():
    assert judge_periods("FR6", [period(0.0)], RULE)[0] == "FR5"


def test_failures_take_a_level_to_what_the_period_itself_keeps():
    assert judge_periods("FR8", [period(1.2e5, failures=1)], RULE)[0] == "FR5"
    assert judge_periods("FR8", [period(1.0, failures=1)], RULE)[0] is None


def test_below_the_widest_level_there_is_none_and_later_periods_bring_nothing_back():
    kept, reasons = judge_periods("FR4.5", [period(1.0), period(1e12, year=2028)], RULE)
    assert kept is None
    assert len(reasons) == 1


def test_periods_are_taken_by_their_day_and_each_by_its_own_data():
    later, earlier = period(1e7, year=2028), period(1.0, year=2027)
    kept, reasons = judge_periods("FR7", [later, earlier], RULE)
    assert [one.met for one in reasons] == [False, True]
    assert kept == "FR6"  # the hours of the second period mend nothing of the first


@pytest.mark.parametrize(("failures", "unit_hours"), [(0, 2_302_600), (1, 3_889_730)])
def test_a_level_comes_back_at_the_confidence_of_the_grading(failures, unit_hours):
    def regained(hours, confidence=0.9):
        tested = (period(hours, failures, year=2028),)
        granted = MaintainedFigures("FR5", confidence, date(2027, 1, 30), date(2027, 1, 30), tested)
        return judge_regained("FR6", granted, date(2027, 1, 30))

    assert regained(unit_hours).met
    short = regained(0.999 * unit_hours)
    assert not short.met
    assert short.parameters["missing_unit_hours"] == pytest.approx(0.001 * unit_hours, rel=0.01)
    assert regained(0.999 * unit_hours, confidence=0.6).met


def test_a_level_that_is_kept_holds_nothing_back():
    kept = since(period(2e5), period(3.0, year=2028, complete=False))
    assert (kept.level, kept.limits) == ("FR6", False)
    assert [(one.code, one.met) for one in kept.reasons] == [("R_KEPT", True)]


def test_a_period_that_is_not_over_is_not_judged():
    assert since(period(1.0, complete=False)).reasons == ()


def test_a_period_that_the_last_certificate_was_judged_by_is_not_judged_again():
    assert since(period(1.0, year=2026)).reasons == ()


def test_all_data_together_may_show_a_better_level():
    kept = since(period(2e5), rate=9e-8)
    assert not kept.limits
    assert [one.code for one in kept.reasons] == ["R_KEPT", "R_UPGRADE"]
    assert kept.reasons[1].parameters["level"] == "FR7"


def test_a_level_that_was_lost_is_not_regained_by_the_tests_before():
    kept = since(period(1.0), period(100.0, year=2028, complete=False), rate=1e-9)
    assert (kept.level, kept.limits) == ("FR5", True)
    assert [(one.code, one.met) for one in kept.reasons] == [("R_KEPT", False), ("R_REGAINED", False)]
    assert kept.reasons[1].parameters["level"] == "FR6"


def test_a_level_that_was_lost_is_regained_by_the_tests_since():
    lost = date(2026, 1, 30)
    kept = since(period(2.4e6), period(2.4e7, year=2028, complete=False), level="FR5", lowered_on=lost)
    assert (kept.level, kept.limits) == ("FR7", True)
    assert [(one.code, one.met) for one in kept.reasons] == [("R_KEPT", True), ("R_REGAINED", True)]


# Decided of whole dossiers: an integrated circuit of FR7 at 90 %, certified early in 2025.


def granted(given, evaluated_on="2026-03-01", **more):
    on = "2025-02-01"
    told = {"level": "FR7", "confidence": 0.9, "on": on, "judged_to": on, **more}
    given.update(schema="ratedparts-dossier/2", evaluated_on=evaluated_on, granted=told)
    for test in given["tests"]:
        test.update(registered_on="2024-08-01", started_on="2024-09-01", ended_on="2025-01-15")
    for lot in given["tests"][0]["lots"]:
        lot["units"] = [{"count": 77, "lower": 2000, "upper": None}]
    # Lot samples count for a year only.
    given["tests"][-1].update(registered_on="2025-11-01", started_on="2025-12-01", ended_on="2026-01-15")
    return given


def further_test(given, hours, ended_on="2025-12-01", failed=0):
    test = copy.deepcopy(given["tests"][0])
    test.update(registered_on="2025-01-20", started_on="2025-01-25", ended_on=ended_on)
    units = [{"count": 77 - failed, "lower": hours, "upper": None}]
    if failed:
        units.append({"count": failed, "lower": 0, "upper": hours})
    test["lots"] = [{"lot_code": "L9", "units": units}]
    test.pop("planned", None)
    given["tests"].insert(1, test)


def test_without_a_further_test_the_level_goes_down_a_step(g3, decided):
    assert decided(granted(g3, evaluated_on="2026-01-31")).vector["R"] == "FR7@90"
    lost = decided(granted(g3))
    assert (lost.caps["R"], lost.vector["R"]) == ("A", "FR6@90")
    assert [one.met for one in lost.reasons if one.code == "R_KEPT"] == [False]


def test_a_further_test_of_the_period_keeps_it(g3, decided):
    further_test(granted(g3), 200)
    assert decided(g3).vector["R"] == "FR7@90"


def test_a_further_test_after_the_period_does_not(g3, decided):
    further_test(granted(g3), 200, ended_on="2026-02-02")
    assert decided(g3).vector["R"] == "FR6@90"


def test_nor_does_one_that_was_not_registered(g3, decided):
    further_test(granted(g3), 200)
    g3["tests"][1]["registered_on"] = None
    assert decided(g3).vector["R"] == "FR6@90"


def test_no_certificate_outlasts_the_period_in_which_it_is_issued_again(g3, decided):
    further_test(granted(g3), 200)
    assert decided(g3).valid_until == date(2027, 1, 15)  # the lot sample
    g3["granted"]["on"] = "2024-12-20"
    assert decided(g3).valid_until == date(2026, 12, 20)


def test_nothing_is_left_below_the_widest_level(g3, decided):
    further_test(granted(g3), 1, failed=1)
    decision = decided(g3)
    assert (decision.caps["R"], decision.vector["R"]) == ("U", "none")


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"level": "FR3"}, "granted.level", "not_a_choice"),
        ({"confidence": 0.95}, "granted.confidence", "not_a_choice"),
        ({"on": "2025-03-01"}, "granted.on", "date_order"),
        ({"lowered_on": "2025-06-01"}, "granted.lowered_on", "date_order"),
        ({"judged_to": "2026-03-02"}, "granted.judged_to", "date_order"),
        ({"since": "2025-03-01"}, "granted.since", "unknown_key"),
    ],
)
def test_what_was_granted_is_looked_at_like_all_the_rest(g3, decided, change, column, code):
    granted(g3)["granted"].update(change)
    with pytest.raises(RatedPartsError) as refused:
        decided(g3)
    assert [(one.column, one.code) for one in refused.value.items] == [(column, code)]


def test_the_first_version_of_a_dossier_knows_nothing_of_it(g3, decided):
    granted(g3)["schema"] = "ratedparts-dossier/1"
    with pytest.raises(RatedPartsError) as refused:
        decided(g3)
    assert [(one.column, one.code) for one in refused.value.items] == [("granted", "unknown_key")]


def test_figures_that_are_kept_know_of_it(g3, library):
    figures = measure(read_dossier(granted(g3)), library, CEG_2026_1)
    assert figures_of(figures_text(figures)) == figures


def test_the_way_back_counts_the_hours_since_the_level_was_lost(g3, library):
    """None since: m(90 %, no failure) over the limit of FR7, however much was tested before."""
    found = next_grade(read_dossier(granted(g3)), library)
    assert (found.grade, found.wanted, found.target) == ("A", "A+", "FR7")
    hours = next(one.unit_hours for one in found.further if one.confidence == 0.9 and one.failures == 0)
    assert hours == pytest.approx(2.302585 / 1e-7, rel=1e-6)
    assert found.paths
