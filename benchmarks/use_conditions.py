"""A million rated parts at a use that is asked for, against one bare exponential of as many numbers.

Of the parts, `PARTICULAR` have several tests of different stress, a fitted acceleration, or rates that change
with age; the others are in one of `SITUATIONS`, or, in the worst of cases, each in one of its own.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from tests.unit.grading.at_use.tested_parts import ageing_parts, contested_parts, steady_parts
from tests.unit.grading.conftest import dossier
from timing import Row, best_of

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.at_use import (
    NUMBERS,
    Phase,
    UseColumns,
    UseQuestion,
    UseResponse,
    answers_nothing,
    at_condition,
    figures_at_use,
    numbers_of,
    over_mission,
    situation_of,
    use_response,
)
from ratedparts.protocols import load_library

PARTS = 1_000_000
PARTICULAR = 20_000
SITUATIONS = 2_000
ALLOWED, PAGE_ALLOWED = 40e-3, 60e-3  # seconds for the rates at a condition, and for a page ranked by them
PAGE = 25


def rows() -> Iterator[Row]:
    library = load_library()
    g1, g5 = dossier("G1"), dossier("G5")
    dossiers = [
        *steady_parts(g1, g5, library).values(),
        *ageing_parts(copy.deepcopy(g5)).values(),
        *contested_parts(g1, g5, library).values(),
    ]
    responses = [use_response(one, library, CEG_2026_1) for one in dossiers]
    numbers = np.random.default_rng(1).uniform(-30.0, 0.0, PARTS)
    bare = best_of(lambda: np.exp(numbers))
    use = at_condition(70.0, 0.6, hours=50_000.0)
    mission = over_mission([Phase(0.2, -10.0, 0.5), Phase(0.5, 40.0, 0.5), Phase(0.3, 95.0, 0.9)])
    name = "np.exp of as many numbers"
    for kind, situations in (
        (f"{SITUATIONS:,} situations", SITUATIONS),
        ("each in its own situation", PARTS),
    ):
        columns = many(responses, situations)
        work = f"failure rates of {PARTS:,} parts at a use, {kind}"
        took = best_of(partial(columns.rates_at, use, 0.90))
        yield Row(work, took, "40 ms", ALLOWED, 1 if situations == SITUATIONS else None)
        yield Row(work, took, name, bare)
        for work, call in (
            ("the same over a mission of 3 phases", partial(columns.rates_at, mission, 0.90)),
            ("with wear-out and early failures", partial(columns.worst_rates_at, use, 0.90)),
            ("B10 lives of as many parts", partial(columns.lives_at, use, 0.10)),
        ):
            yield Row(work, best_of(call), name, bare)
        took = best_of(partial(_page, columns, use))
        yield Row(f"the {PAGE} parts of the lowest rates", took, "60 ms", PAGE_ALLOWED, 1)
    one = dossiers[0]
    took = best_of(partial(figures_at_use, one, library, CEG_2026_1, use))
    yield Row("one part at a use, from its evidence", took, name, bare)


def many(responses: list[UseResponse], situations: int) -> UseColumns:
    """Ordinary parts of every model, tested and certified at temperatures that differ."""
    ordinary = [one for one in responses if situation_of(one) is not None]
    others = [one for one in responses if situation_of(one) is None and not answers_nothing(one)]
    found = [situation_of(one) for one in itertools.islice(itertools.cycle(ordinary), situations)]
    known = [
        replace(one, own_temperature_c=25.0 + 60.0 * place / situations)
        for place, one in enumerate(found)
        if one is not None
    ]
    random = np.random.default_rng(2)
    # Situations are numbered as parts bring them.
    codes = np.arange(PARTS) if situations == PARTS else random.integers(0, len(known), PARTS)
    places = random.choice(PARTS, PARTICULAR, replace=False)
    codes[places] = -1
    own = np.array([list(numbers_of(one).values()) for one in ordinary])[codes % len(ordinary)]
    own *= random.uniform(0.5, 2.0, (PARTS, 1))
    own[places] = np.nan
    columns = dict(zip(NUMBERS, np.ascontiguousarray(own.T), strict=True))
    particular = dict(zip(places.tolist(), itertools.cycle(others), strict=False))
    return UseColumns.from_arrays(known, codes, columns, particular)


def _page(columns: UseColumns, use: UseQuestion) -> np.ndarray:
    rates = columns.rates_at(use, 0.90).values
    first = np.argpartition(rates, PAGE)[:PAGE]  # NaN, no answer, comes last
    return first[np.argsort(rates[first])]
