"""Likelihood-ratio bounds: where the signed root of the likelihood ratio reaches a normal quantile.

One parameter is of interest, the others ("nuisance") are maximised out.  In ``(a, b)`` with ``z = b y + a``
the likelihood of every family here is concave and each quantity asked for is a ratio of linear functions of
``(a, b)``, so the profile has one peak and falls on both sides of it.

The bound is followed from the estimate along the ridge of the likelihood: every step improves the nuisance
and moves the parameter of interest by Newton's method on the signed root, which is nearly straight.  Where
that does not settle (flat or infinite bounds) a bracket and a safeguarded secant on the profile do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arguments import Array
from ..estimation_errors import FitDidNotConverge
from .curvature import solve_positive
from .maximum import climb
from .surface import Surface

LARGEST_LOG = 800.0  # beyond it exp() is 0 or inf, and so is the bound
RIDGE_STEPS = 40
TOLERANCE = 1e-11


def profile_bound(
    surface: Surface,
    estimate: Array,
    interest: int,
    nuisance: Sequence[int],
    target: float,
) -> float:
    """The value of parameter ``interest`` at which the signed root equals ``target``.

    ``target`` is a signed normal quantile: negative for the bound below the estimate.  Infinite, with its
    sign, where the data exclude nothing on that side.
    """
    if target == 0.0:
        return float(estimate[interest])
    peak, _, hessian = surface.derivatives(estimate)
    others = np.array(nuisance, dtype=int)
    along = _ridge(hessian, interest, others)
    curvature = -float(hessian[interest, interest] + hessian[interest, others] @ along)
    reach = 1.0 / float(np.sqrt(max(curvature, 1e-300)))
    followed = _follow(surface, estimate, interest, others, peak, target, reach, along)
    if followed is not None:
        return followed
    return _bracket(surface, estimate, interest, others, peak, target, reach)


def _ridge(hessian: Array, interest: int, others: Array) -> Array:
    """How the nuisance moves along the ridge when the parameter of interest moves by one."""
    if others.size == 0:
        return np.empty(0)
    return np.asarray(-np.linalg.solve(hessian[np.ix_(others, others)], hessian[others, interest]))


def _follow(
    surface: Surface,
    estimate: Array,
    interest: int,
    others: Array,
    peak: float,
    target: float,
    reach: float,
    along: Array,
) -> float | None:
    theta = estimate.copy()
    theta[interest] += target * reach
    theta[others] += target * reach * along
    side, grid = float(np.sign(target)), np.ix_(others, others)
    for _ in range(RIDGE_STEPS):
        value, gradient, hessian = surface.derivatives(theta)
        if not (np.isfinite(value) and np.isfinite(hessian).all()):
            return None
        right = np.stack((gradient[others], hessian[others, interest]))
        solved = solve_positive(-hessian[grid], right.T) if others.size else right.T
        if solved is None:
            return None
        correction, along = solved[:, 0], solved[:, 1]
        # To second order: the profile's value and slope at this value of the parameter of interest.
        profile = value + 0.5 * float(gradient[others] @ correction)
        slope = float(gradient[interest] + gradient[others] @ along)
        if profile >= peak or slope * side >= 0.0:
            return None
        root = side * float(np.sqrt(2.0 * (peak - profile)))
        step = (target - root) * root / -slope
        if not abs(step) < 10.0 * abs(target) * reach:
            return None
        theta[interest] += step
        theta[others] += correction + along * step
        if abs(step) < TOLERANCE * reach and np.max(np.abs(correction), initial=0.0) < 1e-7:
            return float(theta[interest])
    return None


def _bracket(
    surface: Surface,
    estimate: Array,
    interest: int,
    others: Array,
    peak: float,
    target: float,
    reach: float,
) -> float:
    direction = float(np.sign(target))
    theta = estimate.copy()

    def shortfall(at: float) -> float:
        """Signed root at the value, in units of the target's sign, less the target."""
        theta[interest] = at
        theta[:], value, _ = climb(surface, theta, others.tolist())
        return float(np.sqrt(max(2.0 * (peak - value), 0.0))) - abs(target)

    near = float(estimate[interest])
    near_gap = -abs(target)
    far = near + direction * reach * abs(target)
    while True:
        try:
            far_gap = shortfall(far)
        except FitDidNotConverge:
            far_gap = -1.0  # a plateau without end: nothing is excluded there
        if far_gap >= 0.0:
            break
        if abs(far) > LARGEST_LOG + abs(float(estimate[interest])):
            return direction * float(np.inf)
        near, near_gap, reach = far, far_gap, 2.0 * reach
        far = far + direction * reach * abs(target)
    return _bracketed_root(shortfall, near, near_gap, far, far_gap)


def _bracketed_root(
    gap: Callable[[float], float], near: float, near_gap: float, far: float, far_gap: float
) -> float:
    from scipy.optimize import brentq

    if far_gap == 0.0:
        return far
    if near_gap == 0.0:
        return near
    return float(brentq(gap, near, far, xtol=1e-13, rtol=4.0 * np.finfo(float).eps, maxiter=200))
