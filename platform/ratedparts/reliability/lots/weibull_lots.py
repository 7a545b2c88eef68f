"""Weibull fits of many lots in one call: arrays of lots in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, log_hazard
from ..fits.life_distribution import METHODS, normal_quantile
from ..fits.one_population import fit_weibull
from .maxima import CHUNK, Maxima
from .readouts import ReadoutLots
from .ridge import covariances, likelihood_ratio_bounds
from .right_censored import CensoredLots

MEMORY_OF_A_CHUNK = 2 * CHUNK


@dataclass(frozen=True, eq=False)
class WeibullLots:
    """Fits of many lots; ``shape``, ``scale`` and ``log_likelihood`` are (lots,).

    nan where no finite estimate exists (`fit_weibull` of that lot says why).  ``covariance`` (lots, 2, 2) is
    that of ``(ln scale, ln shape)``; the log-likelihood is of T, no constant dropped.
    """

    parts: tuple[tuple[CensoredLots | ReadoutLots, Maxima], ...]
    shape: Array
    scale: Array
    log_likelihood: Array
    covariance: Array

    def life(self, fraction: float) -> Array:
        """The age by which ``fraction`` of each lot has failed, (lots,)."""
        return np.asarray(np.exp(np.log(self.scale) + log_hazard(fraction) / self.shape))

    def life_bound(
        self, fraction: float, confidence: float = 0.90, side: str = "lower", method: str = "likelihood_ratio"
    ) -> Array:
        """One-sided bounds of `life`, (lots,); ``method``: ``wald`` or ``likelihood_ratio``."""
        z = normal_quantile(confidence, side, method, METHODS)
        k = log_hazard(fraction)
        if method == "wald" or z == 0.0:
            slope = -k / self.shape
            variance = (
                self.covariance[:, 0, 0]
                + 2.0 * slope * self.covariance[:, 0, 1]
                + slope * slope * self.covariance[:, 1, 1]
            )
            return np.asarray(self.life(fraction) * np.exp(z * np.sqrt(variance)))
        logs = [self._likelihood_ratio(lots, maxima, k, z) for lots, maxima in self.parts]
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(np.concatenate(logs)))

    def _likelihood_ratio(
        self, lots: CensoredLots | ReadoutLots, maxima: Maxima, k: float, z: float
    ) -> Array:
        logs = likelihood_ratio_bounds(lots, maxima, k, z)
        # The few lots whose ridge does not lead there, flat ones mostly, are walked one at a time.
        for lot in np.flatnonzero(maxima.finite & np.isnan(logs)):
            fitted = fit_weibull(lots.sample(int(lot)))
            fraction = float(-np.expm1(-np.exp(k)))
            side = "lower" if z < 0 else "upper"
            with np.errstate(divide="ignore"):
                logs[lot] = np.log(fitted.life_bound(fraction, float(ndtr(abs(z))), side))
        return logs


def fit_weibull_lots(times: ArrayLike, failed: ArrayLike) -> WeibullLots:
    """Fit a Weibull distribution to each of many lots of exact failure times and suspensions.

    Parameters
    ----------
    times : array_like, shape (lots, units)
        Time of failure or of the end of the unit's test, in any one unit; nan pads short lots.
    failed : array_like of bool, shape (lots, units)
        Whether the unit failed then.

    Raises
    ------
    RatedPartsError
        ``lots_shape``, or ``lots_time_not_positive`` with the first offending lot.

    Notes
    -----
    Worked off in chunks that stay in the processor's cache; suspensions that share one time are one number.
    """
    at = np.asarray(times, dtype=float)
    flags = np.asarray(failed, dtype=bool)
    if at.ndim != 2 or flags.shape != at.shape or at.size == 0:
        raise RatedPartsError("lots_shape", times=at.shape, failed=flags.shape)
    size = max(1, MEMORY_OF_A_CHUNK // at.shape[1])
    return _together(
        [
            _censored_lots(at[first : first + size], flags[first : first + size], first)
            for first in range(0, len(at), size)
        ]
    )


def fit_weibull_readout_lots(readouts: ArrayLike, failed: ArrayLike, sound: ArrayLike) -> WeibullLots:
    """Fit a Weibull distribution to each of many lots looked at on one schedule.

    Parameters
    ----------
    readouts : array_like, shape (m,)
        Times of the readouts, rising and greater than zero, in any one unit.
    failed : array_like, shape (lots, m)
        Units found failed at each readout that were sound at the one before.
    sound : array_like, shape (lots, m), or (lots,)
        Units that were sound at a readout and then left the test; of shape (lots,): after the last one.

    Raises
    ------
    RatedPartsError
        ``lots_shape``, ``readouts_not_rising``, or ``lots_count`` with the first offending lot.
    """
    at = np.asarray(readouts, dtype=float)
    lost = np.asarray(failed, dtype=float)
    left = np.asarray(sound, dtype=float)
    if at.ndim != 1 or lost.ndim != 2 or lost.size == 0 or lost.shape[1] != at.size:
        raise RatedPartsError("lots_shape", times=at.shape, failed=lost.shape)
    if left.ndim == 1 and left.shape == lost.shape[:1]:
        left = np.column_stack((np.zeros((len(lost), at.size - 1)), left))
    if left.shape != lost.shape:
        raise RatedPartsError("lots_shape", times=left.shape, failed=lost.shape)
    if not (np.isfinite(at).all() and at[0] > 0 and (np.diff(at) > 0).all()):
        raise RatedPartsError("readouts_not_rising")
    wrong = ~((lost >= 0) & (left >= 0) & np.isfinite(lost + left) & (lost % 1 == 0) & (left % 1 == 0))
    if wrong.any():
        raise RatedPartsError("lots_count", lot=int(np.flatnonzero(wrong.any(axis=1))[0]))
    size = max(1, MEMORY_OF_A_CHUNK // (4 * at.size))
    y = np.log(at)
    parts = [
        (ReadoutLots(y, lost[first : first + size], left[first : first + size]), 0.0)
        for first in range(0, len(lost), size)
    ]
    return _together(parts)


def _together(parts: Sequence[tuple[CensoredLots | ReadoutLots, Array | float]]) -> WeibullLots:
    """Fit each part; beside it stands the sum of ln t over its exact failures."""
    fitted = []
    shapes, scales, values, spreads = [], [], [], []
    for lots, jacobian in parts:
        maxima = lots.maxima()
        fitted.append((lots, maxima))
        finite = maxima.finite
        with np.errstate(divide="ignore", over="ignore"):
            shapes.append(np.where(finite, 1.0 / maxima.spread, np.nan))
            scales.append(np.where(finite, np.exp(np.where(finite, maxima.location, 0.0)), np.nan))
        values.append(np.where(finite, maxima.value - jacobian, np.nan))
        spreads.append(covariances(lots, maxima))
    return WeibullLots(
        tuple(fitted),
        np.concatenate(shapes),
        np.concatenate(scales),
        np.concatenate(values),
        np.concatenate(spreads),
    )


def _censored_lots(times: Array, failed: npt.NDArray[np.bool_], first: int) -> tuple[CensoredLots, Array]:
    known = ~np.isnan(times)
    wrong = known & ~((times > 0) & np.isfinite(times)) | (failed & ~known)
    if wrong.any():
        lot = int(np.flatnonzero(wrong.any(axis=1))[0])
        raise RatedPartsError("lots_time_not_positive", lot=first + lot)
    suspended = known & ~failed
    latest = np.where(suspended, times, -np.inf).max(axis=1)
    earliest = np.where(suspended, times, np.inf).min(axis=1)
    if (latest > earliest).any():
        y = np.log(np.where(known, times, 1.0))
        d = failed.astype(float)
        return CensoredLots(y, d, known.astype(float)), np.asarray((d * y).sum(axis=1))
    # All suspensions of a lot at one time: a column for them, and one for each failure.
    row, column = np.nonzero(failed)
    failures = np.bincount(row, minlength=len(times))
    place = np.arange(row.size) - np.repeat(np.cumsum(failures) - failures, failures) + 1
    shape = (len(times), int(failures.max()) + 1)
    y, d, w = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    logs = np.log(times[row, column])
    y[row, place], d[row, place], w[row, place] = logs, 1.0, 1.0
    w[:, 0] = suspended.sum(axis=1)
    y[:, 0] = np.log(np.where(w[:, 0] > 0, latest, 1.0))
    return CensoredLots(y, d, w), np.asarray(
        np.bincount(row, weights=logs, minlength=len(times)), dtype=float
    )
