"""Where failures stand on probability paper: Johnson's ranks and their median ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from ratedparts.errors import RatedPartsError

from ..arguments import Array
from ..life_sample import LifeSample

RANKS = ("exact", "benard")


@dataclass(frozen=True, eq=False)
class PlottingPositions:
    """Points in the order in which failures became known, all of shape (points,).

    ``start`` and ``end`` of the interval in which the failures lie, equal where the time is exact; ``count``
    of failures that the point stands for; ``rank`` (Johnson) and ``fraction`` (median rank) of the last one.
    """

    start: Array
    end: Array
    count: Array
    rank: Array
    fraction: Array


def plotting_positions(sample: LifeSample, ranks: str = "exact", *, each: bool = False) -> PlottingPositions:
    """Plotting positions of the failures of a sample.

    Each suspension gives its share of the ranks to the failures after it: with ``m`` units still watched the
    next failure advances by ``(n + 1 - last rank) / (1 + m)``.  A failure between readouts counts at the end
    of its interval: by then it is known.  Units suspended at the instant of a failure outlived it.

    Parameters
    ----------
    sample : LifeSample
        Any censoring, one unit of time.
    ranks : str
        ``exact``, the median of the rank's beta distribution, or ``benard``, ``(rank - 0.3) / (n + 0.4)``.
    each : bool
        Whether every failure is a point of its own.  By default failures of one row are one point, at the
        rank of the last of them.

    Raises
    ------
    RatedPartsError
        ``unknown_method`` for unknown ``ranks``.

    References
    ----------
    Johnson, *The Statistical Treatment of Fatigue Experiments* (1964); Abernethy, *The New Weibull Handbook*;
    Benard & Bos-Levenbach (1953).
    """
    if ranks not in RANKS:
        raise RatedPartsError("unknown_method", given=ranks, known=RANKS)
    merged = sample.merged
    failed = np.isfinite(merged.upper)
    known = np.where(failed, merged.upper, merged.lower)
    order = np.lexsort((merged.lower, ~failed, known))
    counts = merged.count[order]
    watched = np.cumsum(counts[::-1])[::-1]
    points = failed[order]
    rows, count, watched = order[points], counts[points], watched[points]
    if each:
        place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count.astype(int))
        watched = np.repeat(watched, count.astype(int)) - place
        rows = np.repeat(rows, count.astype(int))
        count = np.ones(rows.size)
    # One failure among m still watched takes the share 1 / (m + 1) of the ranks that are left.
    beyond: Array = np.cumprod((watched - count + 1.0) / (watched + 1.0), dtype=np.float64)
    units = merged.units
    rank = (units + 1.0) * (1.0 - beyond)
    return PlottingPositions(
        merged.lower[rows], merged.upper[rows], count, rank, median_rank(rank, units, ranks)
    )


def median_rank(rank: Array, units: int, ranks: str = "exact") -> Array:
    """Median of the fraction failed at a rank, whole or not, among ``units``; of the shape of ``rank``."""
    if ranks == "benard":
        return np.asarray((rank - 0.3) / (units + 0.4))
    return np.asarray(betaincinv(rank, units - rank + 1.0, 0.5))
