"""Figures at a use are those of a rule set that knows it as one more condition; a mission is made of them."""

import copy

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, measure, read_dossier
from ratedparts.grading.at_use import Phase, at_condition, at_reference, figures_at_use, over_mission
from ratedparts.grading.figures import RunFigures
from ratedparts.protocols import load_library
from ratedparts.reliability import average_failure_rate

from ..test_every_family import good_dossier
from .tested_parts import (
    SLOW,
    contested_parts,
    measured_at,
    steady_parts,
    use_condition,
    wearing_out,
)

FAMILIES = [family for family in load_library().families if family != "published_data"]
USES = [(40.0, 0.5), (-55.0, 1.0), (135.0, 1.2), (None, 1.0)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_s_figures_are_those_of_a_rule_set_with_that_condition(g1, library, family):
    dossier = read_dossier(good_dossier(g1, library, family))
    for temperature, voltage in USES:
        found = figures_at_use(dossier, library, CEG_2026_1, at_condition(temperature, voltage))
        expected = measured_at(dossier, library, use_condition(temperature, voltage))
        assert {name: expected.printed[name] for name in found.figures} == found.figures
        assert found.lives == expected.life
        assert found.by_units == isinstance(expected.reliability, RunFigures)
        if not found.by_units:
            assert found.rates == expected.reliability.rates


def test_parts_that_failed_in_every_way_have_the_figures_of_that_condition(g1, g5, library):
    parts = steady_parts(g1, g5, library) | contested_parts(g1, g5, library)
    for name in parts.keys() - SLOW:
        dossier = parts[name]
        found = figures_at_use(dossier, library, CEG_2026_1, at_condition(70.0, 0.8))
        expected = measured_at(dossier, library, use_condition(70.0, 0.8))
        assert {figure: expected.printed[figure] for figure in found.figures} == found.figures, name
        assert (found.lives, found.rates) == (expected.life, expected.reliability.rates), name


def test_at_its_own_condition_a_part_has_its_own_figures(g1, g5, library):
    parts = steady_parts(g1, g5, library)
    for name in parts.keys() - SLOW:
        dossier = parts[name]
        own = measure(dossier, library, CEG_2026_1)
        use = CEG_2026_1.use_conditions[dossier.part.use_condition]
        found = figures_at_use(dossier, library, CEG_2026_1, at_reference(use))
        assert (found.lives, found.rates) == (own.life, own.reliability.rates), name


def test_a_part_that_passes_or_fails_has_no_rate_at_any_use(g1, library):
    dossier = read_dossier(good_dossier(g1, library, "backplane"))
    for use in (at_condition(40.0, 0.5), at_condition(200.0, 2.0)):
        found = figures_at_use(dossier, library, CEG_2026_1, use)
        assert found.by_units
        assert (found.rates, found.lives, found.models, found.extrapolated) == (None, None, (), ())
        assert set(found.figures) == {"reliability_lower_60", "reliability_lower_90"}


@pytest.mark.parametrize("name", ["g1", "one_bad_lot", "drifting_laser", "resistor_with_a_film"])
def test_over_a_mission_the_rate_is_the_mean_and_life_is_used_up_by_shares(g1, g5, library, name):
    dossier = steady_parts(g1, g5, library)[name]
    phases = [Phase(0.25, -20.0, 0.4), Phase(0.55, 45.0, 0.6), Phase(0.2, 95.0, 0.9)]
    found = figures_at_use(dossier, library, CEG_2026_1, over_mission(phases))
    alone = [
        figures_at_use(dossier, library, CEG_2026_1, at_condition(one.temperature_c, one.voltage_ratio))
        for one in phases
    ]
    shares = [one.share for one in phases]
    rates = [one.figures["failure_rate_90"] for one in alone]
    assert found.figures["failure_rate_90"] == pytest.approx(average_failure_rate(shares, rates), rel=1e-12)
    used_up = sum(share / one.lives.b10 for share, one in zip(shares, alone, strict=True))
    assert found.lives.b10 == pytest.approx(1.0 / used_up, rel=1e-9)


def test_a_mission_in_one_condition_is_that_condition(g5, library):
    dossier = read_dossier(wearing_out(g5))
    whole = figures_at_use(dossier, library, CEG_2026_1, at_condition(70.0, 0.5))
    phases = over_mission([Phase(0.3, 70.0, 0.5), Phase(0.7, 70.0, 0.5)])
    parts = figures_at_use(dossier, library, CEG_2026_1, phases)
    assert parts.figures == pytest.approx(whole.figures, rel=1e-9)


def test_wear_out_is_that_of_the_hours_asked(g5, library):
    dossier = read_dossier(wearing_out(g5))
    rates = [
        figures_at_use(dossier, library, CEG_2026_1, at_condition(55.0, 0.5, hours=hours)).figures
        for hours in (20_000.0, dossier.part.design_life_hours)
    ]
    short, long = (one["wearout_failure_rate_90"] for one in rates)
    assert short < long
    assert rates[0]["failure_rate_90"] == rates[1]["failure_rate_90"]


def test_a_dossier_that_contradicts_itself_is_refused(g1, library):
    given = copy.deepcopy(g1)
    given["part"]["use_condition"] = "UC-X"
    with pytest.raises(RatedPartsError) as refusal:
        figures_at_use(read_dossier(given), library, CEG_2026_1, at_condition(40.0, 0.5))
    assert refusal.value.code == "dossier_refused"
