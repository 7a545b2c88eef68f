"""A use that makes no sense is refused with everything that is wrong with it."""

import math

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1
from ratedparts.grading.at_use import (
    Phase,
    UseColumns,
    UseQuestion,
    at_condition,
    at_reference,
    figures_at_use,
    over_mission,
)
from ratedparts.wording import LANGUAGES, error_sentence, fault_sentence

from .tested_parts import steady_parts


def refused(ask):
    with pytest.raises(RatedPartsError) as refusal:
        ask()
    assert refusal.value.code == "use_refused"
    for language in LANGUAGES:
        assert "{" not in error_sentence(refusal.value, language)
        assert all("{" not in fault_sentence(fault, language) for fault in refusal.value.items)
    return [(fault.code, fault.column) for fault in refusal.value.items]


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"voltage_ratio": 0.0}, "voltage_ratio"),
        ({"voltage_ratio": -0.5}, "voltage_ratio"),
        ({"voltage_ratio": math.nan}, "voltage_ratio"),
        ({"voltage_ratio": 2.5}, "voltage_ratio"),
        ({"temperature_c": -273.15}, "temperature_c"),
        ({"temperature_c": 501.0}, "temperature_c"),
        ({"temperature_c": math.inf}, "temperature_c"),
        ({"humidity_rh": 101.0}, "humidity_rh"),
        ({"hours": 0.0}, "hours"),
        ({"hours": math.nan}, "hours"),
    ],
)
def test_a_number_beyond_sense_is_named(given, column):
    usual = {"temperature_c": 40.0, "voltage_ratio": 0.5}
    assert refused(lambda: at_condition(**{**usual, **given})) == [("out_of_range", column)]


def test_everything_is_said_in_one_pass():
    phases = [Phase(0.5, -300.0, 0.5), Phase(0.2, 40.0, 0.0), Phase(-0.1, 40.0, 0.5, 130.0)]
    assert refused(lambda: over_mission(phases, hours=-1.0)) == [
        ("out_of_range", "hours"),
        ("out_of_range", "phases.0.temperature_c"),
        ("out_of_range", "phases.1.voltage_ratio"),
        ("out_of_range", "phases.2.share"),
        ("out_of_range", "phases.2.humidity_rh"),
        ("profile_fractions", "phases"),
    ]


@pytest.mark.parametrize("number", [0, 101])
def test_a_mission_has_some_phases_and_not_too_many(number):
    phases = [Phase(1.0 / max(number, 1), 40.0, 0.5)] * number
    assert refused(lambda: UseQuestion(tuple(phases))) == [("too_many_phases", "phases")]


@pytest.mark.parametrize("shares", [(0.5, 0.4), (0.5, 0.6), (0.3,)])
def test_a_forgotten_phase_is_refused(shares):
    phases = [Phase(share, 40.0, 0.5) for share in shares]
    assert refused(lambda: over_mission(phases)) == [("profile_fractions", "phases")]


def test_tenths_add_up_to_one():
    assert len(over_mission([Phase(0.1, 40.0, 0.5)] * 10).phases) == 10


def test_only_what_is_kept_can_be_asked_for():
    columns = UseColumns.from_responses([])
    use = at_condition(40.0, 0.5)
    assert refused(lambda: columns.rates_at(use, 0.95)) == [("not_a_choice", "confidence")]
    assert refused(lambda: columns.lives_at(use, 0.5)) == [("not_a_choice", "share")]
    assert len(columns.rates_at(use, 0.9).values) == 0


def codes(cautions):
    return [caution.code for caution in cautions]


def test_a_use_above_the_rating_is_answered_and_flagged(g1, g5, library):
    ceramic = steady_parts(g1, g5, library)["g1"]  # tested at 125 °C and twice the voltage, for 1000 h
    within = figures_at_use(ceramic, library, CEG_2026_1, at_condition(125.0, 1.0, hours=1.0))
    assert within.extrapolated == ()
    above = figures_at_use(ceramic, library, CEG_2026_1, at_condition(126.0, 1.2, hours=1.0))
    assert codes(above.extrapolated) == [
        "hotter_than_tested",
        "hotter_than_rated",
        "more_voltage_than_rated",
    ]
    assert above.figures["failure_rate_90"] > within.figures["failure_rate_90"]
    asked, shown = (above.extrapolated[0].parameters[name] for name in ("asked", "shown"))
    assert (asked, shown) == pytest.approx((126.0, 125.0))


def test_hours_beyond_those_on_test_are_flagged_for_each_figure_by_itself(g1, g5, library):
    circuit = steady_parts(g1, g5, library)["one_bad_lot"]  # 1000 h at 125 °C
    short = figures_at_use(circuit, library, CEG_2026_1, at_condition(125.0, 1.0, hours=1000.0))
    assert "longer_than_tested" not in codes(short.extrapolated)
    long = figures_at_use(circuit, library, CEG_2026_1, at_condition(125.0, 1.0, hours=1001.0))
    assert codes(long.extrapolated) == ["longer_than_tested"]
    for figures in (short, long):
        for name, cautions in figures.life_extrapolated.items():
            assert ("longer_than_tested" in codes(cautions)) == (figures.figures[name] > 1000.0)


def test_a_filter_hotter_than_its_maker_states_is_flagged(g1, g5, library):
    warmed = steady_parts(g1, g5, library)["warmed_filter"]  # its factor is computed at 60 °C
    for temperature, flagged in ((60.0, False), (61.0, True)):
        found = figures_at_use(warmed, library, CEG_2026_1, at_condition(temperature, 0.5))
        assert ("hotter_than_stated" in codes(found.extrapolated)) is flagged


def test_the_hottest_phase_counts_unless_no_time_is_spent_in_it(g1, g5, library):
    ceramic = steady_parts(g1, g5, library)["g1"]
    cool, hot = Phase(0.999, 40.0, 0.5), Phase(0.001, 130.0, 0.5)
    found = figures_at_use(ceramic, library, CEG_2026_1, over_mission([cool, hot], hours=1.0))
    assert codes(found.extrapolated) == ["hotter_than_tested", "hotter_than_rated"]
    never = over_mission([Phase(1.0, 40.0, 0.5), Phase(0.0, 130.0, 0.5)], hours=1.0)
    assert figures_at_use(ceramic, library, CEG_2026_1, never).extrapolated == ()


def test_what_is_said_names_the_model_its_parameters_and_the_maximum(g1, g5, library):
    ceramic = steady_parts(g1, g5, library)["g1"]
    found = figures_at_use(ceramic, library, CEG_2026_1, at_condition(85.0, 0.5, humidity_rh=60.0))
    (model,) = found.models
    assert (model.applied.protocol, model.applied.model) == ("MLCC-HTL@1", "prokopowicz_vaskas")
    assert model.applied.parameters == {"voltage_exponent": 3.0, "activation_energy_ev": 1.0}
    assert (model.applied.fitted, model.capped, found.capped) == ((), False, False)
    assert model.factor == found.figures["acceleration_factor"]
    assert found.life_confidence == 0.9
    cold = figures_at_use(ceramic, library, CEG_2026_1, at_condition(-40.0, 0.5))
    assert cold.capped
    assert cold.models[0].factor == 20_000 < cold.models[0].factor_before_cap


def test_the_rated_condition_is_a_condition():
    asked = at_reference(CEG_2026_1.use_conditions["UC-R"])
    assert asked.phases == (Phase(1.0, None, 1.0),)
