"""The two uses of the noncentral t: a bound of a quantile, and a bound of a standardised distance."""

from __future__ import annotations

import numpy as np
from scipy.special import nctdtr, nctdtrit, ndtri

from .arguments import require_confidence, require_finite, require_fraction, require_positive, require_sample


def tolerance_factor(n: int, fraction: float, confidence: float) -> float:
    """The ``k`` with which ``mean - k s`` of a normal sample is a lower bound of its ``fraction`` quantile.

    Exact: ``k = t(confidence; n - 1, -z sqrt(n)) / sqrt(n)`` with ``z`` the normal quantile of ``fraction``.
    ``s`` has the divisor ``n - 1``.

    References
    ----------
    ISO 16269-6:2014 (one-sided statistical tolerance intervals); Meeker, Hahn & Escobar, *Statistical
    Intervals* (2017) 4.4.
    """
    require_sample(n, 2)
    require_fraction(fraction)
    require_confidence(confidence)
    root = np.sqrt(n)
    return float(nctdtrit(n - 1.0, -ndtri(fraction) * root, confidence) / root)


def noncentrality_lower_bound(statistic: float, degrees_of_freedom: float, confidence: float) -> float:
    """Lower bound of the noncentrality of a t statistic: where it is exceeded with ``1 - confidence``."""
    require_finite(statistic)
    require_positive(degrees_of_freedom)
    require_confidence(confidence)

    def too_low(noncentrality: float) -> bool:
        return bool(nctdtr(degrees_of_freedom, noncentrality, statistic) > confidence)

    # The probability of staying below the statistic falls as the noncentrality rises.
    width = 1.0 + abs(statistic)
    low, high = statistic - width, statistic + width
    while not too_low(low):
        low -= width
        width *= 2.0
    while too_low(high):
        high += width
        width *= 2.0
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high) or high - low <= 1e-15 * max(abs(low), abs(high)):
            return middle
        if too_low(middle):
            low = middle
        else:
            high = middle
