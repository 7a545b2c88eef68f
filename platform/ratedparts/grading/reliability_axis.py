"""Axis R: the failure-rate level that the evidence demonstrates at the use condition (clause 6.1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ratedparts.reliability import failure_rate_bound, required_unit_hours

from .decision import Reason
from .exposure import Exposure
from .failure_rate_levels import BY_CODE, at_least, at_most, level_of
from .figures import RateFigures
from .hazard_shape import (
    Hazard,
    HazardShape,
    first_year_rate,
    rate_at_the_end,
    wearout_rate,
)
from .maintenance import KeptLevel, judge_kept_level
from .rule_set import RuleSet, Target


@dataclass(frozen=True)
class ReliabilityResult:
    cap: str
    rests_on: str  # FR8@90
    reasons: tuple[Reason, ...]


def measure_reliability(
    exposure: Exposure,
    everything: Exposure,
    shape: HazardShape | None,
    rule_set: RuleSet,
    design_life_hours: float,
    screened: bool,
) -> RateFigures:
    """Bounds of what is graded; ``screened``: a documented screen covers every unit."""
    counted = RateFigures(everything.units, everything.unit_hours, exposure.failures, exposure.unit_hours)
    if shape is None:
        return counted
    printed: dict[str, float] = {}
    worst: dict[float, float] = {}
    for confidence in rule_set.levels_confidences:
        percent = round(100 * confidence)
        rate = failure_rate_bound(exposure.failures, exposure.unit_hours, confidence)
        printed[f"failure_rate_{percent}"] = rate
        printed[f"rated_failure_rate_{percent}"] = failure_rate_bound(
            exposure.failures, exposure.rated_unit_hours, confidence
        )
        further = rate
        if shape.hazard is Hazard.WEAROUT and shape.fit is not None:
            further = wearout_rate(shape.fit, design_life_hours, confidence)
            printed[f"wearout_failure_rate_{percent}"] = further
        elif shape.hazard is Hazard.DECREASING:
            further = first_year_rate(exposure, rule_set, confidence)
            printed[f"first_year_failure_rate_{percent}"] = further
            if screened:
                # The screen has taken the early failures out; the rate it leaves is what the user meets.
                further = rate_at_the_end(exposure, shape.fit)
        worst[confidence] = max(rate, further)
    decreasing = shape.hazard is Hazard.DECREASING
    return replace(counted, decreasing=decreasing, rates=worst, printed=printed, reasons=shape.reasons)


def judge_reliability(figures: RateFigures, rule_set: RuleSet, group: str) -> ReliabilityResult:
    """Cap and level.

    Where lots differ the worst of them is graded; P5 asks of all of them whether there is enough.
    """
    targets = rule_set.targets[group]
    minimum = _minimum_sample(figures, rule_set, group)
    if figures.rates is None:
        missing = _missing_hours(figures, targets[-1])
        return ReliabilityResult("U", "none", (*minimum, missing))
    rates, kept = figures.rates, None
    if figures.maintained is not None:
        kept = judge_kept_level(figures, rule_set.maintenance)
        rates = _held_back(rates, kept)
    cap, rests_on, reasons = _cap(rates, targets, figures)
    if not all(reason.met for reason in minimum):
        cap = "U"
    kept_up = () if kept is None else kept.reasons
    return ReliabilityResult(cap, rests_on, (*figures.reasons, *minimum, *kept_up, *reasons))


def _held_back(rates: Mapping[float, float], kept: KeptLevel) -> Mapping[float, float]:
    """No rate is taken for better than the level that is left, whatever older tests say of it."""
    if not kept.limits:
        return rates
    limit = math.inf if kept.level is None else BY_CODE[kept.level].maximum
    return {confidence: max(rate, limit) for confidence, rate in rates.items()}


def _cap(
    rates: Mapping[float, float], targets: Sequence[Target], figures: RateFigures
) -> tuple[str, str, tuple[Reason, ...]]:
    """The best target met; the level printed is the one that the rate reaches at that target's confidence."""
    reasons = []
    cap = "U"
    reached = targets[-1]
    for target in reversed(targets):
        rate, limit = rates[target.confidence], BY_CODE[target.level].maximum
        met = at_most(rate, limit)
        parameters = {"grade": target.grade, "level": target.level, "confidence": target.confidence}
        reasons.append(Reason("R_TARGET", "6.5", met, rate, limit, limit / rate, parameters))
        if met:
            cap, reached = target.grade, target
    if cap == "U":
        reasons.append(_missing_hours(figures, targets[-1]))
    return cap, _printed(rates[reached.confidence], reached.confidence), tuple(reasons)


def _printed(rate: float, confidence: float) -> str:
    level = level_of(rate)
    return f"{level.code}@{round(100 * confidence)}" if level else "none"


def _missing_hours(figures: RateFigures, target: Target) -> Reason:
    """How far the unit-hours are from the last grade's level, at the failures seen so far."""
    required = required_unit_hours(BY_CODE[target.level].maximum, figures.failures, target.confidence)
    parameters = {
        "level": target.level,
        "confidence": target.confidence,
        "failures": figures.failures,
        "missing_unit_hours": max(required - figures.unit_hours, 0.0),
    }
    share = figures.unit_hours / required
    return Reason("R_HOURS", "6.5", False, figures.unit_hours, required, share, parameters)


def _minimum_sample(figures: RateFigures, rule_set: RuleSet, group: str) -> tuple[Reason, ...]:
    """Clause P5: at least one lot, so many units and so many equivalent unit-hours."""
    units, hours = figures.all_units, figures.all_unit_hours
    needed = rule_set.minimum_units_of.get(group, rule_set.minimum_units)
    enough = units >= needed
    long_enough = at_least(hours, rule_set.minimum_unit_hours)
    return (
        Reason("R_SAMPLE", "P5", enough, units, needed, units / needed),
        Reason(
            "R_MINIMUM_HOURS",
            "P5",
            long_enough,
            hours,
            rule_set.minimum_unit_hours,
            hours / rule_set.minimum_unit_hours,
        ),
    )
