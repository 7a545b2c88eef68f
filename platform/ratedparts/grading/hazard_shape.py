"""How the failure rate moves with age, as far as the data tell, and what that asks for (clauses R4 to R7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ratedparts.reliability import (
    NoFiniteEstimate,
    WeibullFit,
    early_failure_probability,
    failure_rate_bound,
    fit_weibull,
)

from .decision import Reason
from .exposure import Exposure, LotOnTest, schedule
from .rule_set import RuleSet


class Hazard(Enum):
    UNTESTED = "untested"
    CONSTANT = "constant"  # a constant rate is not rejected
    WEAROUT = "wearout"
    DECREASING = "decreasing"


@dataclass(frozen=True)
class HazardShape:
    hazard: Hazard
    fit: WeibullFit | None  # times at the use condition
    reasons: tuple[Reason, ...]


def find_hazard_shape(exposure: Exposure, rule_set: RuleSet) -> HazardShape:
    """Clauses R4 and R5: the rate is taken as decreasing where either of the two tests says so."""
    early = _early_failures(exposure, rule_set)
    fit = fit_lives(exposure, rule_set)
    if fit is None:
        parameters = {"failures": exposure.failures, "needed": rule_set.fit_failures}
        reason = Reason("R_SHAPE_UNTESTED", "R5", True, parameters=parameters)
        hazard = Hazard.UNTESTED
    else:
        hazard, reason = _from_the_fit(fit, rule_set)
    if early is not None and not early.met:
        hazard = Hazard.DECREASING
    return HazardShape(hazard, fit, (reason,) if early is None else (early, reason))


def _from_the_fit(fit: WeibullFit, rule_set: RuleSet) -> tuple[Hazard, Reason]:
    one_sided = 0.5 + rule_set.shape_confidence / 2.0
    low, high = (fit.shape_bound(one_sided, side) for side in ("lower", "upper"))
    hazard = Hazard.WEAROUT if low > 1.0 else Hazard.DECREASING if high < 1.0 else Hazard.CONSTANT
    parameters = {"shape": fit.shape, "lower": low, "upper": high, "hazard": hazard.value}
    return hazard, Reason("R_SHAPE", "R5", high >= 1.0, high, 1.0, high, parameters)


def _early_failures(exposure: Exposure, rule_set: RuleSet) -> Reason | None:
    """Clause R4: were more units lost by the first readout than a constant rate would lose?"""
    failures = sum(one.failures() for one in exposure.lots)
    first, end, early = np.inf, 0.0, 0
    for one in exposure.lots:
        readouts = schedule(one.test, one.protocol)
        first = min(first, readouts[0]) if readouts else first
        early += one.failures(window=readouts[0]) if readouts else 0
        end = max(end, one.test.duration)
    if failures < 2 or not 0.0 < first < end:
        return None
    share = float(first / end)
    probability = early_failure_probability(early, failures, share)
    return Reason(
        "R_EARLY_FAILURES",
        "R4",
        probability >= rule_set.significance,
        probability,
        rule_set.significance,
        probability / rule_set.significance,
        {"early": early, "failures": failures, "window_share": share},
    )


def fit_lives(exposure: Exposure, rule_set: RuleSet) -> WeibullFit | None:
    """The Weibull distribution of the lives at use; None where the failures do not show one."""
    sample = exposure.life_sample()
    if sample is None or sample.failures < rule_set.fit_failures:
        return None
    if np.isfinite(sample.merged.upper).sum() < 2:  # all failures in one interval: any shape explains them
        return None
    try:
        return fit_weibull(sample)
    except NoFiniteEstimate:
        return None


def wearout_rate(fit: WeibullFit, design_life_hours: float, confidence: float) -> float:
    """Clause R6: upper bound of the mean rate over the declared life, per hour."""
    return fit.cumulative_hazard_bound(design_life_hours, confidence) / design_life_hours


def first_year_rate(exposure: Exposure, rule_set: RuleSet, confidence: float) -> float:
    """Clause R7: upper bound of the rate in the first year of use, per hour."""
    failures, hours = exposure.unregistered_failures, 0.0
    exact = failures_are_timed(exposure)
    for one in exposure.lots:
        window = first_year_window(one, one.factor.value, rule_set, exact)
        failures += one.failures(window)
        hours += one.factor.value * one.hours(window=window)
    return failure_rate_bound(failures, hours, confidence) if hours > 0 else np.inf


def failures_are_timed(exposure: Exposure) -> bool:
    failed = [group for one in exposure.lots for group in one.lot.units if group.failed]
    return bool(failed) and all(group.lower == group.upper for group in failed)


def first_year_window(one: LotOnTest, factor: float, rule_set: RuleSet, exact: bool) -> float:
    """Test time that stands for a year of use: the next readout, or the last; exact times need no readout."""
    year = rule_set.first_year_hours / factor
    if exact:
        return year
    readouts = schedule(one.test, one.protocol)
    later = [at for at in readouts if at >= year]
    return later[0] if later else (readouts[-1] if readouts else year)


def rate_at_the_end(exposure: Exposure, fit: WeibullFit | None) -> float:
    """Instantaneous rate at the end of the test, per hour at use: what a completed screen leaves behind.

    From the fit where there is one, else from two points, the first readout and the end; zero where even
    those give no slope.
    """
    end = max((one.test.duration * one.life_factor.value for one in exposure.lots), default=0.0)
    if fit is not None:
        return float(fit.shape / fit.scale * (end / fit.scale) ** (fit.shape - 1.0))
    firsts = [(one, schedule(one.test, one.protocol)) for one in exposure.lots]
    start = min((readouts[0] * one.life_factor.value for one, readouts in firsts if readouts), default=0.0)
    early = sum(one.failures(window=readouts[0]) for one, readouts in firsts if readouts)
    total = sum(one.failures() for one in exposure.lots)
    if not (0 < start < end and 0 < early < total < exposure.units):
        return 0.0
    first_hazard, last_hazard = (-np.log1p(-count / exposure.units) for count in (early, total))
    slope = np.log(last_hazard / first_hazard) / np.log(end / start)
    return float(slope * last_hazard / end)
