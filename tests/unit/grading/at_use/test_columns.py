"""Columns say what the evidence says: exactly where hours only scale, else never too good."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratedparts.grading import CEG_2026_1, measure, read_dossier
from ratedparts.grading.at_use import (
    NUMBERS,
    Phase,
    UseColumns,
    UseResponse,
    answers_nothing,
    at_condition,
    at_reference,
    codes_of,
    numbers_of,
    over_mission,
    read_situation,
    situation_of,
)
from ratedparts.reliability import failure_rate_bound

from ..conftest import dossier as reference_dossier
from ..test_every_family import good_dossier
from .both_ways import (
    EXACT,
    LIBRARY,
    MISSION,
    USES,
    codes,
    exact,
    from_evidence,
    in_columns,
    named,
    require_careful,
    require_exact,
    require_little_too_bad,
    responses_of,
)
from .tested_parts import SLOW, ageing_parts, contested_parts, steady_parts, under

FAMILIES = [family for family in LIBRARY.families if family != "published_data"]


@pytest.fixture(scope="module")
def families():
    """A part of every family under every condition of the rule set, with its columns."""
    g1 = reference_dossier("G1")
    given = [read_dossier(good_dossier(g1, LIBRARY, family)) for family in FAMILIES]
    dossiers = [under(one, code) for one in given for code in CEG_2026_1.use_conditions]
    return dossiers, UseColumns.from_responses(responses_of(dossiers))


@pytest.fixture(scope="module")
def steady():
    return named(steady_parts(reference_dossier("G1"), reference_dossier("G5"), LIBRARY))


@pytest.fixture(scope="module")
def ageing():
    return named(ageing_parts(reference_dossier("G5")))


@pytest.fixture(scope="module")
def contested():
    return named(contested_parts(reference_dossier("G1"), reference_dossier("G5"), LIBRARY))


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_every_family_in_columns_is_as_from_its_evidence(families, use):
    dossiers, columns = families
    found = in_columns(columns, use)
    for place, dossier in enumerate(dossiers):
        expected = exact(dossier, use)
        if expected.by_units:
            assert all(np.isnan(one.values[place]) and not one.beyond[place] for one in found.values())
            continue
        for name, value in from_evidence(expected).items():
            assert found[name].values[place] == pytest.approx(value, **EXACT), (name, dossier.part)
        assert set(codes_of(int(found["rates_90"].beyond[place]))) == codes(expected.extrapolated)
        for name in ("b1", "b10"):
            said = codes(expected.life_extrapolated[f"{name}_lower_90"])
            assert set(codes_of(int(found[name].beyond[place]))) == said, (name, dossier.part)


@pytest.mark.parametrize("use", [USES[0], USES[4], MISSION], ids=range(3))
def test_parts_that_failed_in_one_kind_of_test_are_as_from_their_evidence(steady, use):
    require_exact(steady, use, set(steady[0]) - SLOW)


@pytest.mark.parametrize("use", [USES[0], USES[2], MISSION], ids=range(3))
def test_parts_that_wear_out_are_never_shown_too_good_and_little_too_bad(ageing, use):
    require_little_too_bad(ageing, use, set(ageing[0]) - SLOW)


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_parts_with_several_stresses_are_never_shown_too_good(contested, use):
    require_careful(contested, use, set(contested[0]) - SLOW)


def test_failures_placed_exactly_and_fitted_accelerations_too(steady, contested):
    """One use; the whole matrix is in tests/exhaustive."""
    require_exact(steady, USES[4], SLOW)
    require_careful(contested, USES[1], {"fitted"})


def test_a_rate_is_exact_where_the_lots_cannot_but_be_alike(contested):
    names, dossiers, responses = contested
    columns = UseColumns.from_responses(responses)
    for use in USES:
        rates = columns.rates_at(use, 0.9).values
        for name in ("quiet", "few", "same_lot", "laser", "ceramic"):
            place = names.index(name)
            expected = exact(dossiers[place], use).figures["failure_rate_90"]
            assert rates[place] == pytest.approx(expected, **EXACT), name


def test_where_lots_begin_to_differ_the_rate_is_that_of_the_worst(contested):
    """In the cold a maximum cuts off the harder test: its share of the hours falls, its failures do not."""
    names, dossiers, responses = contested
    place = names.index("bad")
    columns = UseColumns.from_responses(responses)
    assert responses[place].pooled
    cold = at_condition(-60.0, 0.5)
    shown = columns.rates_at(cold, 0.9).values[place]
    assert shown == pytest.approx(exact(dossiers[place], cold).figures["failure_rate_90"], **EXACT)
    assert shown == pytest.approx(failure_rate_bound(3, 74 * 1000 * 1000.0, 0.9))
    assert shown > failure_rate_bound(3, 228 * 1000 * 1000.0, 0.9)


def test_the_smallest_ratio_is_no_bound_of_a_fitted_life_so_columns_give_none(contested):
    """Times that are stretched unequally spread further, and B1 falls below what the ratio makes of it."""
    names, dossiers, responses = contested
    place = names.index("stretched")
    own, cold = (
        exact(dossiers[place], use)
        for use in (at_reference(CEG_2026_1.use_conditions["UC-I"]), at_condition(-60.0, 0.5))
    )
    ratios = [
        there.life_factor / here.life_factor for here, there in zip(own.models, cold.models, strict=True)
    ]
    assert own.lives.b1 * min(ratios) > 1.2 * cold.lives.b1
    columns = UseColumns.from_responses(responses)
    assert np.isnan(columns.lives_at(cold.question, 0.01).values[place])
    assert columns.lives_at(own.question, 0.01).values[place] == own.lives.b1


@pytest.mark.parametrize("kind", ["steady", "ageing", "contested"])
def test_at_the_own_condition_every_number_is_the_certificate_s_to_the_last_bit(kind, request):
    _, dossiers, responses = request.getfixturevalue(kind)
    columns = UseColumns.from_responses(responses)
    for place, dossier in enumerate(dossiers):
        use = at_reference(CEG_2026_1.use_conditions[dossier.part.use_condition])
        own = measure(dossier, LIBRARY, CEG_2026_1)
        expected = {
            "rates_60": own.printed["failure_rate_60"],
            "rates_90": own.printed["failure_rate_90"],
            "worst_60": own.reliability.rates[0.6],
            "worst_90": own.reliability.rates[0.9],
            "b1": own.life.b1,
            "b10": own.life.b10,
        }
        found = in_columns(columns, use)
        assert {name: one.values[place] for name, one in found.items()} == expected
        whole = over_mission([*use.phases, Phase(0.0, 90.0, 1.0)], hours=dossier.part.design_life_hours)
        assert {name: one.values[place] for name, one in in_columns(columns, whole).items()} == expected


def test_every_family_at_its_own_condition_has_its_own_figures_to_the_last_bit(families):
    dossiers, columns = families
    for code, condition in CEG_2026_1.use_conditions.items():
        found = in_columns(columns, at_reference(condition))
        for place, dossier in enumerate(dossiers):
            if dossier.part.use_condition != code:
                continue
            own = measure(dossier, LIBRARY, CEG_2026_1)
            if own.life is not None:
                assert found["rates_90"].values[place] == own.printed["failure_rate_90"]
                assert (found["b1"].values[place], found["b10"].values[place]) == own.life[:2]


@pytest.mark.parametrize("kind", ["steady", "ageing", "contested"])
def test_a_response_that_was_kept_is_the_same(kind, request):
    for response in request.getfixturevalue(kind)[2]:
        text = json.dumps(response.as_json(), allow_nan=False)
        assert UseResponse.from_json(json.loads(text)) == response


def test_a_response_in_another_form_is_not_guessed_at(steady):
    kept = steady[2][0].as_json() | {"form": 2}
    with pytest.raises(LookupError):
        UseResponse.from_json(kept)


def test_columns_of_arrays_are_those_of_responses(steady, ageing, contested):
    responses = [*steady[2], *ageing[2], *contested[2]]
    texts = [None if (one := situation_of(response)) is None else one.text() for response in responses]
    known = sorted({text for text in texts if text is not None})
    kept = UseColumns.from_arrays(
        [read_situation(text) for text in known],
        np.array([-1 if text is None else known.index(text) for text in texts]),
        {name: np.array([numbers_of(one)[name] for one in responses]) for name in NUMBERS},
        {place: one for place, one in enumerate(responses) if texts[place] is None},
    )
    assert not any(answers_nothing(one) for one in responses)
    made = UseColumns.from_responses(responses)
    for use in (USES[0], MISSION):
        for name, expected in in_columns(made, use).items():
            found = in_columns(kept, use)[name]
            np.testing.assert_array_equal(found.values, expected.values)
            np.testing.assert_array_equal(found.beyond, expected.beyond)


def test_a_part_of_which_nothing_is_kept_has_no_answer(steady):
    columns = UseColumns.from_responses([None, steady[2][0], None])
    found = columns.rates_at(MISSION, 0.9)
    assert np.isnan(found.values).tolist() == [True, False, True]
    assert found.extrapolated.tolist()[::2] == [False, False]


temperatures = st.floats(-100.0, 250.0)
voltages = st.floats(0.05, 2.0)
humidities = st.none() | st.floats(0.0, 100.0)


@st.composite
def missions(draw):
    drawn = draw(
        st.lists(st.tuples(st.integers(1, 9), temperatures, voltages, humidities), min_size=1, max_size=4)
    )
    total = sum(weight for weight, *_ in drawn)
    return over_mission(
        [Phase(weight / total, *condition) for weight, *condition in drawn],
        hours=draw(st.none() | st.floats(1.0, 1e6)),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missions())
def test_over_any_mission_both_ways_agree(steady, use):
    exactly = {"g1", "one_bad_lot", "resistor_with_a_film", "warmed_filter", "passed_by_their_own_rate"}
    require_exact(steady, use, exactly)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missions())
def test_over_any_mission_no_rate_is_too_low_and_no_life_too_long(contested, use):
    require_careful(contested, use, {"quiet", "few", "bad", "same_lot", "ceramic", "laser", "many"})


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missions())
def test_the_order_of_phases_makes_no_difference_and_hotter_is_never_better(steady, use):
    columns = UseColumns.from_responses(steady[2])
    hotter = [replace(one, temperature_c=one.temperature_c + 1.0) for one in use.phases]
    first, again, worse = (
        columns.rates_at(over_mission(some), 0.9).values for some in (use.phases, use.phases[::-1], hotter)
    )
    np.testing.assert_allclose(again, first, rtol=1e-12)
    assert (worse >= first * (1 - 1e-12)).all()
