"""The Weibull log-likelihood of any censored sample, with its derivatives.

With ``y = ln t``, ``z = (y - location) / spread``, ``location = ln scale`` and ``spread = 1 / shape`` a unit
contributes

=================  ========================================================
exact failure      ``z - exp(z) - ln spread - y``
suspension         ``-exp(z)``
left-censored      ``ln(1 - exp(-exp(z)))``
interval           ``-exp(z1) + ln(1 - exp(-exp(z1) (exp(h) - 1)))``
=================  ========================================================

where ``h = (y2 - y1) / spread`` is the width of the interval.  Nothing forms ``t ** shape`` or ``1 - F``, so
neither a tiny time nor a narrow interval loses digits.  Everything is expressed in ``(z, h)``; what the
parameters are is the caller's business, who only says how ``z`` and ``h`` move with them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .life_sample import Array, LifeSample


@dataclass(frozen=True)
class LogLives:
    """A sample on the log scale, centred so that the unit of time drops out.

    ``y`` and ``width`` have one entry per row, in the order exact, suspended, left-censored, interval; the
    three numbers in ``ends`` are where the first three kinds end.  ``width`` is zero but for intervals.
    """

    y: Array
    width: Array
    count: Array
    ends: tuple[int, int, int]
    centre: float
    exact_failures: float
    log_jacobian: float  # sum of ln t over the exact failures: the density is that of T, not of ln T

    @classmethod
    def of(cls, sample: LifeSample) -> LogLives:
        low, high, count = sample.lower, sample.upper, sample.count
        exact = low == high
        suspended = np.isinf(high) & (low > 0)
        left = (low == 0) & np.isfinite(high)
        interval = (low > 0) & np.isfinite(high) & ~exact
        times = np.concatenate((low[exact], low[suspended], high[left], low[interval]))
        weights = np.concatenate([count[kind] for kind in (exact, suspended, left, interval)])
        y = np.log(times)
        centre = float(np.average(y, weights=weights)) if y.size else 0.0
        width = np.zeros_like(y)
        if interval.any():
            # log1p of the relative width keeps the digits of a narrow interval.
            width[y.size - interval.sum() :] = np.log1p((high[interval] - low[interval]) / low[interval])
        ends = np.cumsum([exact.sum(), suspended.sum(), left.sum()])
        return cls(
            y - centre,
            width,
            weights,
            (int(ends[0]), int(ends[1]), int(ends[2])),
            centre,
            float(count[exact].sum()),
            float(count[exact] @ np.log(low[exact])) if exact.any() else 0.0,
        )


@dataclass(frozen=True)
class Contributions:
    """``f(z, h)`` summed over the units, and its derivatives row by row, each times the row's count."""

    total: float
    z: Array
    h: Array
    zz: Array
    zh: Array
    hh: Array


def contributions(lives: LogLives, z: Array, h: Array) -> Contributions:
    """Log-likelihood without ``-ln spread - y`` of the exact failures, which the caller adds."""
    exact, suspended, left = lives.ends
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        a = np.exp(z)
        f, fz, fzz = -a, -a, -a.copy()
        fh, fzh, fhh = np.zeros_like(z), np.zeros_like(z), np.zeros_like(z)
        f[:exact] += z[:exact]
        fz[:exact] += 1.0
        late = slice(suspended, left)
        f[late], fz[late], fzz[late] = _left_censored(a[late])
        if left < len(z):
            inside = slice(left, None)
            f[inside], fz[inside], fh[inside], fzz[inside], fzh[inside], fhh[inside] = _interval(
                a[inside], h[inside]
            )
        count = lives.count
        return Contributions(float(count @ f), count * fz, count * fh, count * fzz, count * fzh, count * fhh)


def _left_censored(b: Array) -> tuple[Array, Array, Array]:
    w = 1.0 / np.expm1(b)
    return _log_one_minus_exp(b), b * w, b * w * (1.0 - b * (1.0 + w))


def _interval(a: Array, h: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    d = a * np.expm1(h)
    w = 1.0 / np.expm1(d)
    dw = -w * (1.0 + w)
    e = d + a  # exp(z2), and the derivative of d with respect to h
    return (
        -a + _log_one_minus_exp(d),
        -a + w * d,
        w * e,
        -a + d * (w + d * dw),
        (w + d * dw) * e,
        dw * e * e + w * e,
    )


def _log_one_minus_exp(d: Array) -> Array:
    """``ln(1 - exp(-d))`` for d > 0, by the branch that keeps its digits."""
    return np.where(d < 0.6931471805599453, np.log(-np.expm1(-d)), np.log1p(-np.exp(-d)))
