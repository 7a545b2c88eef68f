"""Constants of control charts, computed: how ranges and standard deviations of normal samples behave."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaln, ndtr

from ..arguments import require_finite, require_sample


def c4(n: float) -> float:
    """Mean of the standard deviation (divisor ``n - 1``) of ``n`` standard normal values.

    ``sqrt(2 / (n - 1)) Γ(n / 2) / Γ((n - 1) / 2)``; ``n`` may be fractional, as degrees of freedom can be.
    """
    require_finite(n)
    if n <= 1:
        require_sample(int(n), 2)
    freedom = n - 1.0
    return float(np.sqrt(2.0 / freedom) * np.exp(gammaln(n / 2.0) - gammaln(freedom / 2.0)))


def d2(n: int) -> float:
    """Mean of the range of ``n`` standard normal values (Tippett 1925)."""
    return _range_moments(n)[0]


def d3(n: int) -> float:
    """Standard deviation of the range of ``n`` standard normal values."""
    return _range_moments(n)[1]


@lru_cache(maxsize=256)
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range, from its distribution function.

    ``P[range <= w] = n ∫ φ(x) (Φ(x + w) - Φ(x)) ** (n - 1) dx`` (x: the smallest value), by the trapezoidal
    rule, whose error is below rounding for such integrands; over ``w`` by Gauss-Legendre on [0, 20], beyond
    which ranges have a probability below 1e-40.
    """
    require_sample(n, 2)
    nodes, weights = np.polynomial.legendre.leggauss(160)
    widths, weights = 10.0 * (nodes + 1.0), 10.0 * weights
    step = 1.0 / 32.0
    smallest = np.arange(-12.0, 8.0 + step, step)
    density = np.exp(-0.5 * smallest**2) * (step / np.sqrt(2.0 * np.pi))
    inside = ndtr(smallest + widths[:, None]) - ndtr(smallest)
    beyond = 1.0 - n * (inside ** (n - 1)) @ density
    mean = float(weights @ beyond)
    square = float(2.0 * (weights * widths) @ beyond)
    return mean, float(np.sqrt(square - mean**2))
