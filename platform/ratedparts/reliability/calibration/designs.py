"""How a test would have ended for each of its units, read off the sample that it gave.

A simulated sample must stop where the real one would have stopped.  Of a sound unit that is known: it left
the test when it was last seen.  Of a failed unit it is not, unless all ends agree; then it is drawn from the
ends of the units that outlived it, by the product-limit estimate of the ends (the conditional bootstrap of
Davison & Hinkley, *Bootstrap Methods and their Application*, 1997, 3.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

from ..arguments import Array
from ..life_sample import LifeSample


@dataclass(frozen=True)
class FailureTerminated:
    """All of ``units`` failed, or the test stopped at the last of ``failures``."""

    units: int
    failures: int


@dataclass(frozen=True)
class Ends:
    """Ends of test on one axis, with what a unit's own life says of its end.

    ``known`` (units,): the end, or nan where a failure hid it; ``after`` (units,): the life of a failed unit.
    """

    known: Array
    after: Array

    @property
    def common(self) -> float | None:
        """The one end that all units have, or None."""
        ends = np.unique(self.known[~np.isnan(self.known)])
        if ends.size == 0:
            return float(np.inf)
        return float(ends[0]) if ends.size == 1 and self.after.max(initial=-np.inf) <= ends[0] else None

    def drawn(self, uniform: Array) -> Array:
        """Ends of every unit of every draw, of the shape of ``uniform`` (draws, units)."""
        ends = np.broadcast_to(self.known, uniform.shape).copy()
        times, remaining = self._product_limit()
        for unit in np.flatnonzero(np.isnan(self.known)):
            # The chance that the end lies beyond a time, given that it lies beyond this unit's life.
            first = int(np.searchsorted(times, self.after[unit]))
            beyond = remaining[first:] / (remaining[first - 1] if first else 1.0)
            chosen = (uniform[:, unit, None] >= 1.0 - beyond).sum(axis=1)
            candidates = np.append(times[first:], np.inf)
            ends[:, unit] = candidates[chosen]
        return ends

    def _product_limit(self) -> tuple[Array, Array]:
        """Distinct known ends and the estimated chance that an end lies beyond each."""
        known = ~np.isnan(self.known)
        seen_until = np.where(known, self.known, self.after)
        times, ended = np.unique(self.known[known], return_counts=True)
        at_risk = np.array([(seen_until >= time).sum() for time in times])
        return times, np.cumprod(1.0 - ended / at_risk)


@dataclass(frozen=True)
class Monitored:
    """Every failure was seen when it came; ``ends`` in centred log time."""

    ends: Ends


@dataclass(frozen=True)
class Readouts:
    """All units were looked at on one schedule: ``y`` (m,) in centred log time, ``ends`` positions in it."""

    y: Array
    ends: Ends


def design_of(sample: LifeSample, centre: float) -> FailureTerminated | Monitored | Readouts:
    """Read the design off a sample; log times are given less ``centre``.

    Raises
    ------
    RatedPartsError
        ``calibration_needs_one_kind``: exact failure times and readouts in one sample;
        ``calibration_needs_one_schedule``: a failure's interval spans a time at which other units were seen.
    """
    merged = sample.merged
    failed = np.isfinite(merged.upper)
    known = failed | (merged.lower > 0)
    lower, upper, failed = merged.lower[known], merged.upper[known], failed[known]
    count = merged.count[known].astype(int)
    exact = failed & (lower == upper)
    if failed.any() and not exact[failed].all():
        if exact.any():
            raise RatedPartsError("calibration_needs_one_kind")
        return _readouts(sample, lower, upper, failed, count, centre)
    ends = Ends(
        np.repeat(np.where(failed, np.nan, np.log(lower) - centre), count),
        np.repeat(np.where(failed, np.log(lower) - centre, -np.inf), count),
    )
    last_failure = ends.after.max(initial=-np.inf)
    if failed.any() and ends.common in (last_failure, np.inf):
        return FailureTerminated(int(count.sum()), int(count[failed].sum()))
    return Monitored(ends)


def can_be_calibrated(sample: LifeSample) -> bool:
    """Whether a design can be read off the sample: exact times, or readouts on one schedule."""
    try:
        design_of(sample, 0.0)
    except RatedPartsError:
        return False
    return True


def _readouts(
    sample: LifeSample,
    lower: Array,
    upper: Array,
    failed: npt.NDArray[np.bool_],
    count: npt.NDArray[np.int_],
    centre: float,
) -> Readouts:
    schedule = np.unique(np.concatenate((lower[lower > 0], upper[failed])))
    if sample.readouts is not None:
        schedule = np.unique(np.concatenate((schedule, sample.readouts)))
    start = np.searchsorted(schedule, lower, side="right") - 1  # -1: before the first readout
    end = np.where(failed, np.searchsorted(schedule, np.where(failed, upper, 0.0)), len(schedule))
    spans = failed & (end != start + 1)
    if spans.any():
        first = int(np.flatnonzero(spans)[0])
        raise RatedPartsError(
            "calibration_needs_one_schedule",
            lower=float(lower[first]),
            upper=float(upper[first]),
            seen=float(schedule[start[first] + 1]),
        )
    ends = Ends(
        np.repeat(np.where(failed, np.nan, start.astype(float)), count),
        np.repeat(np.where(failed, end.astype(float), -np.inf), count),
    )
    return Readouts(np.log(schedule) - centre, ends)
