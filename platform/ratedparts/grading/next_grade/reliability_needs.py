"""Closed forms of what the rate, the run and the life ask for: lower bounds of a further test's units."""

from __future__ import annotations

import math

import numpy as np

from ratedparts.reliability import ltpd_sample_size, poisson_bound, required_unit_hours

from ..failure_rate_levels import BAND, BY_CODE, at_least
from ..life_axis import LifeTarget
from .asked import Asked
from .paths import Further
from .situation import Situation
from .stress_choice import Setting

FURTHER_FAILURES = (0, 1, 2)
BEYOND = 10**9  # units, where no number does
SHAPES = 257  # points at which the range of shapes is looked at


def units_needed(situation: Situation, asked: Asked, setting: Setting, failing: int = 0) -> int:
    """The fewest units on further test that could do, of which ``failing`` fail before the last readout.

    Zero where what is there suffices already.  Where failures have been fitted, life may ask for more.
    """
    needs = [_for_the_sample(situation, setting), _for_the_life(situation, asked, setting, failing)]
    if asked.run is not None:
        exposure = situation.graded.exposure
        failures = exposure.failures + failing
        needs.append(
            ltpd_sample_size(1.0 - asked.run.reliability, failures, asked.run.confidence)
            - exposure.tested_units
        )
    if asked.rate is not None:
        missing = _missing_hours(situation, asked.rate.level, asked.rate.confidence, failing)
        lost = failing * (setting.duration - setting.before)
        needs.append(_whole((missing / setting.factor.value + lost) / setting.duration))
    return max(0, *needs)


def further(situation: Situation, asked: Asked) -> tuple[Further, ...]:
    """What axis R lacks, for none, one and two further failures, at every confidence of the rule set."""
    found = []
    exposure = situation.graded.exposure
    if asked.rate is not None:
        found = [
            Further(
                confidence,
                confidence == asked.rate.confidence,
                failures,
                unit_hours=max(_missing_hours(situation, asked.rate.level, confidence, failures), 0.0),
            )
            for confidence in situation.rules.levels_confidences
            for failures in FURTHER_FAILURES
        ]
    if asked.run is not None:
        for failures in FURTHER_FAILURES:
            wanted = ltpd_sample_size(
                1.0 - asked.run.reliability, exposure.failures + failures, asked.run.confidence
            )
            units = max(wanted - exposure.tested_units, 0)
            found.append(Further(asked.run.confidence, True, failures, units=units))
    return tuple(found)


def _missing_hours(situation: Situation, level: str, confidence: float, failing: int) -> float:
    """Unit-hours at use; less than zero where there are more than enough."""
    exposure, limit = situation.graded.exposure, BY_CODE[level].maximum
    counted = [(confidence, exposure.failures, exposure.unit_hours)]
    if situation.since_lost is not None:
        counted.append(situation.since_lost)
    return max(
        required_unit_hours(limit, failures + failing, at) / (1.0 + BAND) - unit_hours
        for at, failures, unit_hours in counted
    )


def _for_the_sample(situation: Situation, setting: Setting) -> int:
    """Clause P5, of all lots together."""
    rules, everything = situation.rules, situation.graded.everything
    least = rules.minimum_units_of.get(situation.family.group, rules.minimum_units) - everything.units
    if situation.graded.by_units:
        return least
    hours = rules.minimum_unit_hours * (1.0 - BAND) - everything.unit_hours
    return max(least, _whole(hours / (setting.duration * setting.factor.value)))


def _for_the_life(situation: Situation, asked: Asked, setting: Setting, failing: int) -> int:
    """By Weibayes, the most over the range of shapes; of drift, survivors; of a fit nothing can be said."""
    exposure, rules = situation.graded.exposure, situation.rules
    failures = exposure.failures + failing
    if asked.life is None:
        return 0
    shape = situation.shape
    if shape is None:
        return 0 if failing else _survivors(situation, asked.life, setting)
    if failures >= rules.fit_failures:
        return 0
    end = setting.duration * setting.life_factor.value
    shapes = np.linspace(shape.low, shape.high, SHAPES)
    wanted = (asked.life.hours * (1.0 - BAND) / end) ** shapes
    wanted *= poisson_bound(failures, rules.life_confidence) / -math.log1p(-asked.life.fraction)
    times, counts = exposure.times_on_test()
    if times:
        wanted -= ((np.asarray(times) / end) ** shapes[:, None]) @ np.asarray(counts, dtype=float)
    wanted += failing * (1.0 - (setting.before / setting.duration) ** shapes)
    return _whole(float(wanted.max()))


def _survivors(situation: Situation, life: LifeTarget, setting: Setting) -> int:
    """Where no drift has ended a life: so many units that outlive it, none of them followed less long."""
    drifting = situation.drifting
    if drifting.unplaced:
        return BEYOND
    if any(math.isfinite(upper) for upper in drifting.upper):
        return 0
    longest = max((rule.maximum_extrapolation for rule in setting.drift), default=1.0)
    shown = min([*drifting.lower, longest * setting.duration * setting.life_factor.value])
    if not at_least(shown, life.hours):
        return BEYOND
    return ltpd_sample_size(life.fraction, 0, situation.rules.life_confidence) - len(drifting.lower)


def _whole(units: float) -> int:
    """Rounded up; one more is not asked for where the last digits of a double say so."""
    return math.ceil(min(units, 1e12) * (1.0 - 1e-12))
