"""Maximum likelihood for the two-parameter Weibull distribution."""

from __future__ import annotations

import numpy as np

from .estimation_errors import FitDidNotConverge
from .existence import require_finite_maximum
from .life_sample import Array, LifeSample
from .weibull import WeibullFit
from .weibull_likelihood import LogLives, contributions

MAXIMUM_STEPS = 200
STEP_TOLERANCE = 1e-11  # in units of the spread, so the answer does not depend on the unit of time


def fit_weibull(sample: LifeSample) -> WeibullFit:
    """Fit a two-parameter Weibull life distribution by maximum likelihood.

    The reliability model is ``R(t) = exp(-(t / scale) ** shape)``.

    Parameters
    ----------
    sample : LifeSample
        Any mixture of exact, right-, left- and interval-censored units, in one unit of time.

    Returns
    -------
    WeibullFit
        ``shape`` (dimensionless), ``scale`` (the sample's unit), the covariance of ``(ln scale, ln shape)``
        from the observed information, and the log-likelihood.

    Raises
    ------
    NoFiniteEstimate
        The likelihood has no finite maximum; the code says why (see `ratedparts.reliability.existence`).
    FitDidNotConverge
        The iteration stopped early; the best point found is attached.

    Notes
    -----
    Newton's method in (location, ln spread) = (ln scale, -ln shape) with the analytic Hessian, made downhill
    where the Hessian is not negative definite, and halved until the likelihood does not fall.

    References
    ----------
    Meeker & Escobar, *Statistical Methods for Reliability Data*; IEC 61649.
    Checked against: the cases of ``tests/reference`` (published data, a 40-digit engine, R's survreg).
    """
    require_finite_maximum(sample)
    lives = LogLives.of(sample)
    location, log_spread = _starting_point(sample, lives)
    value, gradient, hessian = _derivatives(lives, location, log_spread)
    for _ in range(MAXIMUM_STEPS):
        step = _ascent_step(gradient, hessian, np.exp(log_spread))
        moved = _halve_until_no_fall(lives, location, log_spread, value, step)
        size = max(abs(moved[0]) / np.exp(log_spread), abs(moved[1]))
        location, log_spread = location + moved[0], log_spread + moved[1]
        value, gradient, hessian = _derivatives(lives, location, log_spread)
        if size < STEP_TOLERANCE:
            break
    else:
        raise FitDidNotConverge((float(np.exp(location + lives.centre)), float(np.exp(-log_spread))))
    # Of (ln scale, ln shape): ln shape is minus ln spread.
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
    covariance = np.linalg.inv(-hessian) * signs
    return WeibullFit(
        sample, lives, float(location), float(log_spread), covariance, value - lives.log_jacobian
    )


def _derivatives(lives: LogLives, location: float, log_spread: float) -> tuple[float, Array, Array]:
    spread = float(np.exp(log_spread))
    z, h = (lives.y - location) / spread, lives.width / spread
    c = contributions(lives, z, h)
    value = c.total - lives.exact_failures * log_spread
    gradient = np.array([-c.z.sum() / spread, -(c.z @ z) - (c.h @ h) - lives.exact_failures])
    mixed = (c.zz @ z + c.z.sum() + c.zh @ h) / spread
    curved = c.zz @ (z * z) + 2.0 * (c.zh @ (z * h)) + c.hh @ (h * h) + c.z @ z + c.h @ h
    return value, gradient, np.array([[c.zz.sum() / spread**2, mixed], [mixed, curved]])


def _ascent_step(gradient: Array, hessian: Array, spread: float) -> Array:
    """Newton's step; along directions in which the surface is not concave, a step uphill of that size."""
    units = np.array([spread, 1.0])
    curvature, axes = np.linalg.eigh(hessian * np.outer(units, units))
    slope = axes.T @ (gradient * units)
    steepest = max(float(np.abs(curvature).max()), 1e-300)
    step: Array = axes @ (slope / np.maximum(np.abs(curvature), 1e-12 * steepest))
    shortening = min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
    return np.asarray(units * step * shortening)


def _halve_until_no_fall(
    lives: LogLives, location: float, log_spread: float, value: float, step: Array
) -> Array:
    tolerance = 1e-13 * (abs(value) + 1.0)
    for _ in range(60):
        spread = np.exp(log_spread + step[1])
        z, h = (lives.y - location - step[0]) / spread, lives.width / spread
        trial = contributions(lives, z, h).total - lives.exact_failures * (log_spread + step[1])
        if trial >= value - tolerance:
            return step
        step = step / 2.0
    return np.zeros(2)


def _starting_point(sample: LifeSample, lives: LogLives) -> tuple[float, float]:
    """Solve the profile equation of right-censored data, each interval taken as a failure at its middle."""
    exact, suspended, left = lives.ends
    y = lives.y + lives.width / 2.0
    y[suspended:left] -= 0.5
    failed = np.ones(len(y), dtype=bool)
    failed[exact:suspended] = False
    failures = lives.count[failed].sum()
    mean_failed = float(lives.count[failed] @ y[failed] / failures)
    top = float(y.max())
    x = y - top
    reach = top - mean_failed
    shape = 1.2 / reach if reach > 1e-9 else 1.0 / max(float(np.ptp(lives.y)), 1e-3)
    if reach > 1e-9:
        for _ in range(50):
            weight = lives.count * np.exp(shape * x)
            total = weight.sum()
            mean = float(weight @ x / total)
            gap = mean - (mean_failed - top) - 1.0 / shape
            slope = float(weight @ (x * x) / total) - mean * mean + 1.0 / shape**2
            move = float(np.clip(-gap / (slope * shape), -1.5, 1.5))
            shape *= float(np.exp(move))
            if abs(move) < 1e-6:
                break
    location = top + float(np.log((lives.count @ np.exp(shape * x)) / failures)) / shape
    return location, -float(np.log(shape))
