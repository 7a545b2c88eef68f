"""The failure rate of a whole that fails with any of its parts, when each part's rate is known by a bound.

The sum of upper bounds is a bound of the sum only if all of them are wrong in the same direction at once; of
parts that were tested apart it is far too high.  Fay and Feuer's interval for a weighted sum of Poisson means
combines what was counted instead.  Without any failure it is the largest weight times
``-ln(1 - confidence)``, which is then the exact bound; for one part alone it is that part's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import elementwise
from scipy.special import gammaincinv

from ratedparts.errors import RatedPartsError

from .arguments import (
    Array,
    ArrayLike,
    require_confidence,
    require_not_negative,
    require_positive,
    require_sample,
    vector,
)

CONFIDENCES: Final = (0.60, 0.90)
# Beyond as many failures the two bounds are the same to three digits, and the rate is all but known.
MOST_FAILURES: Final = 1e7
WHOLE: Final = 1e-6  # so near a whole number of failures, the number itself was counted


def sum_of_rates_bound(failures: ArrayLike, weights: ArrayLike, confidence: float) -> float:
    """Upper bound of ``sum(weights * means)``, where ``failures`` are Poisson counts of these means.

    Parameters
    ----------
    failures, weights : array_like, shape (parts,)
        Counted failures, and what one of them adds to the rate of the whole: pieces over unit-hours, per
        hour.  Counts of different parts are independent; they need not be whole numbers.
    confidence : float
        One-sided, in (0, 1).

    Raises
    ------
    RatedPartsError
        ``not_finite``, ``life_sample_shape``, ``sample_too_small``, ``number_negative`` of failures,
        ``number_not_positive`` of a weight, ``confidence_outside_unit_interval``.

    References
    ----------
    M. P. Fay and E. J. Feuer, Statistics in Medicine 16 (1997) 791-801: upper limit of their gamma interval.
    """
    require_confidence(confidence)
    counted, weight = _two_vectors("weights", failures, weights)
    require_sample(counted.size, 1)
    require_not_negative(float(counted.min()))
    require_positive(float(weight.min()))
    largest = float(weight.max())
    rate = float(counted @ weight) + largest
    variance = float(counted @ weight**2) + largest**2
    return variance / rate * float(gammaincinv(rate**2 / variance, confidence))


def counts_behind(rate_60: ArrayLike, rate_90: ArrayLike) -> tuple[Array, Array]:
    """``(failures, weights)`` of which these are the upper bounds at 60 % and at 90 % confidence.

    Bounds of counted failures give back their number.  Others, of wear-out or of the first year, give the
    number that is worth as much.  Bounds further apart than those of no failure count as no failure with the
    same bound at 90 %; bounds that are the same, as `MOST_FAILURES`.

    Raises
    ------
    RatedPartsError
        ``not_finite``, ``life_sample_shape``, ``number_not_positive``.
    """
    low, high = _two_vectors("rate_90", rate_60, rate_90)
    if low.size:
        require_positive(float(np.min([low, high])))
    apart = np.clip(high / low, _apart(np.log1p(MOST_FAILURES)), _apart(0.0))
    bracket = (np.zeros_like(apart), np.full_like(apart, np.log1p(MOST_FAILURES)))
    found = elementwise.find_root(lambda log, wanted: _apart(log) - wanted, bracket, args=(apart,))
    failures = np.expm1(found.x)
    nearest = np.round(failures)
    failures = np.where(np.abs(failures - nearest) <= WHOLE * (1.0 + nearest), nearest, failures)
    return failures, high / gammaincinv(failures + 1.0, CONFIDENCES[1])


def _apart(log_failures: ArrayLike) -> Array:
    """How many times the bound at 90 % is that at 60 %, of ``exp(log_failures) - 1`` failures."""
    events = np.exp(log_failures)
    return np.asarray(gammaincinv(events, CONFIDENCES[1]) / gammaincinv(events, CONFIDENCES[0]))


def _two_vectors(argument: str, first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    one, other = vector(argument, first), vector(argument, second)
    if one.shape != other.shape:
        raise RatedPartsError("life_sample_shape", argument=argument, shape=other.shape, expected=one.shape)
    return one, other
