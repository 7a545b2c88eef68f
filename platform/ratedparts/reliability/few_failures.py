"""Bounds that exist even with no failure at all."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtrc, betaincinv, gammaincinv

from ratedparts.errors import RatedPartsError

from .life_sample import Array, ArrayLike


def poisson_bound(failures: int, confidence: float) -> float:
    """Upper bound of a Poisson mean after ``failures`` events: ``chi2(confidence; 2 r + 2) / 2``.

    Multiplied by 1 / unit-hours it bounds a failure rate; divided by a failure rate it gives the unit-hours
    that a demonstration needs.
    """
    _require_count("failures", failures)
    _require_confidence(confidence)
    return float(gammaincinv(failures + 1.0, confidence))


def failure_rate_bound(failures: int, unit_hours: float, confidence: float) -> float:
    """Upper bound of a constant failure rate, per hour, from a time-terminated test.

    Parameters
    ----------
    failures : int
        Failures seen, zero included.
    unit_hours : float
        Unit-hours under test, times the acceleration factor where there is one.
    confidence : float
        One-sided, in (0, 1).

    Raises
    ------
    RatedPartsError
        ``count_negative``, ``unit_hours_not_positive`` or ``confidence_outside_unit_interval``.

    References
    ----------
    JESD85; MIL-STD-690D 6.2.
    """
    if not (np.isfinite(unit_hours) and unit_hours > 0):
        raise RatedPartsError("unit_hours_not_positive", given=unit_hours)
    return poisson_bound(failures, confidence) / unit_hours


def required_unit_hours(failure_rate: float, failures: int, confidence: float) -> float:
    """Unit-hours that demonstrate ``failure_rate`` (per hour) with that many failures allowed."""
    if not (np.isfinite(failure_rate) and failure_rate > 0):
        raise RatedPartsError("failure_rate_not_positive", given=failure_rate)
    return poisson_bound(failures, confidence) / failure_rate


def weibayes_scale_bound(
    times: ArrayLike, failures: int, shape: float, confidence: float, count: ArrayLike | None = None
) -> float:
    """Lower bound of the Weibull scale with a stated shape, time-terminated test.

    ``(2 sum(t ** shape) / chi2(confidence; 2 r + 2)) ** (1 / shape)``, evaluated relative to the longest
    time so that no power overflows.

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

    References
    ----------
    Abernethy, *The New Weibull Handbook* (Weibayes).
    """
    return float(_weibayes(times, failures, np.array([shape], dtype=float), confidence, count)[0])


def weibayes_life_bound(
    times: ArrayLike,
    failures: int,
    fraction: float,
    shapes: tuple[float, float],
    confidence: float,
    count: ArrayLike | None = None,
) -> tuple[float, float]:
    """Smallest Weibayes lower bound of a life over a range of shapes, and the shape where it is smallest.

    The ends of the range do not suffice: with unequal times the minimum can lie inside.  It is found on a
    grid and refined to 1e-10 of the range around the best grid point.
    """
    low, high = shapes
    if not 0 < low <= high:
        raise RatedPartsError("shape_range_empty", given=shapes)
    log_hazard = float(np.log(-np.log1p(-fraction)))

    def life(shape: Array) -> Array:
        return np.log(_weibayes(times, failures, shape, confidence, count)) + log_hazard / shape

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
    times: ArrayLike, failures: int, shapes: Array, confidence: float, count: ArrayLike | None
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
    return np.asarray(longest * (exposure / poisson_bound(failures, confidence)) ** (1.0 / shapes))


def proportion_upper_bound(failures: int, units: int, confidence: float) -> float:
    """Clopper-Pearson upper bound of the failing fraction, one-sided."""
    _require_count("failures", failures)
    _require_confidence(confidence)
    if units < 1 or failures > units:
        raise RatedPartsError("more_failures_than_units", failures=failures, units=units)
    return 1.0 if failures == units else float(betaincinv(failures + 1.0, units - failures, confidence))


def early_failure_probability(early: int, failures: int, window_share: float) -> float:
    """``P[Bin(failures, window_share) >= early]``: how likely so many early failures are at a constant rate.

    ``window_share`` is the first readout's share of the test's duration, in (0, 1).
    """
    _require_count("early", early)
    if early > failures:
        raise RatedPartsError("more_failures_than_units", failures=early, units=failures)
    if not 0.0 < window_share <= 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=window_share)
    return 1.0 if early == 0 else float(bdtrc(early - 1, failures, window_share))


def _require_count(argument: str, value: int) -> None:
    if value < 0 or value != int(value):
        raise RatedPartsError("count_negative", argument=argument, given=value)


def _require_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise RatedPartsError("confidence_outside_unit_interval", given=confidence)
