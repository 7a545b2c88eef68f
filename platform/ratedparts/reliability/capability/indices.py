"""Process capability of a measured parameter against its limits."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, require_confidence


def cpk(
    mean: float, standard_deviation: float, lower_limit: float | None = None, upper_limit: float | None = None
) -> float:
    """``min(upper - mean, mean - lower) / (3 s)``; one limit may be absent; ``s`` has divisor n - 1."""
    if not (np.isfinite(standard_deviation) and standard_deviation > 0):
        raise RatedPartsError("standard_deviation_not_positive", given=standard_deviation)
    distances = []
    if lower_limit is not None:
        distances.append(mean - lower_limit)
    if upper_limit is not None:
        distances.append(upper_limit - mean)
    if not distances:
        raise RatedPartsError("limits_missing")
    return float(min(distances) / (3.0 * standard_deviation))


def cp(standard_deviation: float, lower_limit: float, upper_limit: float) -> float:
    """``(upper - lower) / (6 s)``: the capability of the process if it were centred."""
    if not (np.isfinite(standard_deviation) and standard_deviation > 0):
        raise RatedPartsError("standard_deviation_not_positive", given=standard_deviation)
    if not upper_limit > lower_limit:
        raise RatedPartsError("limits_reversed", given=upper_limit)
    return float((upper_limit - lower_limit) / (6.0 * standard_deviation))


def cpk_lower_bound(estimate: float, n: int, confidence: float) -> float:
    """One-sided lower bound of Cpk by the normal approximation (Bissell 1990)."""
    if n < 2:
        raise RatedPartsError("sample_too_small", given=n, needed=2)
    require_confidence(confidence)
    error = np.sqrt(1.0 / (9.0 * n) + estimate**2 / (2.0 * (n - 1)))
    return float(estimate - ndtri(confidence) * error)


def cpk_from_percentiles(
    low: float, middle: float, high: float, lower_limit: float | None = None, upper_limit: float | None = None
) -> float:
    """Capability of a parameter that is not normal: 0.135, 50 and 99.865 percentiles (ISO 22514-2).

    No confidence bound belongs to it.
    """
    if not low < middle < high:
        raise RatedPartsError("percentiles_not_rising", given=(low, middle, high))
    ratios = []
    if lower_limit is not None:
        ratios.append((middle - lower_limit) / (middle - low))
    if upper_limit is not None:
        ratios.append((upper_limit - middle) / (high - middle))
    if not ratios:
        raise RatedPartsError("limits_missing")
    return float(min(ratios))


def anderson_darling_normal(values: ArrayLike) -> tuple[float, float]:
    """Anderson-Darling statistic A² against the normal with estimated parameters, and its p-value.

    The p-value uses D'Agostino and Stephens' fit to the small-sample statistic ``A² (1 + 0.75/n + 2.25/n²)``
    (*Goodness-of-Fit Techniques*, 1986, table 4.9).
    """
    x = np.sort(np.asarray(values, dtype=float))
    n = x.size
    if n < 8:
        raise RatedPartsError("sample_too_small", given=n, needed=8)
    deviation = x.std(ddof=1)
    if deviation == 0:
        raise RatedPartsError("standard_deviation_not_positive", given=0.0)
    z = (x - x.mean()) / deviation
    i = np.arange(1, n + 1)
    statistic = float(-n - np.mean((2 * i - 1) * (np.log(ndtr(z)) + np.log(ndtr(-z[::-1])))))
    a = statistic * (1.0 + 0.75 / n + 2.25 / n**2)
    if a >= 0.6:
        p = np.exp(1.2937 - 5.709 * a + 0.0186 * a**2)
    elif a >= 0.34:
        p = np.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    elif a >= 0.2:
        p = 1.0 - np.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    else:
        p = 1.0 - np.exp(-13.436 + 101.14 * a - 223.73 * a**2)
    return statistic, float(np.clip(p, 0.0, 1.0))


def part_average_limits(values: ArrayLike) -> tuple[float, float]:
    """Limits outside which a unit is unlike its lot: median ± 6 (Q3 - Q1) / 1.35 (AEC-Q001).

    Quartiles by linear interpolation (type 7).
    """
    q1, median, q3 = (float(q) for q in np.quantile(np.asarray(values, dtype=float), [0.25, 0.5, 0.75]))
    sigma: Array | float = (q3 - q1) / 1.35
    return median - 6.0 * float(sigma), median + 6.0 * float(sigma)
