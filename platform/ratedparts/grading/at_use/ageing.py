"""Rates that do not scale with the factor alone: wear-out over the life, and the first year of use.

Both are functions of how many times as long life is at a use as at the own condition, as long as the hours of
all tests keep their proportions; that number is ``longer`` here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ratedparts.reliability import WeibullFit, poisson_bound

from ..exposure import Exposure, schedule
from ..hazard_shape import failures_are_timed, first_year_window
from ..rule_set import RuleSet

STEP = 0.25  # of ln age
STEPS = 32  # to either side: a factor of 3000


@dataclass(frozen=True)
class Wearout:
    """Upper bounds of ln(-ln R) at ages evenly spaced in their logarithm, the declared life in the middle.

    A likelihood-ratio bound is the most that any Weibull distribution of a region allows, each of them a
    straight line in ln age: so it is convex, and the chord between two ages is never below it.  Beyond the
    last age goes on the steepest line of the region, and before the first the flattest.
    """

    log_hazards: tuple[tuple[float, ...], ...]  # a row for each confidence
    flattest: tuple[float, ...]
    steepest: tuple[float, ...]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Wearout:
        return cls(
            tuple(tuple(row) for row in value["log_hazards"]),
            tuple(value["flattest"]),
            tuple(value["steepest"]),
        )


def wearout_of(fit: WeibullFit, hours: float, confidences: Sequence[float]) -> Wearout | None:
    """None where the data leave a bound open somewhere."""
    ages = hours * np.exp(STEP * np.arange(-STEPS, STEPS + 1))
    with np.errstate(divide="ignore"):
        rows = [
            [float(np.log(fit.cumulative_hazard_bound(float(age), confidence))) for age in ages]
            for confidence in confidences
        ]
    flattest = [fit.shape_bound(confidence, "lower") for confidence in confidences]
    steepest = [fit.shape_bound(confidence, "upper") for confidence in confidences]
    if not np.isfinite([*flattest, *steepest, *(value for row in rows for value in row)]).all():
        return None
    return Wearout(tuple(tuple(row) for row in rows), tuple(flattest), tuple(steepest))


@dataclass(frozen=True)
class FirstYear:
    """Pieces between ``edges`` of ``longer``; in each the hours are ``slope * longer + constant``.

    ``bounds``: of the number of failures, a row for each confidence.
    """

    edges: tuple[float, ...]
    bounds: tuple[tuple[float, ...], ...]
    slopes: tuple[float, ...]
    constants: tuple[float, ...]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FirstYear:
        return cls(
            tuple(value["edges"]),
            tuple(tuple(row) for row in value["bounds"]),
            tuple(value["slopes"]),
            tuple(value["constants"]),
        )


def first_year_of(exposure: Exposure, rule_set: RuleSet) -> FirstYear:
    """The pieces end where a year of use reaches another readout or another unit's time (clause R7)."""
    exact = failures_are_timed(exposure)
    year = rule_set.first_year_hours
    edges = sorted(set(_edges(exposure, year, exact)))
    middles = [math.sqrt(low * high) for low, high in pairwise(edges)]
    inside = [edges[0] / 2.0, *middles, edges[-1] * 2.0] if edges else [1.0]
    failures, slopes, constants = [], [], []
    for longer in inside:
        failed, slope, constant = exposure.unregistered_failures, 0.0, 0.0
        for one in exposure.lots:
            factor = one.factor.value * longer
            window = first_year_window(one, factor, rule_set, exact)
            moving = window == year / factor
            failed += one.failures(window)
            for group in one.lot.units:
                if moving and group.lower > window:
                    constant += group.count * year
                else:
                    slope += one.factor.value * group.count * min(group.lower, window)
        failures.append(failed)
        slopes.append(slope)
        constants.append(constant)
    bounds = tuple(
        tuple(poisson_bound(count, confidence) for count in failures)
        for confidence in rule_set.levels_confidences
    )
    return FirstYear(tuple(edges), bounds, tuple(slopes), tuple(constants))


def _edges(exposure: Exposure, year: float, exact: bool) -> Iterator[float]:
    for one in exposure.lots:
        readouts = () if exact else schedule(one.test, one.protocol)
        units = (time for group in one.lot.units for time in (group.lower, group.upper or 0.0))
        for time in readouts or units:
            if time > 0.0:
                yield year / (one.factor.value * time)
