"""The whole matrix of parts that failed in every way, at every use of a grid."""

import pytest

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.at_use import at_condition, at_reference
from tests.unit.grading.at_use.both_ways import (
    LIBRARY,
    USES,
    named,
    require_careful,
    require_exact,
    require_little_too_bad,
)
from tests.unit.grading.at_use.tested_parts import ageing_parts, contested_parts, steady_parts
from tests.unit.grading.conftest import dossier

GRID = [
    *USES,
    *(at_reference(condition) for condition in CEG_2026_1.use_conditions.values()),
    *(at_condition(float(celsius), 0.8, hours=3e4) for celsius in range(-80, 181, 20)),
]


@pytest.fixture(scope="module")
def parts():
    g1, g5 = dossier("G1"), dossier("G5")
    return (
        named(steady_parts(g1, g5, LIBRARY)),
        named(ageing_parts(g5)),
        named(contested_parts(g1, g5, LIBRARY)),
    )


@pytest.mark.parametrize("use", GRID, ids=range(len(GRID)))
def test_columns_and_evidence_agree_or_the_columns_are_careful(parts, use):
    steady, ageing, contested = parts
    require_exact(steady, use)
    require_little_too_bad(ageing, use)
    require_careful(contested, use)
