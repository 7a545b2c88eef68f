"""Bounds that cover what they say: the signed root judged by its own simulated distribution.

For a candidate value the other parameter is set to its constrained estimate, samples are drawn there with
the sample's own units and end of test, and the candidate is kept while a share of at least ``1 - confidence``
of their signed roots lies beyond the observed one.  The chi-square approximation is never used; lots that
happen to have no failure take part (DiCiccio, Martin & Stern 2001; Jeng & Meeker 2000).

The same random numbers serve every candidate, so the answer is a smooth function of the data and the same
on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ratedparts.errors import RatedPartsError

from .life_sample import LifeSample
from .right_censored_lots import CensoredLots, constrained_spread, signed_root

DRAWS = 4000


@dataclass(frozen=True)
class Design:
    """How the test would have ended: at a fixed log time, after a fixed number of failures, or never."""

    units: int
    end: float | None  # centred log time of a time-terminated test
    failures: int | None  # of a failure-terminated test


def design_of(sample: LifeSample, centre: float) -> Design:
    """Read the design off an exactly monitored sample.

    Suspensions all at the last failure's time: failure-terminated.  All at one later time: time-terminated.
    No suspension: complete.

    Raises
    ------
    RatedPartsError
        ``calibration_needs_exact_times`` for interval data, ``calibration_needs_one_end`` for suspensions at
        several times, whose failed units' own ends the data do not tell.
    """
    if not sample.exactly_monitored:
        raise RatedPartsError("calibration_needs_exact_times")
    suspended = np.isinf(sample.upper)
    ends = sample.lower[suspended]
    if ends.size == 0:
        return Design(sample.units, None, sample.units)
    if ends.size > 1:
        raise RatedPartsError("calibration_needs_one_end", ends=int(ends.size))
    last_failure = sample.lower[~suspended].max(initial=0.0)
    if last_failure > ends[0]:
        raise RatedPartsError("calibration_needs_one_end", ends=2)
    if last_failure == ends[0]:
        return Design(sample.units, None, sample.failures)
    return Design(sample.units, float(np.log(ends[0])) - centre, None)


def can_be_calibrated(sample: LifeSample) -> bool:
    """Whether the sample is exactly monitored with one end of test, or none."""
    try:
        design_of(sample, 0.0)
    except RatedPartsError:
        return False
    return True


def draws_for(failures: int) -> int:
    """Fewer draws where each costs more: with many failures the root is nearly normal anyway."""
    return max(400, min(DRAWS, 200_000 // max(failures, 1)))


class Calibration:
    """The simulated distribution of the signed root for one sample."""

    def __init__(self, sample: LifeSample, centre: float, seed: int) -> None:
        self.design = design_of(sample, centre)
        draws = draws_for(sample.failures)
        self.observed = _as_lot(sample, centre)
        uniform = np.random.default_rng(seed).random((draws, self.design.units))
        uniform.sort(axis=1)
        self.standard = np.log(-np.log1p(-uniform))  # smallest extreme values, in rising order

    def exceedance(self, q: float, k: float) -> float:
        """Share of simulated signed roots at least as large as the observed one, at this candidate."""
        spread = float(constrained_spread(self.observed, q, k)[0])
        observed = float(signed_root(self.observed, q, k)[0])
        simulated = signed_root(self._simulated(q - spread * k, spread), q, k)
        # Interpolating between the two draws next to the observed root makes the share continuous.
        ordered = np.sort(simulated)
        ranks = 1.0 - (np.arange(len(ordered)) + 0.5) / len(ordered)
        return float(np.interp(observed, ordered, ranks))

    def _simulated(self, location: float, spread: float) -> CensoredLots:
        lives = location + spread * self.standard
        units = self.design.units
        if self.design.failures is not None:
            kept = self.design.failures
            y = lives[:, :kept]
            w = np.ones_like(y)
            w[:, -1] += units - kept
            return CensoredLots(y, np.ones_like(y), w)
        assert self.design.end is not None
        failed = lives < self.design.end
        kept = max(int(failed.sum(axis=1).max()), 1)
        y = np.column_stack((lives[:, :kept], np.full(len(lives), self.design.end)))
        d = np.column_stack((failed[:, :kept].astype(float), np.zeros(len(lives))))
        w = d.copy()
        w[:, -1] = units - d.sum(axis=1)
        return CensoredLots(np.where((d > 0) | (w > 0), y, self.design.end), d, w)


def _as_lot(sample: LifeSample, centre: float) -> CensoredLots:
    known = sample.lower > 0
    y = np.log(sample.lower[known]) - centre
    d = np.where(np.isinf(sample.upper[known]), 0.0, sample.count[known])
    return CensoredLots(y[None, :], d[None, :], sample.count[known][None, :].copy())


def bound(
    exceedance: Callable[[float], float], estimate: float, reach: float, level: float, rising: bool
) -> float:
    """The candidate at which the exceedance equals ``level``; infinite where no candidate does.

    ``reach`` is a typical distance; ``rising``: the exceedance rises with the candidate.
    """
    direction = -1.0 if (exceedance(estimate) > level) == rising else 1.0
    near, far = estimate, estimate + direction * reach
    above = exceedance(near) > level
    while (exceedance(far) > level) == above:
        near, reach = far, reach * 1.6
        far = far + direction * reach
        if abs(far - estimate) > 700.0:
            return direction * np.inf
    return float(brentq(lambda x: exceedance(x) - level, near, far, xtol=1e-10, rtol=1e-12))
