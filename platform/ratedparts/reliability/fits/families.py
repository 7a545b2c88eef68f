"""The standard distributions of log life: what one unit adds to a log-likelihood, with its derivatives.

A log-location-scale family has ``z = (ln t - location) / spread`` with a distribution function ``F`` free of
parameters: smallest extreme value (T is Weibull), normal (lognormal), logistic (loglogistic).  A unit adds

=================  ==========================================
exact failure      ``ln f(z)``, less ``ln spread + ln t`` (the caller's business)
suspension         ``ln (1 - F(z))``
left-censored      ``ln F(z)``
interval           ``ln (F(z + h) - F(z))``
=================  ==========================================

where ``h`` is the width of the interval on the standardised scale.  No formula here subtracts two nearly
equal numbers or forms ``exp`` of a large one, so neither an early failure nor a narrow interval loses digits.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, log_ndtr, ndtri

from ..arguments import Array, log_hazard

LARGEST_EXPONENT = 300.0
NARROW = 1e-3  # standardised intervals below it are expanded around their middle
LN_ROOT_TWO_PI = 0.9189385332046727


class Terms(NamedTuple):
    """Of each row: the term and its first and second derivative in z."""

    f: Array
    z: Array
    zz: Array


class IntervalTerms(NamedTuple):
    """Of each row: the term and its derivatives in z, the start, and h, the width."""

    f: Array
    z: Array
    h: Array
    zz: Array
    zh: Array
    hh: Array


class Family(Protocol):
    """A standard distribution of log life."""

    name: str

    def exact(self, z: Array) -> Terms: ...
    def suspended(self, z: Array) -> Terms: ...
    def left_censored(self, z: Array) -> Terms: ...
    def interval(self, z: Array, h: Array) -> IntervalTerms: ...

    def quantile(self, fraction: float) -> float:
        """Standardised log life by which ``fraction`` has failed."""

    def survival(self, z: float) -> float:
        """Fraction that survives the standardised log life ``z``."""


class SmallestExtremeValue:
    """``F(z) = 1 - exp(-exp(z))``: T is Weibull with shape ``1 / spread``."""

    name = "weibull"

    def exact(self, z: Array) -> Terms:
        a = _hazard(z)
        return Terms(z - a, 1.0 - a, -a)

    def suspended(self, z: Array) -> Terms:
        a = -_hazard(z)
        return Terms(a, a, a)

    def left_censored(self, z: Array) -> Terms:
        a = _hazard(z)
        w = 1.0 / np.expm1(a)
        return Terms(_log_one_minus_exp(a), a * w, a * w * (1.0 - a * (1.0 + w)))

    def interval(self, z: Array, h: Array) -> IntervalTerms:
        a = _hazard(z)
        e = _hazard(z + h)
        # The hazard gained within the interval; a wide one needs no care, a narrow one all of it.
        d = np.where(h > 1.0, e - a, a * np.expm1(np.minimum(h, 1.0)))
        w = 1.0 / np.expm1(d)
        dw = -w * (1.0 + w)
        return IntervalTerms(
            -a + _log_one_minus_exp(d),
            -a + w * d,
            w * e,
            -a + d * (w + d * dw),
            (w + d * dw) * e,
            dw * e * e + w * e,
        )

    def quantile(self, fraction: float) -> float:
        return log_hazard(fraction)

    def survival(self, z: float) -> float:
        return float(np.exp(-np.exp(z)))


class Normal:
    """``F`` the standard normal distribution: T is lognormal."""

    name = "lognormal"

    def exact(self, z: Array) -> Terms:
        return Terms(-0.5 * z * z - LN_ROOT_TWO_PI, -z, np.full_like(z, -1.0))

    def suspended(self, z: Array) -> Terms:
        f = log_ndtr(-z)
        hazard = np.exp(-0.5 * z * z - LN_ROOT_TWO_PI - f)
        return Terms(f, -hazard, -hazard * (hazard - z))

    def left_censored(self, z: Array) -> Terms:
        mirrored = self.suspended(-z)
        return Terms(mirrored.f, -mirrored.z, mirrored.zz)

    def interval(self, z: Array, h: Array) -> IntervalTerms:
        # In the upper tail F is nearly one at both ends; its mirror image in the lower tail has the digits.
        upper = z + 0.5 * h > 0
        low, high = np.where(upper, -z - h, z), np.where(upper, -z, z + h)
        log_high = log_ndtr(high)
        f = log_high + _log_one_minus_exp(np.maximum(log_high - log_ndtr(low), 1e-300))
        start = np.exp(-0.5 * z * z - LN_ROOT_TWO_PI - f)
        end = np.exp(-0.5 * (z + h) ** 2 - LN_ROOT_TWO_PI - f)
        slope = end - start
        bent = -(z + h) * end
        wide = IntervalTerms(
            f, slope, end, bent + z * start - slope * slope, bent - slope * end, bent - end * end
        )
        narrow = h * np.maximum(1.0, np.abs(z)) < NARROW
        return _choose(narrow, _narrow_normal_interval(z, h), wide) if narrow.any() else wide

    def quantile(self, fraction: float) -> float:
        return float(ndtri(fraction))

    def survival(self, z: float) -> float:
        return float(np.exp(log_ndtr(-z)))


def _hazard(z: Array) -> Array:
    """``exp(z)``, no larger than leaves room for products: beyond it a likelihood is zero all the same."""
    return np.asarray(np.exp(np.minimum(z, LARGEST_EXPONENT)))


def _narrow_normal_interval(z: Array, h: Array) -> IntervalTerms:
    """Density at the middle times the width, with the next term of the expansion in h."""
    m = z + 0.5 * h
    return IntervalTerms(
        -0.5 * m * m - LN_ROOT_TWO_PI + np.log(h) + h * h * (m * m - 1.0) / 24.0,
        -m + h * h * m / 12.0,
        1.0 / h - 0.5 * m + h * (m * m - 1.0) / 12.0 + h * h * m / 24.0,
        -1.0 + h * h / 12.0,
        -0.5 + h * m / 6.0 + h * h / 24.0,
        -1.0 / (h * h) - 0.25 + (m * m - 1.0) / 12.0 + h * m / 6.0 + h * h / 48.0,
    )


def _choose(first: npt.NDArray[np.bool_], a: IntervalTerms, b: IntervalTerms) -> IntervalTerms:
    return IntervalTerms(*(np.where(first, x, y) for x, y in zip(a, b, strict=True)))


class Logistic:
    """``F(z) = 1 / (1 + exp(-z))``: T is loglogistic."""

    name = "loglogistic"

    def exact(self, z: Array) -> Terms:
        p, s = expit(z), expit(-z)
        return Terms(log_expit(z) + log_expit(-z), s - p, -2.0 * p * s)

    def suspended(self, z: Array) -> Terms:
        p = expit(z)
        return Terms(log_expit(-z), -p, -p * expit(-z))

    def left_censored(self, z: Array) -> Terms:
        s = expit(-z)
        return Terms(log_expit(z), s, -s * expit(z))

    def interval(self, z: Array, h: Array) -> IntervalTerms:
        # F(b) - F(a) = (1 - F(a)) F(b) (1 - exp(a - b)) exactly.
        end = z + h
        survives, bent = expit(-end), expit(end) * expit(-end)
        gap = -np.expm1(-h)
        return IntervalTerms(
            log_expit(-z) + log_expit(end) + np.log(gap),
            survives - expit(z),
            survives + np.exp(-h) / gap,
            -expit(z) * expit(-z) - bent,
            -bent,
            -bent - np.exp(-h) / (gap * gap),
        )

    def quantile(self, fraction: float) -> float:
        return float(np.log(fraction) - np.log1p(-fraction))

    def survival(self, z: float) -> float:
        return float(expit(-z))


def _log_one_minus_exp(d: Array) -> Array:
    """``ln(1 - exp(-d))`` for d > 0, by the branch that keeps its digits."""
    return np.where(d < 0.6931471805599453, np.log(-np.expm1(-d)), np.log1p(-np.exp(-d)))


WEIBULL = SmallestExtremeValue()
FAMILIES: dict[str, Family] = {family.name: family for family in (WEIBULL, Normal(), Logistic())}
