"""The standard deviation of a process, from subgroups that were made close together in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, require_positive, require_sample, vector
from .range_constants import c4, d2, d3

SpreadMethod = Literal["pooled", "ranges", "deviations"]
METHODS = ("pooled", "ranges", "deviations")


@dataclass(frozen=True)
class Spread:
    """A standard deviation and how much data stands behind it.

    Attributes
    ----------
    standard_deviation : float
        In the unit of the values.
    degrees_of_freedom : float
        Those of the chi distribution that it follows, exactly (``pooled``, ``overall``) or by the first two
        moments (``ranges``, ``deviations``; then seldom a whole number).
    method : str
        ``pooled``, ``ranges``, ``deviations`` or ``overall``.
    """

    standard_deviation: float
    degrees_of_freedom: float
    method: str


def overall_spread(values: ArrayLike) -> Spread:
    """Standard deviation of all values together, divisor ``n - 1``: it holds drift and steps as well."""
    x = vector("values", values)
    require_sample(x.size, 2)
    return _spread(float(x.std(ddof=1)), x.size - 1.0, "overall")


def within_subgroup_spread(subgroups: Sequence[ArrayLike], method: SpreadMethod = "pooled") -> Spread:
    """Standard deviation within subgroups; what moves between them does not count.

    ==============  ==================================================================================
    ``pooled``      root of the squares within subgroups over ``Σ (n_i - 1)``; not corrected for bias
    ``ranges``      mean of ``R / d2``: the unbiased estimate of a range chart
    ``deviations``  mean of ``s / c4``: the unbiased estimate of an s chart
    ==============  ==================================================================================

    Subgroups of unequal size are weighted by the inverse variance of their estimates, which with equal sizes
    gives ``R̄ / d2`` and ``s̄ / c4``.

    Parameters
    ----------
    subgroups : sequence of array_like
        Values of each subgroup.  One with a single value says nothing of the spread and is passed over.
    method : {"pooled", "ranges", "deviations"}
        Which estimate.

    Raises
    ------
    RatedPartsError
        ``unknown_method``, ``not_finite``, ``life_sample_shape``, ``sample_too_small`` where no subgroup has
        two values, or ``standard_deviation_not_positive``.

    Notes
    -----
    The degrees of freedom of ``ranges`` and ``deviations`` are those of a chi distribution with the same
    coefficient of variation (Patnaik 1950), which is how the tables of d2* came about.

    References
    ----------
    ISO 7870-2:2013; ISO 22514-2:2017; Burr, *J. Quality Technology* 1 (1969) 163; Patnaik, *Biometrika* 37
    (1950) 78.
    """
    if method not in METHODS:
        raise RatedPartsError("unknown_method", given=method, known=METHODS)
    groups = [group for group in (vector("subgroups", one) for one in subgroups) if group.size > 1]
    require_sample(max((group.size for group in groups), default=0), 2)
    if method == "pooled":
        freedom = sum(group.size - 1 for group in groups)
        squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
        return _spread(float(np.sqrt(squares / freedom)), float(freedom), method)
    estimates: Array
    variances: Array  # relative to the squared standard deviation of the process
    if method == "ranges":
        estimates = np.array([np.ptp(group) / d2(group.size) for group in groups])
        variances = np.array([(d3(group.size) / d2(group.size)) ** 2 for group in groups])
    else:
        estimates = np.array([group.std(ddof=1) / c4(group.size) for group in groups])
        variances = np.array([c4(group.size) ** -2 - 1.0 for group in groups])
    information = float((1.0 / variances).sum())
    weighted = float((estimates / variances).sum() / information)
    return _spread(weighted, chi_degrees_of_freedom(1.0 / information), method)


def chi_degrees_of_freedom(relative_variance: float) -> float:
    """Degrees of freedom of the chi distribution with that squared coefficient of variation.

    Solves ``1 / c4(df + 1)² - 1 = relative_variance``, roughly ``1 / (2 df)``, by bisection.
    """
    require_positive(relative_variance)
    low, high = 1e-6, 1.0 + 1.0 / relative_variance
    for _ in range(200):
        middle = 0.5 * (low + high)
        if c4(middle + 1.0) ** -2 - 1.0 > relative_variance:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return 0.5 * (low + high)


def _spread(standard_deviation: float, degrees_of_freedom: float, method: str) -> Spread:
    if not standard_deviation > 0:
        raise RatedPartsError("standard_deviation_not_positive", given=standard_deviation)
    return Spread(standard_deviation, degrees_of_freedom, method)
