"""Figures that are kept are decided on as those from the evidence are: exactly, whatever the family."""

import copy
from dataclasses import replace

import pytest

from ratedparts.grading import (
    CEG_2026_1,
    decide,
    figures_of,
    figures_text,
    judge,
    measure,
    read_dossier,
)

from .test_every_family import good_dossier

LOTS_THAT_FAILED = [(100, 250), (250, 500), (250, 500), (500, 1000), (500, 1000), (500, 1000)]


def _kept(figures):
    return figures_of(figures_text(figures))


def _dossiers(g1, g5):
    expired, unregistered, failing = (copy.deepcopy(one) for one in (g1, g1, g5))
    expired["evaluated_on"] = "2031-01-01"
    for test in unregistered["tests"]:
        test["registered_on"] = test["started_on"]
    failing["tests"][0]["lots"][0]["units"] = [
        {"count": 1, "lower": lower, "upper": upper} for lower, upper in LOTS_THAT_FAILED
    ] + [{"count": 71, "lower": 1000, "upper": None}]
    return {"g1": g1, "g5": g5, "expired": expired, "unregistered": unregistered, "failing": failing}


@pytest.mark.parametrize(
    "name", ["g1", "g5", "expired", "unregistered", "failing", "ta_mno2", "laser_dfb", "backplane", "saw"]
)
def test_kept_figures_are_the_figures_and_bring_the_decision_that_the_evidence_brings(name, g1, g5, library):
    dossier = read_dossier(_dossiers(g1, g5).get(name) or good_dossier(g1, library, name))
    figures = measure(dossier, library, CEG_2026_1)
    assert _kept(figures) == figures
    assert judge(_kept(figures), CEG_2026_1).as_json() == decide(dossier, library).as_json()


def test_a_bound_that_excludes_nothing_is_kept(g1, library):
    figures = measure(read_dossier(g1), library, CEG_2026_1)
    endless = replace(figures, printed={"failure_rate_90": float("inf")})
    assert _kept(endless) == endless


def test_rule_sets_that_differ_in_limits_alone_measure_alike_and_others_do_not():
    limits = replace(CEG_2026_1, id="X", minimum_units=31, half_life_share=0.75, certificate_months=12)
    assert limits.measuring() == CEG_2026_1.measuring()
    for other in (
        replace(CEG_2026_1, life_confidence=0.95),
        replace(CEG_2026_1, lot_evidence_months=6),
        replace(CEG_2026_1, levels_confidences=(0.6, 0.95)),
        replace(CEG_2026_1, use_conditions={"UC-R": CEG_2026_1.use_conditions["UC-R"]}),
    ):
        assert other.measuring() != CEG_2026_1.measuring()


def test_no_limit_is_looked_at_before_figures_are_judged(g1, g5, library):
    """Whatever `measuring` does not name is taken away: the figures are still the same."""
    blind = replace(
        CEG_2026_1,
        quality_classes=(),
        environment=(),
        environment_of={},
        evidence_caps={},
        half_life_share=float("nan"),
        minimum_units=0,
        minimum_units_of={},
        minimum_unit_hours=float("nan"),
        decreasing_rate_cap="",
        incomplete_cap="",
        certificate_months=0,
        targets=dict.fromkeys(CEG_2026_1.targets, ()),
        run_targets=dict.fromkeys(CEG_2026_1.run_targets, ()),
    )
    assert blind.measuring() == CEG_2026_1.measuring()
    for value in _dossiers(g1, g5).values():
        dossier = read_dossier(value)
        assert measure(dossier, library, blind) == measure(dossier, library, CEG_2026_1)
