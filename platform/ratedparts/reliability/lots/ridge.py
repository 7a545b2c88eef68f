"""Wald and likelihood-ratio bounds of a life, for many lots at once.

With ``z = b (y - q) + k`` a lot's likelihood has two parameters, the log life ``q`` at standardised log life
``k`` and ``s = ln b``.  The bound is followed along the ridge on which s is best, as in
`ratedparts.reliability.fits.profile_bounds`, all lots in step.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from ..arguments import Array
from .maxima import Maxima

STEPS = 30
TOLERANCE = 1e-11


class Ridge(NamedTuple):
    """Of each lot: the log-likelihood and its derivatives in log life ``q`` and ln shape ``s``."""

    value: Array
    q: Array
    s: Array
    qq: Array
    qs: Array
    ss: Array


class RidgeLots(Protocol):
    def ridge(self, q: Array, shape: Array, k: float) -> Ridge: ...


def covariances(lots: RidgeLots, maxima: Maxima) -> Array:
    """Covariance (lots, 2, 2) of ``(location, ln shape)``; nan where there is no finite maximum."""
    with np.errstate(all="ignore"):
        at = lots.ridge(maxima.location, 1.0 / maxima.spread, 0.0)
        determinant = at.qq * at.ss - at.qs * at.qs
        entries = np.stack((-at.ss, at.qs, at.qs, -at.qq), axis=1) / determinant[:, None]
    entries[~maxima.finite] = np.nan
    return entries.reshape(-1, 2, 2)


def likelihood_ratio_bounds(lots: RidgeLots, maxima: Maxima, k: float, target: float) -> Array:
    """Log life at which each lot's signed root equals ``target``.

    nan where there is no finite maximum and where the walk did not settle, for the caller to tell apart.
    """
    side = float(np.sign(target))
    with np.errstate(all="ignore"):
        s = -np.log(maxima.spread)
        q = maxima.location + maxima.spread * k
        at = lots.ridge(q, np.exp(s), k)
        reach = 1.0 / np.sqrt(-(at.qq - at.qs * at.qs / at.ss))
        peak = at.value
        settled = np.zeros(len(q), dtype=bool)
        lost = ~maxima.finite
        move, correction = target * reach, np.zeros_like(q)
        for _ in range(STEPS):
            q = q + move
            s = s + correction - at.qs / at.ss * move
            at = lots.ridge(q, np.exp(s), k)
            correction = -at.s / at.ss
            # To second order: the profile's value and slope at this life.
            profile = at.value + 0.5 * at.s * correction
            slope = at.q - at.s * at.qs / at.ss
            root = side * np.sqrt(2.0 * (peak - profile))
            move = (target - root) * root / -slope
            lost |= ~(np.abs(move) < 10.0 * abs(target) * reach) | (slope * side >= 0) | (at.ss >= 0)
            settled = (np.abs(move) < TOLERANCE * reach) & (np.abs(correction) < 1e-7)
            move, correction = np.where(lost, 0.0, move), np.where(lost, 0.0, correction)
            if (settled | lost).all():
                break
    return np.where(settled & ~lost, q, np.nan)
