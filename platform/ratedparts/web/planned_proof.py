"""What a test would prove before it is run: bounds for each number of failures, chances, and sizes.

Every number is one of ``ratedparts.reliability``, held against the rule set's levels; nothing is stored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, FailureRateLevel, level_of
from ratedparts.grading.failure_rate_levels import BY_CODE, at_least, at_most
from ratedparts.grading.rule_set import Target
from ratedparts.protocols import ShapeRange
from ratedparts.reliability import (
    OperatingCharacteristic,
    failure_rate_bound,
    required_unit_hours,
    weibayes_life_bound,
    weibull_demonstration_size,
)

CONFIDENCES = CEG_2026_1.levels_confidences
CHANCES = (0.99, 0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05)
FEWEST_ROWS = 3
LONGEST_TABLE = 10
HOURS_A_YEAR = 8760.0


@dataclass(frozen=True)
class Plan:
    """``units`` in all lots, ``hours`` on test each, ``accept`` failures with which it passes."""

    lots: int
    units_per_lot: int
    hours: float
    accept: int
    factor: float
    design_life_hours: float
    minimum_units: int

    @property
    def units(self) -> int:
        return self.lots * self.units_per_lot

    @property
    def hours_at_use(self) -> float:
        return self.hours * self.factor

    @property
    def unit_hours_at_use(self) -> float:
        return self.units * self.hours_at_use

    @property
    def large_enough(self) -> bool:
        """Clause P5: below it nothing is rated, however good the bounds."""
        return self.units >= self.minimum_units and at_least(
            self.unit_hours_at_use, CEG_2026_1.minimum_unit_hours
        )


@dataclass(frozen=True)
class Proven:
    """What is proven where that many units fail at the end of the test; earlier failures prove less."""

    failures: int
    rates: tuple[float, ...]  # upper bounds per hour, in the order of CONFIDENCES
    levels: tuple[FailureRateLevel | None, ...]
    grade: str  # the best that axis R allows
    b10: float | None  # lower bounds in hours of use; None where the protocol knows no range of shapes
    b1: float | None


@dataclass(frozen=True)
class Chance:
    """A true failure rate per hour with which the test is passed that often."""

    probability: float
    rate: float


@dataclass(frozen=True)
class Needed:
    """What a grade of axis R needs with the plan's accepted failures."""

    target: Target
    limit: float
    unit_hours: float
    units: int  # at the planned hours
    hours: float  # at the planned units


@dataclass(frozen=True)
class NeededForLife:
    percent: int
    grade: str
    units: int | None  # None: no number of units does in so short a time


def proven(plan: Plan, group: str, shape: ShapeRange | None) -> list[Proven]:
    """Rows for no failure up to at least those accepted."""
    last = min(max(plan.accept, FEWEST_ROWS), LONGEST_TABLE, plan.units - 1)
    return [_proven(plan, group, shape, failures) for failures in range(last + 1)]


def _proven(plan: Plan, group: str, shape: ShapeRange | None, failures: int) -> Proven:
    rates = tuple(failure_rate_bound(failures, plan.unit_hours_at_use, one) for one in CONFIDENCES)
    by_confidence = dict(zip(CONFIDENCES, rates, strict=True))
    met = [
        target.grade
        for target in CEG_2026_1.targets[group]
        if at_most(by_confidence[target.confidence], BY_CODE[target.level].maximum)
    ]
    return Proven(
        failures,
        rates,
        tuple(level_of(rate) for rate in rates),
        met[0] if met and plan.large_enough else "U",
        _life(plan, shape, failures, 0.10),
        _life(plan, shape, failures, 0.01),
    )


def _life(plan: Plan, shape: ShapeRange | None, failures: int, fraction: float) -> float | None:
    if shape is None:
        return None
    life, _ = weibayes_life_bound(
        [plan.hours_at_use],
        failures,
        fraction,
        (shape.low, shape.high),
        CEG_2026_1.life_confidence,
        [plan.units],
    )
    return life


def chances(plan: Plan) -> list[Chance]:
    """The operating characteristic, read at fixed chances; units fail at a constant rate."""
    curve = OperatingCharacteristic(plan.units, plan.accept)
    return [
        Chance(one, -math.log1p(-curve.fraction_accepted_with(one)) / plan.hours_at_use) for one in CHANCES
    ]


def needed(plan: Plan, group: str) -> list[Needed]:
    """The other way round, for every grade of the group; best first."""
    rows = []
    for target in CEG_2026_1.targets[group]:
        limit = BY_CODE[target.level].maximum
        hours = required_unit_hours(limit, plan.accept, target.confidence)
        hours = max(hours, CEG_2026_1.minimum_unit_hours)
        units = max(_rounded_up(hours / plan.hours_at_use), plan.minimum_units, plan.accept + 1)
        rows.append(Needed(target, limit, hours, units, hours / plan.factor / plan.units))
    return rows


def needed_for_life(plan: Plan, shape: ShapeRange | None) -> list[NeededForLife]:
    """Units at the planned hours for the design life, at the worst end of the known shapes.

    A test longer than the life shows least where the hazard grows least, a shorter one where it grows most.
    """
    if shape is None:
        return []
    return [
        NeededForLife(percent, grade, _units_for_life(plan, shape, percent / 100.0))
        for percent, grade in ((10, "A"), (1, "A+"))
    ]


def _units_for_life(plan: Plan, shape: ShapeRange, fraction: float) -> int | None:
    ratio = plan.hours_at_use / plan.design_life_hours
    try:
        return weibull_demonstration_size(
            1.0 - fraction,
            CEG_2026_1.life_confidence,
            test_to_mission=ratio,
            shape=shape.low if ratio >= 1 else shape.high,
            failures_allowed=plan.accept,
        )
    except RatedPartsError as error:
        if error.code != "fraction_outside_unit_interval":
            raise
        # So long a test that no unit just good enough survives it, or so short a one that every unit does.
        return plan.accept + 1 if ratio >= 1 else None


def _rounded_up(units: float) -> int:
    """Whole units; one more is not asked for where the last digits of a double say so."""
    return math.ceil(units * (1.0 - 1e-9))
