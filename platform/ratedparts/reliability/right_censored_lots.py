"""Weibull likelihoods of many right-censored lots at once.

Lots are rows.  ``y`` is the log time, ``d`` how many units failed there and ``w`` how many were on test up to
there, failed or not; all of shape (lots, columns), zero weights padding short lots.  Log-likelihoods leave
out ``-sum ln t``, which no ratio needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .life_sample import Array

STEPS = 60


@dataclass(frozen=True)
class CensoredLots:
    y: Array
    d: Array
    w: Array

    @property
    def failures(self) -> Array:
        return np.asarray(self.d.sum(axis=1))


def largest_log_likelihood(lots: CensoredLots) -> tuple[Array, Array, Array]:
    """Location, spread and log-likelihood at each lot's maximum; of a lot without failures nan, nan and 0.

    Solves the profile equation, whose root is unique, by Newton's method in ln shape.
    """
    r = lots.failures
    failed = r > 0
    safe_r = np.where(failed, r, 1.0)
    top = np.where(lots.w > 0, lots.y, -np.inf).max(axis=1)
    x = np.where(lots.w > 0, lots.y - top[:, None], 0.0)
    mean_failed = (lots.d * x).sum(axis=1) / safe_r
    active = failed & (mean_failed < -1e-12)
    shape = np.where(active, 1.2 / np.where(active, -mean_failed, 1.0), np.nan)
    for _ in range(STEPS):
        weight = lots.w * np.exp(shape[:, None] * x)
        total = weight.sum(axis=1)
        mean = (weight * x).sum(axis=1) / total
        spread2 = (weight * x * x).sum(axis=1) / total - mean * mean
        gap = mean - mean_failed - 1.0 / shape
        step = np.clip(-gap / ((spread2 + 1.0 / shape**2) * shape), -1.5, 1.5)
        shape = shape * np.exp(step)
        if not np.any(np.abs(step) > 1e-12):
            break
    location = np.log((lots.w * np.exp(shape[:, None] * x)).sum(axis=1) / safe_r) / shape
    value = r * np.log(shape) + shape * (lots.d * x).sum(axis=1) - r * shape * location - r
    return location + top, 1.0 / shape, np.where(failed, value, 0.0)


def constrained_spread(lots: CensoredLots, q: float, k: float) -> Array:
    """Most likely spread of each lot among distributions with cumulative hazard ``exp(k)`` at ``q``.

    ``r ln b + b sum(d x) - exp(k) sum(w exp(b x))``, with ``x = y - q`` and ``b`` the shape, is concave in b:
    Newton's method in ln b.  Of a lot without failures the answer means nothing and is one.
    """
    r = lots.failures
    failed = r > 0
    x = lots.y - q
    sum_failed = (lots.d * x).sum(axis=1)
    hazard = np.exp(k)
    span = np.maximum(np.abs(np.where(lots.w > 0, x, 0.0)).max(axis=1), 1e-12)
    log_b = np.where(failed, -np.log(span), 0.0)
    for _ in range(STEPS):
        b = np.exp(log_b)
        weight = lots.w * np.exp(np.minimum(b[:, None] * x, 700.0))
        first = (weight * x).sum(axis=1)
        second = (weight * x * x).sum(axis=1)
        slope = r + b * sum_failed - hazard * b * first
        curve = b * sum_failed - hazard * (b * first + b * b * second)
        step = np.where(curve < 0, -slope / np.where(curve < 0, curve, -1.0), np.sign(slope))
        step = np.where(failed, np.clip(step, -1.0, 1.0), 0.0)
        log_b = log_b + step
        if not np.any(np.abs(step) > 1e-11):
            break
    return np.asarray(np.exp(-log_b))


def constrained_log_likelihood(lots: CensoredLots, q: float, k: float) -> Array:
    """Largest log-likelihood of each lot among distributions with cumulative hazard ``exp(k)`` at ``q``.

    Without failures it is approached, not reached: ``-exp(k)`` times the units that outlived ``q`` as the
    shape goes to zero, or nothing as it grows, where none did.
    """
    r, x, hazard = lots.failures, lots.y - q, np.exp(k)
    b = 1.0 / constrained_spread(lots, q, k)
    total = (lots.w * np.exp(np.minimum(b[:, None] * x, 700.0))).sum(axis=1)
    with_failures = r * np.log(b) + b * (lots.d * x).sum(axis=1) + r * k - hazard * total
    without = -hazard * (lots.w * (x > 0)).sum(axis=1)
    return np.asarray(np.where(r > 0, with_failures, without))


def signed_root(lots: CensoredLots, q: float, k: float) -> Array:
    """Signed likelihood-ratio root of a cumulative hazard ``exp(k)`` at ``q``; positive: life is longer."""
    location, spread, best = largest_log_likelihood(lots)
    gap = np.maximum(best - constrained_log_likelihood(lots, q, k), 0.0)
    with np.errstate(invalid="ignore"):
        longer: npt.NDArray[np.bool_] = np.isnan(location) | (location + spread * k > q)
    return np.where(longer, 1.0, -1.0) * np.sqrt(2.0 * gap)
