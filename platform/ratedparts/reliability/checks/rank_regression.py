"""The Weibull line through the points of probability paper, by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError

from ..estimation_errors import NoFiniteEstimate
from ..life_sample import LifeSample
from .plotting_positions import plotting_positions

DIRECTIONS = ("y_on_x", "x_on_y")


@dataclass(frozen=True)
class RankRegression:
    """A line on Weibull paper: ``shape``, ``scale`` in the unit of the sample, ``correlation`` of its points.

    It has no likelihood and gives no bounds.
    """

    shape: float
    scale: float
    correlation: float


def fit_weibull_by_ranks(sample: LifeSample, regress: str = "x_on_y", ranks: str = "exact") -> RankRegression:
    """Fit a Weibull line to the median ranks of the failures.

    The points are ``x = ln t`` and ``y = ln(-ln(1 - F))``, F the median rank of `plotting_positions`; each
    failure has its own rank, also where several share a time, and a failure between readouts stands at the
    end of its interval, which makes lives look longer than they are.

    Parameters
    ----------
    sample : LifeSample
        At least two different failure times.
    regress : str
        ``y_on_x`` takes the distances along y: "RRY" of ReliaWiki, "rank regression on Y".  ``x_on_y`` takes
        them along x = ln t: "RRX", Abernethy's choice and the usual one, since the times are what varies.
    ranks : str
        ``exact`` or ``benard``.

    Raises
    ------
    NoFiniteEstimate
        ``no_failures``, or ``failures_share_one_instant``: one point makes no line.
    RatedPartsError
        ``unknown_method``.

    Notes
    -----
    Made for drawing and for comparison with older reports: the estimates of `fit_weibull` use what the data
    say of suspensions better and carry bounds.

    References
    ----------
    Abernethy, *The New Weibull Handbook*, chapter 2; ReliaWiki, The Weibull Distribution.  Checked against:
    the ReliaWiki example of six units, all four variants.
    """
    if regress not in DIRECTIONS:
        raise RatedPartsError("unknown_method", given=regress, known=DIRECTIONS)
    points = plotting_positions(sample, ranks, each=True)
    if points.end.size == 0:
        raise NoFiniteEstimate("no_failures", units=sample.units)
    earliest, latest = float(points.end.min()), float(points.end.max())
    if earliest == latest:
        raise NoFiniteEstimate(
            "failures_share_one_instant", failures=sample.failures, earliest=earliest, latest=latest
        )
    x, y = np.log(points.end), np.log(-np.log1p(-points.fraction))
    middle_x, middle_y = float(x.mean()), float(y.mean())
    x, y = x - middle_x, y - middle_y
    xx, xy, yy = float(x @ x), float(x @ y), float(y @ y)
    shape = xy / xx if regress == "y_on_x" else yy / xy
    return RankRegression(shape, float(np.exp(middle_x - middle_y / shape)), xy / float(np.sqrt(xx * yy)))
