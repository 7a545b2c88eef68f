"""How likely each grade is, against how good the parts really are (clause 6.8).

A plan of a failure rate runs exactly as long as its level needs, a success run has exactly as many units; the
acceleration is taken to be true.  Every number is one of ``ratedparts.reliability``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr

from ratedparts.grading import GRADES, LEVELS, RuleSet
from ratedparts.grading.failure_rate_levels import BY_CODE, at_most
from ratedparts.reliability import (
    OperatingCharacteristic,
    RateCharacteristic,
    failure_rate_bound,
    ltpd_sample_size,
    required_unit_hours,
)

ACCEPTED = (0, 1, 2)
MULTIPLES = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)  # of a limit
DRAWN = np.geomspace(0.03, 8.0, 121)


@dataclass(frozen=True)
class RatePlan:
    """``unit_hours``: of the level named ``level``, at the use condition."""

    accept: int
    confidence: float
    chances: tuple[float, ...]  # at MULTIPLES
    drawn: tuple[float, ...]  # at DRAWN

    def unit_hours(self, level: str) -> float:
        return required_unit_hours(BY_CODE[level].maximum, self.accept, self.confidence)


@dataclass(frozen=True)
class RunPlan:
    """A success run without a failure that just suffices for a grade."""

    grade: str
    reliability: float
    confidence: float
    units: int
    chances: tuple[float, ...]  # at the shares of ``run_shares``
    drawn: tuple[float, ...]


@dataclass(frozen=True)
class GradeChances:
    """With one and the same test, how often it ends in each grade of axis R."""

    rate: float  # the true one, per hour
    by_grade: Mapping[str, float]


def rate_plans(confidence: float) -> list[RatePlan]:
    """Plans with no, one and two failures allowed."""
    plans = []
    for accept in ACCEPTED:
        curve = RateCharacteristic(accept, confidence)
        chances, drawn = (tuple(map(float, curve.acceptance(at))) for at in (MULTIPLES, DRAWN))
        plans.append(RatePlan(accept, confidence, chances, drawn))
    return plans


def run_limit(rules: RuleSet, group: str) -> float:
    """The share of failing units that grade A still allows: what the multiples of a run are taken of."""
    return 1.0 - next(target.reliability for target in rules.run_targets[group] if target.grade == "A")


def run_plans(rules: RuleSet, group: str) -> list[RunPlan]:
    limit = run_limit(rules, group)
    plans = []
    for target in rules.run_targets[group]:
        units = ltpd_sample_size(1.0 - target.reliability, 0, target.confidence)
        curve = OperatingCharacteristic(units, 0)
        chances, drawn = (
            tuple(map(float, curve.acceptance(np.minimum(np.asarray(at) * limit, 1.0))))
            for at in (MULTIPLES, DRAWN)
        )
        plans.append(RunPlan(target.grade, target.reliability, target.confidence, units, chances, drawn))
    return plans


def grade_chances(
    rules: RuleSet, group: str, unit_hours: float, rates: Sequence[float]
) -> list[GradeChances]:
    """Whatever the number of failures turns out to be, the best target met is the grade."""
    allowed = [
        (target.grade, _most_failures(BY_CODE[target.level].maximum, unit_hours, target.confidence))
        for target in rules.targets[group]
    ]
    return [GradeChances(rate, _split(allowed, unit_hours * rate)) for rate in rates]


def level_chances(unit_hours: float, rate: float, confidence: float) -> dict[str, float]:
    """The same over all failure-rate levels at one confidence."""
    allowed = [
        (level.code, _most_failures(level.maximum, unit_hours, confidence)) for level in reversed(LEVELS)
    ]
    return _split(allowed, unit_hours * rate)


def _most_failures(limit: float, unit_hours: float, confidence: float) -> int:
    """With so many failures the limit is still met; -1 where it is not met without any."""
    failures = 0
    while at_most(failure_rate_bound(failures, unit_hours, confidence), limit):
        failures += 1
    return failures - 1


def _split(allowed: Sequence[tuple[str, int]], expected: float) -> dict[str, float]:
    """``allowed``: best first.  What is left over is ungraded."""
    chances, reached, most = {}, 0.0, -1
    for name, failures in allowed:
        most = max(most, failures)
        passed = float(pdtr(float(most), expected)) if most >= 0 else 0.0
        chances[name], reached = passed - reached, passed
    chances[GRADES[-1]] = 1.0 - reached
    return chances
