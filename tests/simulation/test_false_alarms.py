"""Honest laboratories of many kinds: the rules alarm no oftener than they say.

A rate of one in a thousand cannot be seen in two hundred files: the rules are asked with a higher one too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from scipy.stats import binom

from ratedparts.evidence.advisory.copied_columns import copied_columns
from ratedparts.evidence.advisory.copied_units import copied_units
from ratedparts.evidence.advisory.every_rule import findings_in
from ratedparts.evidence.advisory.first_readings import first_readings, same_seconds, same_units
from ratedparts.evidence.advisory.measured import Measured
from ratedparts.evidence.advisory.narrow_spread import narrow_spread
from ratedparts.evidence.advisory.one_curve import one_curve
from ratedparts.evidence.advisory.repeated_readouts import repeated_readouts
from ratedparts.evidence.advisory.terminal_digits import terminal_digits
from tests.unit.evidence.advisory.laboratory import STARTED, Laboratory, look_at

FILES = 192
RAISED = 0.05
RULES = (copied_columns, copied_units, repeated_readouts, terminal_digits, one_curve, narrow_spread)


def laboratories() -> Iterator[Laboratory]:
    for seed in range(FILES):
        yield Laboratory(
            seed=1000 + seed,
            units=(30, 77, 120, 231)[seed % 4],
            lots=seed % 3 + 1,
            related=(0.0, 0.7, 0.99)[seed // 4 % 3],
            digits=(3, 4, 5, 6)[seed // 12 % 4],
            stripped=seed // 48 % 2 == 0,
        )


@pytest.fixture(scope="module")
def files() -> list[Measured]:
    return [look_at(laboratory.rows()) for laboratory in laboratories()]


@pytest.fixture(scope="module")
def most() -> int:
    """Of so many files, how many alarms of a kind are still compatible with the raised rate."""
    return int(binom.ppf(0.999, FILES, RAISED))


def test_at_the_rate_that_is_used_hardly_any_honest_file_gives_a_finding(files: list[Measured]) -> None:
    found = [one.code for file in files for one in findings_in(file, STARTED - timedelta(days=1))]
    # Six kinds at one in a thousand would give 1.2 in these files.
    assert len(found) <= 2, Counter(found)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_keeps_to_its_rate(rule: object, files: list[Measured], most: int) -> None:
    assert callable(rule)
    alarmed = sum(bool(list(rule(file, RAISED))) for file in files)
    assert alarmed <= most


def test_the_units_of_two_honest_tests_are_not_taken_for_the_same(files: list[Measured], most: int) -> None:
    first = [first_readings(file) for file in files]
    pairs = list(pairwise(first))
    alarmed = sum(bool(list(same_units(now, earlier, "PLAN-2", 1, RAISED))) for now, earlier in pairs)
    assert alarmed <= most


def test_an_instrument_that_takes_turns_is_not_taken_for_two(files: list[Measured]) -> None:
    first = [first_readings(file) for file in files[:20]]
    later = [one.with_columns(at=one["at"] + timedelta(seconds=18)) for one in first[1:]]
    assert not [
        one for now, other in zip(first, later, strict=False) for one in same_seconds(now, other, "PLAN-2")
    ]
