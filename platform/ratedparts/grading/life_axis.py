"""Axis L: the life that the evidence demonstrates at the use condition (clause 6.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ratedparts.protocols import ShapeRange
from ratedparts.reliability import WeibullFit, weibayes_life_bound

from .decision import Reason
from .degradation_life import degradation_lives
from .dossier import Part
from .exposure import Exposure
from .failure_modes import by_mode
from .failure_rate_levels import at_least
from .figures import LifeFigures
from .hazard_shape import fit_lives
from .rule_set import RuleSet

HOURS_A_YEAR = 8760.0


@dataclass(frozen=True)
class LifeResult:
    cap: str
    demonstrated: str  # for the vector: B1>=10y
    reasons: tuple[Reason, ...]


class LifeTarget(NamedTuple):
    """A grade is reached where no more than that fraction is shown to fail within the hours of use."""

    grade: str
    fraction: float
    hours: float


def life_targets(rule_set: RuleSet, design_life_hours: float) -> tuple[LifeTarget, ...]:
    """Clause L4, the loosest first; the last grade asks for no life."""
    return (
        LifeTarget("B", 0.10, rule_set.half_life_share * design_life_hours),
        LifeTarget("A", 0.10, design_life_hours),
        LifeTarget("A+", 0.01, design_life_hours),
    )


# What only passes or fails has no life to bound (clause 6.10.6).
NOT_ASKED = LifeResult("A+", "run", ())


def measure_life(
    exposure: Exposure,
    rule_set: RuleSet,
    fit: WeibullFit | None,
    shape: ShapeRange | None,
    part: Part,
) -> LifeFigures | None:
    """One-sided lower bounds of B1 and B10; None where no unit was on test."""
    times, _counts = exposure.times_on_test()
    if not times or max(times) <= 0:
        return None
    if shape is None:  # L3: no Weibull shape is known of what drifts
        drifting = degradation_lives(exposure, part)
        b1, method = drifting.life_bound(0.01, rule_set.life_confidence)
        b10, _ = drifting.life_bound(0.10, rule_set.life_confidence)
        return LifeFigures(b1, b10, method, None, None)
    b1, method, worst_shape, mode = _worst(0.01, exposure, rule_set, fit, shape)
    b10, _, _, _ = _worst(0.10, exposure, rule_set, fit, shape)
    return LifeFigures(b1, b10, method, worst_shape, mode)


def judge_life(figures: LifeFigures | None, rule_set: RuleSet, design_life_hours: float) -> LifeResult:
    """The grade that the bounds allow."""
    if figures is None:
        return LifeResult("U", "none", ())
    reasons = []
    cap, demonstrated = "C", "none"
    for target in life_targets(rule_set, design_life_hours):
        grade, fraction, limit = target.grade, target.fraction, target.hours
        bound = figures.b1 if fraction == 0.01 else figures.b10
        met = at_least(bound, limit)
        parameters = {
            "grade": grade,
            "percent": round(100 * fraction),
            "confidence": rule_set.life_confidence,
            "method": figures.method,
            "shape": figures.shape if fraction == 0.01 else None,
        }
        if figures.mode is not None:
            parameters["mode"] = figures.mode
        reasons.append(Reason("L_LIFE", "L4", met, bound, limit, bound / limit, parameters))
        if met:
            cap = grade
            demonstrated = f"B{round(100 * fraction)}>={limit / HOURS_A_YEAR:g}y"
    if cap != "A+":
        share = figures.b1 / design_life_hours
        reasons.append(Reason("L_SHORT", "L4", False, figures.b1, design_life_hours, share, {"cap": cap}))
    return LifeResult(cap, demonstrated, tuple(reasons))


def _worst(
    fraction: float, exposure: Exposure, rule_set: RuleSet, fit: WeibullFit | None, shape: ShapeRange
) -> tuple[float, str, float | None, str | None]:
    """The bound of the failure mode that ends life first (R8), and its name where there are several."""
    modes = by_mode(exposure)
    if not modes:
        return (*_bound(fraction, exposure, rule_set, fit, shape), None)
    found = [
        (*_bound(fraction, alone, rule_set, fit_lives(alone, rule_set), shape), mode)
        for mode, alone in modes.items()
    ]
    return min(found, key=lambda one: one[0])


def _bound(
    fraction: float, exposure: Exposure, rule_set: RuleSet, fit: WeibullFit | None, shape: ShapeRange
) -> tuple[float, str, float | None]:
    """The bound, the method that is printed with it, and the shape where a range of shapes was searched."""
    candidates = list(_candidates(fraction, exposure, rule_set, fit, shape))
    return min(candidates, key=lambda candidate: candidate[0])


def _method(fit: WeibullFit) -> str:
    return "calibrated" if fit.sample.exactly_monitored else "likelihood_ratio"


def _candidates(
    fraction: float, exposure: Exposure, rule_set: RuleSet, fit: WeibullFit | None, shape: ShapeRange
) -> Iterable[tuple[float, str, float | None]]:
    confidence = rule_set.life_confidence
    method = _method(fit) if fit is not None else ""
    if fit is not None:  # L1
        yield fit.life_bound(fraction, confidence, "lower", method), method, None
    if fit is None or exposure.unregistered_failures:
        # L2; and failures of unregistered tests, which no fit can place in time, are counted this way too.
        times, counts = exposure.times_on_test()
        life, worst = weibayes_life_bound(
            times, exposure.failures, fraction, (shape.low, shape.high), confidence, counts
        )
        yield life, "weibayes", worst
