"""Likelihood-ratio bounds: where the signed root of the likelihood ratio reaches a normal quantile.

For one quantity of interest (a quantile of life, the cumulative hazard at an age, the spread) the other
parameter is maximised out.  In ``(a, b)`` with ``z = b y + a`` the likelihood is concave and each quantity is
a ratio of linear functions of ``(a, b)``, so the profile has one peak and falls on both sides of it: a
bracket and a safeguarded secant on the signed root are enough.

With ``z = (y - q) / spread + k`` both the quantile ``q`` (k fixed) and ``k``, the log cumulative hazard at
``q`` (q fixed), have the spread as their nuisance.

All functions speak the centred log time of `LogLives`; ``target`` is the signed normal quantile: negative
for the bound below the estimate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .weibull_likelihood import LogLives, contributions

LARGEST_LOG = 800.0  # beyond it exp() is 0 or inf, and so is the bound


def life_quantile_at(lives: LogLives, location: float, log_spread: float, k: float, target: float) -> float:
    """Log life ``q`` whose cumulative hazard ``exp(k)`` is just compatible with the data."""
    spread = float(np.exp(log_spread))
    profile = _ProfileOverSpread(lives, log_spread)
    peak = profile(location + spread * k, k)
    return _solve(lambda q: profile(q, k), peak, location + spread * k, 2.0 * spread, target)


def cumulative_hazard_at(
    lives: LogLives, location: float, log_spread: float, q: float, target: float
) -> float:
    """Log cumulative hazard ``k`` at log age ``q`` that is just compatible with the data."""
    k = (q - location) / float(np.exp(log_spread))
    profile = _ProfileOverSpread(lives, log_spread)
    return _solve(lambda trial: profile(q, trial), profile(q, k), k, 1.0, target)


def spread_at(lives: LogLives, location: float, log_spread: float, target: float) -> float:
    """Log spread that is just compatible with the data."""
    profile = _ProfileOverLocation(lives, location)
    return _solve(profile, profile(log_spread), log_spread, 0.5, target)


class _ProfileOverSpread:
    """The likelihood maximised over the spread; each call starts where the last one ended."""

    def __init__(self, lives: LogLives, log_spread: float) -> None:
        self.lives = lives
        self.log_spread = log_spread

    def __call__(self, q: float, k: float) -> float:
        lives = self.lives

        def at(s: float) -> tuple[float, float, float]:
            spread = np.exp(s)
            x, h = (lives.y - q) / spread, lives.width / spread
            c = contributions(lives, x + k, h)
            slope = -(c.z @ x) - (c.h @ h) - lives.exact_failures
            curve = c.zz @ (x * x) + 2.0 * (c.zh @ (x * h)) + c.hh @ (h * h) + c.z @ x + c.h @ h
            return c.total - lives.exact_failures * s, float(slope), float(curve)

        self.log_spread, value = _climb(at, self.log_spread)
        return value


class _ProfileOverLocation:
    def __init__(self, lives: LogLives, location: float) -> None:
        self.lives = lives
        self.location = location

    def __call__(self, log_spread: float) -> float:
        lives, spread = self.lives, np.exp(log_spread)
        scaled, h = lives.y / spread, lives.width / spread

        def at(a: float) -> tuple[float, float, float]:
            c = contributions(lives, scaled - a, h)
            return c.total - lives.exact_failures * log_spread, -float(c.z.sum()), float(c.zz.sum())

        a, value = _climb(at, self.location / spread)
        self.location = a * spread
        return value


def _climb(at: Callable[[float], tuple[float, float, float]], start: float) -> tuple[float, float]:
    """Maximise a function of one variable with one peak by safeguarded Newton steps of at most one."""
    here = start
    value, slope, curve = at(here)
    for _ in range(200):
        if not np.isfinite(value):  # far outside: fall back towards a spread at which all is finite
            here += 1.0
            value, slope, curve = at(here)
            continue
        step = slope / max(-curve, abs(slope), 1e-300) if curve >= 0 else -slope / curve
        step = float(np.clip(step, -1.0, 1.0))
        for _ in range(60):
            trial = at(here + step)
            if trial[0] >= value - 1e-14 * (abs(value) + 1.0):
                break
            step /= 2.0
        else:
            return here, value
        here += step
        value, slope, curve = trial
        if abs(step) < 1e-12:
            break
    return here, value


def _solve(
    profile: Callable[[float], float], peak: float, estimate: float, reach: float, target: float
) -> float:
    """The point at which the signed root equals ``target``; infinite where it never does."""
    if target == 0.0:
        return estimate
    direction = float(np.sign(target))

    def shortfall(x: float) -> float:
        """Signed root at x, in units of the target's sign, less the target: negative near the estimate."""
        return float(np.sqrt(max(2.0 * (peak - profile(x)), 0.0))) - abs(target)

    near, near_gap = estimate, -abs(target)
    far = estimate + direction * reach * abs(target)
    far_gap = shortfall(far)
    while far_gap < 0.0:
        if abs(far) > LARGEST_LOG + abs(estimate):
            return direction * np.inf
        reach *= 2.0
        near, near_gap = far, far_gap
        far = far + direction * reach * abs(target)
        far_gap = shortfall(far)
    return _bracketed_root(shortfall, near, near_gap, far, far_gap)


def _bracketed_root(
    gap: Callable[[float], float], near: float, near_gap: float, far: float, far_gap: float
) -> float:
    """Brent's method between two points of opposite sign."""
    from scipy.optimize import brentq

    if far_gap == 0.0:
        return far
    if near_gap == 0.0:
        return near
    return float(brentq(gap, near, far, xtol=1e-13, rtol=4.0 * np.finfo(float).eps, maxiter=200))
