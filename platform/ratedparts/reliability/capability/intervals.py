"""How far the capability of a normal process may lie from its estimate."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, ndtri

from ..arguments import require_confidence, require_finite, require_positive, require_sample
from ..noncentral_t import noncentrality_lower_bound


def cp_interval(estimate: float, confidence: float, *, degrees_of_freedom: float) -> tuple[float, float]:
    """Two-sided interval of Cp (or Pp): ``Cp sqrt(chi2(tail; df) / df)`` at both tails.

    Parameters
    ----------
    estimate : float
        Cp, greater than zero.
    confidence : float
        Two-sided, in (0, 1).
    degrees_of_freedom : float
        Of the standard deviation in ``estimate``: ``n - 1`` for that of the whole sample.

    Raises
    ------
    RatedPartsError
        ``number_not_positive``, ``not_finite`` or ``confidence_outside_unit_interval``.

    References
    ----------
    ISO 22514-4:2016; Kotz & Johnson, *Process Capability Indices* (1993) 2.2.  Exact for normal values.
    """
    require_positive(estimate)
    require_positive(degrees_of_freedom)
    require_confidence(confidence)
    half = degrees_of_freedom / 2.0
    tail = (1.0 - confidence) / 2.0
    low, high = (estimate * np.sqrt(gammaincinv(half, p) / half) for p in (tail, 1.0 - tail))
    return float(low), float(high)


def cpk_interval(
    estimate: float, n: int, confidence: float, *, degrees_of_freedom: float | None = None
) -> tuple[float, float]:
    """Two-sided interval of Cpk (or Ppk) by the normal approximation.

    ``Cpk ± z sqrt(1 / (9 n) + Cpk² / (2 df))``; ``degrees_of_freedom`` is ``n - 1`` unless it is given.  For
    small ``n`` it is an approximation; ``one_sided_capability_lower_bound`` is not.

    References
    ----------
    Bissell, "How reliable is your capability index?", *Applied Statistics* 39 (1990) 331.
    """
    require_finite(estimate)
    require_sample(n, 2)
    require_confidence(confidence)
    freedom = n - 1.0 if degrees_of_freedom is None else degrees_of_freedom
    require_positive(freedom)
    reach = ndtri((1.0 + confidence) / 2.0) * np.sqrt(1.0 / (9.0 * n) + estimate**2 / (2.0 * freedom))
    return float(estimate - reach), float(estimate + reach)


def one_sided_capability_lower_bound(
    estimate: float, n: int, confidence: float, *, degrees_of_freedom: float | None = None
) -> float:
    """Lower bound of Cpu or Cpl, exact for normal values.

    ``3 sqrt(n) Cpu`` is a noncentral t statistic with noncentrality ``3 sqrt(n)`` times the true Cpu.

    Parameters
    ----------
    estimate : float
        Cpu or Cpl: the distance of the mean from one limit over three standard deviations.  Given Cpk
        instead, the bound holds with at least ``confidence``, for the bound of either index is exact and
        Cpk is the smaller one.
    n : int
        Values behind the mean.
    confidence : float
        One-sided, in (0, 1).
    degrees_of_freedom : float, optional
        Of the standard deviation; default ``n - 1``.  Exact also for a pooled one; for one from ranges or
        from subgroup deviations as good as the chi approximation behind its degrees of freedom.

    Raises
    ------
    RatedPartsError
        ``not_finite``, ``sample_too_small``, ``number_not_positive`` or ``confidence_outside_unit_interval``.

    References
    ----------
    Kane, "Process capability indices", *J. Quality Technology* 18 (1986) 41; Chou, Owen & Borrego, "Lower
    confidence limits on process capability indices", *J. Quality Technology* 22 (1990) 223.
    """
    require_finite(estimate)
    require_sample(n, 2)
    freedom = n - 1.0 if degrees_of_freedom is None else degrees_of_freedom
    scale = 3.0 * np.sqrt(n)
    return noncentrality_lower_bound(float(estimate * scale), freedom, confidence) / float(scale)
