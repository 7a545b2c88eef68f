"""Bounds that exist even with no failure at all."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import bdtrc, betaincinv, gammaincinv

from ratedparts.errors import RatedPartsError

from .arguments import Array, ArrayLike, log_hazard, require_confidence, require_count

# What ended the test: an hour fixed in advance, or a number of failures fixed in advance.
Termination = Literal["time", "failure"]


def poisson_bound(failures: int, confidence: float, *, termination: Termination = "time") -> float:
    """Upper bound of a Poisson mean after ``failures`` events: ``chi2(confidence; 2 r + 2) / 2``.

    Multiplied by 1 / unit-hours it bounds a failure rate; divided by a failure rate it gives the unit-hours
    that a demonstration needs.  Where the last failure itself ended the test nothing is known beyond it, and
    the degrees of freedom are ``2 r``.

    Raises
    ------
    RatedPartsError
        ``count_negative``, ``confidence_outside_unit_interval``, ``unknown_termination``, or
        ``no_failure_ended_the_test`` for a failure-terminated test without a failure.

    References
    ----------
    IEC 60605-4; MIL-HDBK-338B 8.3.2.5.
    """
    require_count("failures", failures)
    require_confidence(confidence)
    if termination == "time":
        return float(gammaincinv(failures + 1.0, confidence))
    if termination != "failure":
        raise RatedPartsError("unknown_termination", given=termination, known=("time", "failure"))
    if failures == 0:
        raise RatedPartsError("no_failure_ended_the_test")
    return float(gammaincinv(float(failures), confidence))


def failure_rate_bound(
    failures: int, unit_hours: float, confidence: float, *, termination: Termination = "time"
) -> float:
    """Upper bound of a constant failure rate, per hour; one over it is the lower bound of the mean life.

    Parameters
    ----------
    failures : int
        Failures seen, zero included.
    unit_hours : float
        Unit-hours under test, times the acceleration factor where there is one.
    confidence : float
        One-sided, in (0, 1).
    termination : {"time", "failure"}
        Whether a time or the last failure ended the test; by the failure the bound is the lower one.

    Raises
    ------
    RatedPartsError
        ``unit_hours_not_positive``, and what ``poisson_bound`` raises.

    References
    ----------
    JESD85; MIL-STD-690D 6.2.
    """
    if not (np.isfinite(unit_hours) and unit_hours > 0):
        raise RatedPartsError("unit_hours_not_positive", given=unit_hours)
    return poisson_bound(failures, confidence, termination=termination) / unit_hours


def required_unit_hours(
    failure_rate: float, failures: int, confidence: float, *, termination: Termination = "time"
) -> float:
    """Unit-hours that demonstrate ``failure_rate`` (per hour) with that many failures allowed."""
    if not (np.isfinite(failure_rate) and failure_rate > 0):
        raise RatedPartsError("failure_rate_not_positive", given=failure_rate)
    return poisson_bound(failures, confidence, termination=termination) / failure_rate


def weibayes_scale_bound(
    times: ArrayLike,
    failures: int,
    shape: float,
    confidence: float,
    count: ArrayLike | None = None,
    *,
    termination: Termination = "time",
) -> float:
    """Lower bound of the Weibull scale with a stated shape.

    ``(2 sum(t ** shape) / chi2(confidence; 2 r + 2)) ** (1 / shape)``, with ``2 r`` where the last failure
    ended the test; evaluated relative to the longest time so that no power overflows.

    Parameters
    ----------
    times : array_like, shape (n,)
        Time on test of every unit, failed or not; greater than zero for at least one.
    failures : int
        How many of them failed.
    shape : float
        The Weibull shape that is taken as known.
    confidence : float
        One-sided, in (0, 1).
    count : array_like, shape (n,), optional
        Units that share a time.
    termination : {"time", "failure"}
        What ended the test.

    Raises
    ------
    RatedPartsError
        ``times_not_usable``, ``unit_hours_not_positive``, ``shape_not_positive``, and what
        ``poisson_bound`` raises.

    References
    ----------
    Abernethy, *The New Weibull Handbook* (Weibayes).
    """
    shapes = np.array([shape], dtype=float)
    return float(_weibayes(times, failures, shapes, confidence, count, termination)[0])


def weibayes_life_bound(
    times: ArrayLike,
    failures: int,
    fraction: float,
    shapes: tuple[float, float],
    confidence: float,
    count: ArrayLike | None = None,
    *,
    termination: Termination = "time",
) -> tuple[float, float]:
    """Smallest Weibayes lower bound of a life over a range of shapes, and the shape where it is smallest.

    The ends of the range do not suffice: with unequal times the minimum can lie inside.  It is found on a
    grid and refined to 1e-10 of the range around the best grid point.
    """
    k = log_hazard(fraction)
    low, high = shapes
    if not 0 < low <= high:
        raise RatedPartsError("shape_range_empty", given=shapes)

    def life(shape: Array) -> Array:
        scale = _weibayes(times, failures, shape, confidence, count, termination)
        return np.log(scale) + k / shape

    left, right = low, high
    for _ in range(24):
        grid = np.linspace(left, right, 65)
        values = life(grid)
        best = int(np.argmin(values))
        if right - left <= 1e-10 * high:
            break
        left, right = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 64)])
    return float(np.exp(values[best])), float(grid[best])


def _weibayes(
    times: ArrayLike,
    failures: int,
    shapes: Array,
    confidence: float,
    count: ArrayLike | None,
    termination: Termination,
) -> Array:
    at = np.asarray(times, dtype=float)
    weights = np.ones_like(at) if count is None else np.asarray(count, dtype=float)
    if at.ndim != 1 or weights.shape != at.shape or not np.isfinite(at).all() or (at < 0).any():
        raise RatedPartsError("times_not_usable", shape=at.shape)
    longest = at.max(initial=0.0)
    if longest <= 0:
        raise RatedPartsError("unit_hours_not_positive", given=float(longest))
    if not (np.isfinite(shapes) & (shapes > 0)).all():
        raise RatedPartsError("shape_not_positive", given=float(shapes[0]))
    exposure = ((at / longest) ** shapes[:, None]) @ weights
    bound = poisson_bound(failures, confidence, termination=termination)
    return np.asarray(longest * (exposure / bound) ** (1.0 / shapes))


def proportion_upper_bound(failures: int, units: int, confidence: float) -> float:
    """Clopper-Pearson upper bound of the failing fraction, one-sided."""
    require_count("failures", failures)
    require_confidence(confidence)
    if units < 1 or failures > units:
        raise RatedPartsError("more_failures_than_units", failures=failures, units=units)
    return 1.0 if failures == units else float(betaincinv(failures + 1.0, units - failures, confidence))


def early_failure_probability(early: int, failures: int, window_share: float) -> float:
    """``P[Bin(failures, window_share) >= early]``: how likely so many early failures are at a constant rate.

    ``window_share`` is the first readout's share of the test's duration, in (0, 1).
    """
    require_count("early", early)
    if early > failures:
        raise RatedPartsError("more_failures_than_units", failures=early, units=failures)
    if not 0.0 < window_share <= 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=window_share)
    return 1.0 if early == 0 else float(bdtrc(early - 1, failures, window_share))
