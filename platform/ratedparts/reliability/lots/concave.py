"""The maxima of many concave functions of one variable at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..arguments import Array

STEPS = 100
LONGEST = 1.5

Indices = npt.NDArray[np.intp]


def maximise(
    derivatives: Callable[[Indices, Array], tuple[Array, Array]],
    start: Array,
    low: Array,
    high: Array,
    tolerance: float,
) -> Array:
    """Where each slope vanishes, or the limit towards which its function rises.

    ``derivatives(which, at)`` gives slope and curvature of some of the functions; arrays are (functions,).
    Newton's method, kept inside what is known to hold the maximum; a step that would leave it, or that is not
    half the last one, halves that instead (an exponential far above its maximum lets Newton creep).
    """
    at, low, high = start.copy(), low.copy(), high.copy()
    last = np.full_like(at, np.inf)
    which = np.arange(at.size)
    for _ in range(STEPS):
        here = at[which]
        slope, curve = derivatives(which, here)
        rising = slope > 0
        low[which] = np.where(rising, here, low[which])
        high[which] = np.where(rising, high[which], here)
        step = np.where(curve < 0, -slope / np.where(curve < 0, curve, -1.0), np.sign(slope))
        trial = here + np.clip(step, -LONGEST, LONGEST)
        straight = (trial > low[which]) & (trial < high[which]) & (np.abs(step) < 0.5 * last[which])
        moved = np.where(straight, trial, 0.5 * (low[which] + high[which])) - here
        at[which] = here + moved
        last[which] = np.where(straight, np.abs(step), np.inf)
        which = which[np.abs(moved) >= tolerance]
        if which.size == 0:
            break
    return at
