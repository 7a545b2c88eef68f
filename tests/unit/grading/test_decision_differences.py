"""Which rules make one decision another."""

from dataclasses import replace

import pytest

from ratedparts.grading import CEG_2026_1, changed_rules, judge, measure, read_dossier
from ratedparts.grading.decision import Reason


@pytest.fixture
def figures(g1, library):
    return measure(read_dossier(g1), library, CEG_2026_1)


def test_a_decision_does_not_differ_from_itself(figures):
    decision = judge(figures, CEG_2026_1)
    assert changed_rules(decision, decision) == ()


def test_a_limit_that_moved_without_another_verdict_is_no_difference(figures):
    other = judge(figures, replace(CEG_2026_1, minimum_units=23, half_life_share=0.51))
    old = judge(figures, CEG_2026_1)
    assert other.reasons != old.reasons
    assert changed_rules(old, other) == ()


def test_a_rule_that_is_no_longer_met_is_told_with_number_and_both_limits(figures):
    (rule,) = changed_rules(
        judge(figures, CEG_2026_1), judge(figures, replace(CEG_2026_1, minimum_units=100_000))
    )
    assert (rule["rule"], rule["code"]) == ("P5", "R_SAMPLE")
    assert (rule["old"]["limit"], rule["new"]["limit"]) == (22, 100_000)
    assert (rule["old"]["met"], rule["new"]["met"]) == (True, False)


def test_another_class_is_a_difference_though_both_are_met(figures):
    best, *others = CEG_2026_1.quality_classes
    strict = replace(CEG_2026_1, quality_classes=(replace(best, cpk=9.0, cpk_lower=8.0), *others))
    found = changed_rules(judge(figures, CEG_2026_1), judge(figures, strict))
    classes = [(one["old"]["parameters"]["class"], one["new"]["parameters"]["class"]) for one in found[:1]]
    assert classes == [("Q3", "Q2")]
    # A reason that was not there before is told alone.
    low = next(one for one in found if one["code"].startswith("CPK_LOW"))
    assert low["old"] is None
    assert low["new"]["limit"] == 9.0


@pytest.mark.parametrize("turned", [False, True])
def test_reasons_are_matched_by_what_they_are_about_wherever_they_stand(turned, figures):
    decision = judge(figures, CEG_2026_1)
    first, second = (
        Reason("L_LIFE", "L4", met, 1.0, 2.0, 0.5, {"grade": grade, "percent": 10})
        for grade, met in (("A", False), ("B", True))
    )
    old = replace(decision, reasons=(first, second))
    new = replace(decision, reasons=(second, first._replace(met=True)) if turned else (second,))
    found = changed_rules(old, new)
    assert [one["about"]["grade"] for one in found] == ["A"]
    assert (found[0]["new"] is None) != turned
