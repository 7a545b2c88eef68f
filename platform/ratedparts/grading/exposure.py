"""Unit-hours, failures and lives of the tests that a failure rate rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ratedparts.protocols import Protocol
from ratedparts.reliability import LifeSample, equal_rates_probability

from .dossier import Lot, Part, Test, UnitGroup
from .evidence import Report
from .fitted_acceleration import FittedAcceleration, fit_acceleration
from .rule_set import RuleSet, UseCondition
from .stress import AccelerationFactor, acceleration_factor, random_factor


@dataclass(frozen=True)
class LotOnTest:
    """One lot in one registered test, with the factor to the use condition and to the rated one.

    ``life_factor``: that of wear-out, where it is not that of random failures (clause 6.10.5).
    """

    lot: Lot
    test: Test
    protocol: Protocol
    factor: AccelerationFactor
    rated_factor: AccelerationFactor
    life_factor: AccelerationFactor

    def hours(self, *, to_the_end: bool = False, window: float = np.inf) -> float:
        """Unit-hours on test inside the window.

        A unit that failed between two readouts counts to the first of them, which is the careful choice; or,
        for comparing lots, to the second, since the first would favour "different" by construction.
        """
        total = 0.0
        for group in self.lot.units:
            end = group.upper if to_the_end and group.upper is not None else group.lower
            total += group.count * min(end, window)
        return total

    def failures(self, window: float = np.inf) -> int:
        return sum(group.count for group in self.lot.units if group.failed and _failed_by(group) <= window)


def _failed_by(group: UnitGroup) -> float:
    return group.lower if group.upper is None else group.upper


@dataclass(frozen=True)
class Exposure:
    """What is graded: the registered lots, and the failures of unregistered tests on top."""

    lots: tuple[LotOnTest, ...]
    unregistered_failures: int = 0
    fitted: FittedAcceleration | None = None  # the acceleration, where the evidence itself shows it

    @property
    def units(self) -> int:
        return sum(one.lot.unit_count for one in self.lots)

    @property
    def tested_units(self) -> int:
        """Those that stayed to the end or failed, and the failures of unregistered tests."""
        return sum(one.lot.tested_units for one in self.lots) + self.unregistered_failures

    @property
    def failures(self) -> int:
        return sum(one.failures() for one in self.lots) + self.unregistered_failures

    @property
    def test_hours(self) -> float:
        return sum(one.hours() for one in self.lots)

    @property
    def unit_hours(self) -> float:
        """Equivalent unit-hours at the use condition."""
        return sum(one.factor.value * one.hours() for one in self.lots)

    @property
    def rated_unit_hours(self) -> float:
        return sum(one.rated_factor.value * one.hours() for one in self.lots)

    @property
    def acceleration_factor(self) -> float | None:
        """Weighted by hours, where several tests differ."""
        if not self.lots:
            return None
        first = self.lots[0].factor.value
        if all(one.factor.value == first for one in self.lots) or self.test_hours == 0:
            return first
        return self.unit_hours / self.test_hours

    def life_sample(self) -> LifeSample | None:
        """All units of the registered lots, their times brought to the use condition."""
        lower, upper, count = [], [], []
        for one in self.lots:
            for group in one.lot.units:
                low, high = _interval(group, one)
                lower.append(low * one.life_factor.value)
                upper.append(high * one.life_factor.value)
                count.append(group.count)
        return LifeSample(lower, upper, count) if lower else None

    def times_on_test(self) -> tuple[list[float], list[int]]:
        """Time of every unit at the use condition, failures to the start of their interval; and counts."""
        groups = [(group, one) for one in self.lots for group in one.lot.units]
        return [group.lower * one.life_factor.value for group, one in groups], [
            group.count for group, _ in groups
        ]


def _interval(group: UnitGroup, one: LotOnTest) -> tuple[float, float]:
    """The interval of a unit's failure; one removed without proof counts as failing by the next readout."""
    if group.upper is not None:
        return group.lower, group.upper
    if group.removed_as_failure:
        later = [at for at in schedule(one.test, one.protocol) if at > group.lower]
        return group.lower, later[0] if later else max(group.lower, np.nextafter(0.0, 1.0))
    return group.lower, np.inf


def schedule(test: Test, protocol: Protocol) -> tuple[float, ...]:
    """The readouts after the start: those the test states, else those of the protocol."""
    at = test.readouts or (protocol.readouts.at if protocol.readouts else ())
    return tuple(time for time in at if time > 0)


def expose(reports: Iterable[Report], part: Part, use: UseCondition, rated: UseCondition) -> Exposure:
    """Registered tests count with hours and failures, unregistered ones with their failures alone (P1)."""
    reports = list(reports)
    fitted = fit_acceleration(reports, part, use)
    lots: list[LotOnTest] = []
    unregistered = 0
    for report in reports:
        if not report.test.registered:
            unregistered += sum(lot.failures for lot in report.test.lots)
            continue
        tested = report.test, report.protocol, part
        if fitted is None:
            factors = (
                random_factor(*tested, use),
                random_factor(*tested, rated),
                acceleration_factor(*tested, use),
            )
        else:
            at_use, at_rating = (fitted.factor_of(*tested, condition) for condition in (use, rated))
            factors = at_use, at_rating, at_use
        lots += [LotOnTest(lot, report.test, report.protocol, *factors) for lot in report.test.lots]
    return Exposure(tuple(lots), unregistered, fitted)


def by_lot(exposure: Exposure) -> tuple[Exposure, ...]:
    """One exposure a lot code: a lot that was tested twice has one rate."""
    codes = dict.fromkeys(one.lot.lot_code for one in exposure.lots)
    return tuple(
        Exposure(
            tuple(one for one in exposure.lots if one.lot.lot_code == code),
            exposure.unregistered_failures,
            exposure.fitted,
        )
        for code in codes
    )


def lots_differ(exposure: Exposure, rule_set: RuleSet, *, by_units: bool) -> tuple[bool, float]:
    """Clause R9: the exact test of equal rates, hours taken to the end of each failure's interval.

    ``by_units``: of what only passes or fails, a rate a unit.
    """
    lots, hours = [], []
    for lot in by_lot(exposure):
        if by_units:
            on_test = float(sum(one.lot.tested_units for one in lot.lots))
        else:
            on_test = sum(one.factor.value * one.hours(to_the_end=True) for one in lot.lots)
        if on_test > 0:  # a lot that was never on test says nothing about its rate
            lots.append(lot)
            hours.append(on_test)
    if len(lots) < 2:
        return False, 1.0
    failures = [lot.failures - lot.unregistered_failures for lot in lots]
    probability = equal_rates_probability(failures, hours)
    return probability < rule_set.significance, probability
