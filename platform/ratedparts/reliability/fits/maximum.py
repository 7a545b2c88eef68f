"""The maximum of a log-likelihood surface over some of its parameters, the others held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arguments import Array
from ..estimation_errors import FitDidNotConverge
from .curvature import solve_positive
from .surface import S, Surface

MAXIMUM_STEPS = 200
RISE_LEFT = 1e-9  # of the value: with more to gain, a point that no step improves is no maximum
STEP_TOLERANCE = 1e-11  # in units of the spread, so the answer does not depend on the unit of time


def climb(surface: Surface, start: Array, free: Sequence[int]) -> tuple[Array, float, Array]:
    """Newton's method from ``start`` over the ``free`` parameters: the point, its value and Hessian there.

    Each step is made uphill where the surface is not concave and halved until the value does not fall.

    Raises
    ------
    FitDidNotConverge
        With the best point found.
    """
    chosen = np.array(free)
    theta = start.copy()
    value, gradient, hessian = surface.derivatives(theta)
    grid = np.ix_(chosen, chosen)
    for _ in range(MAXIMUM_STEPS):
        units = _units(chosen, surface.size, float(np.exp(theta[S])))
        if not np.isfinite(hessian[grid]).all():
            break
        step = _uphill(gradient[chosen], hessian[grid], units)
        trial = theta.copy()
        trial[chosen] += step
        there = surface.derivatives(trial)
        if not there[0] >= _floor(value):
            gain = float(gradient[chosen] @ step)
            step = _halve_until_no_fall(surface, theta, chosen, step / 2.0, value)
            if not step.any() and gain > RISE_LEFT * (abs(value) + 1.0):
                break
            trial[chosen] = theta[chosen] + step
            there = surface.derivatives(trial)
        theta, (value, gradient, hessian) = trial, there
        if np.max(np.abs(step) / units, initial=0.0) < STEP_TOLERANCE:
            return theta, value, hessian
    raise FitDidNotConverge(tuple(float(part) for part in theta))


def _floor(value: float) -> float:
    """What a value may fall to by rounding alone."""
    return value - 1e-13 * (abs(value) + 1.0)


def _units(chosen: Array, size: int, spread: float) -> Array:
    """A natural length of each parameter: the spread for q and slopes, one for k and ln spread."""
    units = np.full(size, spread)
    units[1] = units[-1] = 1.0
    return np.asarray(units[chosen])


def _uphill(gradient: Array, hessian: Array, units: Array) -> Array:
    """Newton's step where the surface is concave, else a step uphill along the axes of its curvature."""
    scaled = hessian * (units[:, None] * units)
    slope = gradient * units
    step = solve_positive(-scaled, slope)
    if step is None:
        step = _along_the_axes(scaled, slope)
    longest = float(np.abs(step).max(initial=0.0))
    return np.asarray(units * step * min(1.0, 2.0 / max(longest, 1e-300)))


def _along_the_axes(scaled: Array, slope: Array) -> Array:
    curvature, axes = np.linalg.eigh(scaled)
    steepest = max(float(np.abs(curvature).max()), 1e-300)
    return np.asarray(axes @ ((axes.T @ slope) / np.maximum(np.abs(curvature), 1e-12 * steepest)))


def _halve_until_no_fall(surface: Surface, theta: Array, chosen: Array, step: Array, value: float) -> Array:
    trial = theta.copy()
    for _ in range(60):
        trial[chosen] = theta[chosen] + step
        if surface.value(trial) >= _floor(value):
            return step
        step = step / 2.0
    return np.zeros_like(step)
