"""One part's answer from what is kept of it: the numbers of the columns, and the words of the evidence."""

import json
import math
from dataclasses import replace

import pytest

from ratedparts.grading import CEG_2026_1, read_dossier
from ratedparts.grading.at_use import (
    UseColumns,
    UseResponse,
    answer_at,
    at_condition,
    figures_at_use,
    numbers_of,
    read_situation,
    response_of,
    situation_of,
    use_response,
)

from ..test_every_family import good_dossier
from .both_ways import MISSION
from .tested_parts import contested_parts, steady_parts

USES = (at_condition(-60.0, 0.5), at_condition(60.0, 0.5), at_condition(130.0, 1.3, hours=5e4), MISSION)


@pytest.mark.parametrize("name", ["g1", "g5", "drifting_laser", "warmed_filter", "resistor_with_a_film"])
@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_an_answer_says_what_the_evidence_says(g1, g5, library, name, use):
    dossier = steady_parts(g1, g5, library)[name]
    kept = json.dumps(use_response(dossier, library, CEG_2026_1).as_json())
    found = answer_at(UseResponse.from_json(json.loads(kept)), use)
    expected = figures_at_use(dossier, library, CEG_2026_1, use)
    assert found.rates[0.9] == pytest.approx(expected.figures["failure_rate_90"], rel=1e-9)
    assert found.worst_rates == pytest.approx(expected.rates, rel=1e-9)
    assert found.lives[0.1] == pytest.approx(expected.lives.b10, rel=1e-9)
    assert (found.hours, found.capped) == (expected.hours, expected.capped)
    assert list(found.models) == [model.applied for model in expected.models]
    pairs = [
        (found.extrapolated, expected.extrapolated),
        (found.life_extrapolated[0.01], expected.life_extrapolated["b1_lower_90"]),
    ]
    for cautions, others in pairs:
        assert [one.code for one in cautions] == [one.code for one in others]
        for one, other in zip(cautions, others, strict=True):
            assert one.parameters == pytest.approx(other.parameters, rel=1e-9)


def test_where_there_is_no_answer_there_is_no_number(g1, g5, library):
    run = use_response(read_dossier(good_dossier(g1, library, "backplane")), library, CEG_2026_1)
    found = answer_at(run, MISSION)
    assert (found.by_units, found.rates, found.lives, found.extrapolated) == (True, {}, {}, ())
    many = use_response(contested_parts(g1, g5, library)["many"], library, CEG_2026_1)
    cold = answer_at(many, at_condition(-60.0, 0.5))
    assert cold.rates.keys() == {0.6, 0.9}
    assert (cold.worst_rates, cold.lives) == ({}, {})
    assert cold.capped


def test_an_answer_is_that_of_the_columns(g1, g5, library):
    parts = steady_parts(g1, g5, library)
    responses = [use_response(parts[name], library, CEG_2026_1) for name in ("g1", "g5", "one_bad_lot")]
    columns = UseColumns.from_responses(responses)
    for use in USES:
        values = columns.rates_at(use, 0.9).values
        assert [answer_at(one, use).rates[0.9] for one in responses] == values.tolist()


@pytest.mark.parametrize("name", ["g1", "resistor_with_a_film"])
@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_what_columns_keep_answers_as_the_whole_response(g1, g5, library, name, use):
    kept = use_response(steady_parts(g1, g5, library)[name], library, CEG_2026_1)
    situation = situation_of(kept)
    numbers = {key: value for key, value in numbers_of(kept).items() if math.isfinite(value)}
    again = answer_at(response_of(read_situation(situation.text()), numbers), use)
    whole = answer_at(kept, use)
    assert replace(again, models=whole.models) == whole
