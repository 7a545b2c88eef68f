"""A life sample as a likelihood wants it: rows on the log scale, sorted by what is known of each unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arguments import Array
from ..inner_product import inner
from ..life_sample import LifeSample
from .families import Family, Terms


@dataclass(frozen=True)
class LogLives:
    """Rows in the order exact, suspended, left-censored, interval, on log times centred at their mean.

    ``width`` (interval rows only) is the logarithmic width of the interval, ``ends`` where the first three
    kinds end and ``rows`` which rows of the sample these are: a unit of which nothing is known has none.
    """

    y: Array
    width: Array
    count: Array
    rows: npt.NDArray[np.intp]
    ends: tuple[int, int, int]
    centre: float
    exact_failures: float
    log_jacobian: float  # sum of ln t over the exact failures: the density is that of T, not of ln T

    @classmethod
    def of(cls, sample: LifeSample) -> LogLives:
        low, high = sample.lower, sample.upper
        exact = low == high
        finite = np.isfinite(high)
        started = low > 0
        kinds = [np.flatnonzero(kind) for kind in (exact, started & ~finite, finite & ~started)]
        kinds.append(np.flatnonzero(started & finite & ~exact))
        rows = np.concatenate(kinds)
        interval = kinds[3]
        times = np.where(started, low, high)[rows]
        count = sample.count[rows]
        y = np.log(times)
        centre = inner(count, y) / float(count.sum()) if y.size else 0.0
        failures = kinds[0].size
        # log1p of the relative width keeps the digits of a narrow interval.
        width = np.log1p((high[interval] - low[interval]) / low[interval])
        first, second, third = (int(end) for end in np.cumsum([kind.size for kind in kinds[:3]]))
        return cls(
            y - centre,
            width,
            count,
            rows,
            (first, second, third),
            centre,
            float(count[:failures].sum()),
            inner(count[:failures], y[:failures]),
        )

    @property
    def middles(self) -> Array:
        """Log times with each interval at its middle; a left-censored unit half a unit of ln t earlier."""
        y = self.y.copy()
        y[self.ends[1] : self.ends[2]] -= 0.5
        y[self.ends[2] :] += 0.5 * self.width
        return y

    @property
    def failed(self) -> Array:
        """Counts of the failures, zero for suspensions."""
        count = self.count.copy()
        count[self.ends[0] : self.ends[1]] = 0.0
        return count


def contributions(
    family: Family, lives: LogLives, z: Array, h: Array
) -> tuple[float, Array, Array, tuple[Array, Array, Array] | None]:
    """Log-likelihood in z and h, its derivatives row by row, and those in h of the interval rows.

    Each derivative comes multiplied by the row's count: ``(value, z, zz, (h, zh, hh))``.  The ``-ln spread -
    ln t`` of the exact failures is not in it.
    """
    exact, suspended, left = lives.ends
    f, fz, fzz = np.empty_like(z), np.empty_like(z), np.empty_like(z)

    def put(part: slice, terms: Terms) -> None:
        f[part], fz[part], fzz[part] = terms

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if exact:
            put(slice(exact), family.exact(z[:exact]))
        if suspended > exact:
            put(slice(exact, suspended), family.suspended(z[exact:suspended]))
        if left > suspended:
            put(slice(suspended, left), family.left_censored(z[suspended:left]))
        count = lives.count
        widths = None
        if len(z) > left:
            terms = family.interval(z[left:], h)
            put(slice(left, None), Terms(terms.f, terms.z, terms.zz))
            of_intervals = count[left:]
            widths = (of_intervals * terms.h, of_intervals * terms.zh, of_intervals * terms.hh)
        return inner(count, f), count * fz, count * fzz, widths
