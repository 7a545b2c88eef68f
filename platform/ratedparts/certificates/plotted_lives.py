"""What a Weibull plot shows: lives, their plotting positions, and what few failures leave possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import (
    LifeSample,
    NoFiniteEstimate,
    WeibullFit,
    fit_weibull,
    plotting_positions,
    proportion_upper_bound,
)

CONFIDENCE = 0.90  # one-sided, of every bound that the plot works out itself
# Rule R5 calls the shape untested below five failures or with all of them in one interval.  A line through
# fewer would show a knowledge that nobody has.
FEWEST_FAILURES_FOR_A_LINE = 5


@dataclass(frozen=True, slots=True)
class LifeGroup:
    """Units alike: failed in ``(lower, upper]``, exactly at ``lower == upper``, or sound at ``lower``."""

    count: int
    lower: float
    upper: float | None


@dataclass(frozen=True, slots=True)
class LifeBound:
    """A lower confidence bound of a life: with ``confidence`` no more than ``fraction`` fail by ``time``."""

    fraction: float
    time: float
    confidence: float = CONFIDENCE


@dataclass(frozen=True, slots=True)
class PlottedLives:
    """What a plot shows; all times in ``unit`` (``h`` or ``cycles``), at the use condition if one is named.

    ``acceleration_factor`` is text, as signed: it says by what the times of the test were multiplied.
    """

    groups: tuple[LifeGroup, ...]
    unit: str = "h"
    bounds: tuple[LifeBound, ...] = ()
    design_life: float | None = None
    acceleration_factor: str | None = None
    use_condition: str | None = None


def groups_of(sample: LifeSample) -> tuple[LifeGroup, ...]:
    """The rows of a sample as a plot takes them."""
    merged = sample.merged
    rows = zip(merged.lower.tolist(), merged.upper.tolist(), merged.count.tolist(), strict=True)
    return tuple(
        LifeGroup(int(count), lower, upper if np.isfinite(upper) else None) for lower, upper, count in rows
    )


def sample_of(lives: PlottedLives) -> LifeSample:
    if not lives.groups or not any(group.lower > 0 or group.upper is not None for group in lives.groups):
        raise RatedPartsError("lives_not_plottable", units=sum(group.count for group in lives.groups))
    return LifeSample(
        [group.lower for group in lives.groups],
        [np.inf if group.upper is None else group.upper for group in lives.groups],
        [group.count for group in lives.groups],
    ).merged


def fitted(sample: LifeSample) -> WeibullFit | None:
    several_intervals = np.isfinite(sample.upper).sum() >= 2
    if sample.failures < FEWEST_FAILURES_FOR_A_LINE or not several_intervals:
        return None
    try:
        return fit_weibull(sample)
    except NoFiniteEstimate:
        return None


def failed_fractions(sample: LifeSample) -> tuple[Any, Any, Any]:
    """Plotting positions: start and end of each failure's interval, and the fraction failed by its end.

    Johnson's ranks, which give each suspension its share of the ranks after it, then Benard's median rank
    ``(rank - 0.3) / (n + 0.4)``.  A failure between readouts counts at the end of its interval: by then it is
    known.  Failures of one interval are one point, at the rank of the last of them.
    """
    positions = plotting_positions(sample, "benard")
    return positions.start, positions.end, positions.fraction


def upper_edge(sample: LifeSample) -> tuple[Any, Any]:
    """Times, and the one-sided 90 % upper bound of the fraction failed by each: no distribution assumed.

    By a time t only the units whose fate at t is known are counted; a failure counts from the start of its
    interval, which is the careful side.  Clopper and Pearson.
    """
    failed = np.isfinite(sample.upper)
    candidates = np.unique(np.concatenate((sample.lower, sample.upper[failed])))
    times, fractions = [], []
    for time in candidates[candidates > 0]:
        lost = failed & ((sample.lower < time) | (sample.upper <= time))
        watched = sample.lower >= time
        failures, units = int(sample.count[lost].sum()), int(sample.count[lost | watched].sum())
        if failures < units:
            times.append(time)
            fractions.append(proportion_upper_bound(failures, units, CONFIDENCE))
    return np.array(times), np.array(fractions)
