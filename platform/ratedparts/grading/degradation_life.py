"""Lives from drift: each unit's path, extrapolated to where its life ends (clause L3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ratedparts.protocols import Applicability, Degradation, Measure, Range, Scalar
from ratedparts.reliability import (
    FitDidNotConverge,
    LifeDistribution,
    LifeSample,
    NoFiniteEstimate,
    fit,
    fit_complete_lognormal,
    ltpd_sample_size,
    pseudo_life,
)

from .dossier import Part
from .exposure import Exposure, LotOnTest

Path = tuple[tuple[float, float], ...]
FITTED = ("linear", "square_root", "power")


@dataclass(frozen=True)
class DegradationLives:
    """The interval of each unit's life in hours of use; infinite above where its end lies too far."""

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    unplaced: int = 0  # failures of unregistered tests, which nothing places in time

    @property
    def complete(self) -> bool:
        return all(np.isfinite(self.upper))

    def life_bound(self, fraction: float, confidence: float) -> tuple[float, str]:
        """One-sided lower bound and the method that is printed with it.

        Units that would outlive ten times the test are suspended there.  Without one: the exact tolerance
        bound of a lognormal.  With some: the likelihood-ratio bound.  Where no unit reaches its end, or the
        units that do have no spread, what that many survivors show of the earliest time at which one ended.
        A failure that nothing places in time leaves no bound.
        """
        if self.unplaced:
            return 0.0, "survivors"
        if len(self.lower) > 1 and self.complete and self.lower == self.upper and len(set(self.lower)) > 1:
            bound = fit_complete_lognormal(self.lower).life_lower_bound(fraction, confidence)
            return bound, "lognormal_tolerance"
        ended = sum(np.isfinite(self.upper))
        if ended > 1:
            found = _lognormal(LifeSample(self.lower, self.upper))
            if found is not None:
                return found.life_bound(fraction, confidence, "lower", "likelihood_ratio"), "lognormal_ratio"
        enough = len(self.lower) >= ltpd_sample_size(fraction, 0, confidence)
        return (min(self.lower), "survivors") if enough else (0.0, "survivors")


def _lognormal(lives: LifeSample) -> LifeDistribution | None:
    """None where the lives show no spread, or the likelihood has no maximum."""
    try:
        return fit(lives, "lognormal")
    except (NoFiniteEstimate, FitDidNotConverge):
        return None


def degradation_lives(exposure: Exposure, part: Part) -> DegradationLives:
    """Of every registered unit; one without a path, or without a rule for it, is known to its end of test."""
    lower: list[float] = []
    upper: list[float] = []
    for one in exposure.lots:
        rule = _rule_for(one, part)
        for first, last in _units(one, rule, part):
            lower.append(first * one.life_factor.value)
            upper.append(last * one.life_factor.value)
    return DegradationLives(tuple(lower), tuple(upper), exposure.unregistered_failures)


def _rule_for(one: LotOnTest, part: Part) -> Degradation | None:
    known = {**part.attributes, "family": part.family}
    for rule in one.protocol.degradation:
        if applies(rule.applies_to, known) and any(law in FITTED for law in rule.laws):
            return rule
    return None


def applies(admitted: Applicability, known: Mapping[str, Scalar]) -> bool:
    for name, values in admitted:
        value = known.get(name)
        if value is None:
            return False
        if not (values.holds(value) if isinstance(values, Range) else value in values):
            return False
    return True


def _units(one: LotOnTest, rule: Degradation | None, part: Part) -> Iterator[tuple[float, float]]:
    for group in one.lot.units:
        paths = (
            group.degradation if len(group.degradation) == group.count else group.degradation * group.count
        )
        for unit in range(group.count):
            if group.upper is not None:
                yield group.lower, group.upper
            elif group.removed_as_failure:
                yield group.lower, max(group.lower, float(np.nextafter(0.0, 1.0)))
            elif rule is not None and unit < len(paths):
                yield _extrapolated(paths[unit], rule, part, group.lower)
            else:
                yield group.lower, np.inf


def _extrapolated(path: Path, rule: Degradation, part: Part, last: float) -> tuple[float, float]:
    law = next(name for name in rule.laws if name in FITTED)
    threshold = _threshold(rule, path, part)
    times, values = _measured(path, rule)
    longest = rule.maximum_extrapolation * last
    if threshold is None:
        return last, np.inf
    sides = ("above", "below") if rule.comparison == "beyond" else (rule.comparison,)
    lives = []
    for side in sides:
        limit = -abs(threshold) if rule.comparison == "beyond" and side == "below" else threshold
        found = pseudo_life(times, values, limit, fails=side, law=law)  # type: ignore[arg-type]
        if found.failed:
            lives.append(found.life)
    life = min(lives, default=np.inf)
    return (life, life) if life <= longest else (longest, np.inf)


def _measured(path: Path, rule: Degradation) -> tuple[list[float], list[float]]:
    """Values as the rule measures them; a path that begins with a value of its own is converted."""
    times, values = [time for time, _ in path], [value for _, value in path]
    if rule.measure is Measure.VALUE or not times or times[0] != 0 or values[0] == 0:
        return times, values
    first = values[0]
    if rule.measure is Measure.CHANGE:
        return times, [value - first for value in values]
    if rule.measure is Measure.RATIO_TO_INITIAL:
        return times, [value / first for value in values]
    return times, [100.0 * (value - first) / first for value in values]


def _threshold(rule: Degradation, path: Path, part: Part) -> float | None:
    """The smallest or the largest of its terms; None where the part does not state what it is taken from."""
    found = []
    for term in rule.threshold.terms:
        of = 1.0
        if term.of == "initial":
            of = path[0][1] if path else 0.0
        elif term.of is not None:
            value = part.attributes.get(term.of)
            if value is None or isinstance(value, bool | str):
                return None
            of = value
        found.append(term.times * of**term.power + term.plus if term.of is not None else term.plus)
    return max(found) if rule.threshold.take == "largest" else min(found)
