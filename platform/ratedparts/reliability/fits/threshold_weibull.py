"""The three-parameter Weibull distribution: no failure before a threshold.

Its likelihood is unbounded where the threshold runs up to the first exact failure with a shape below one.
What is meant by its estimate is the interior local maximum, and not every sample has one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError

from ..arguments import Array
from ..estimation_errors import FitDidNotConverge, NoFiniteEstimate
from ..life_sample import LifeSample
from .existence import require_finite_maximum
from .families import WEIBULL
from .log_lives import LogLives, contributions
from .one_population import fit_weibull
from .surface import K, Q, S
from .weibull import WeibullFit

# Distances from threshold to first failure, in spans of the data, between which a maximum is looked for:
# nearer than any reading can tell, and so far that the curve in t is as good as that of a threshold at minus
# infinity (a smallest-extreme-value distribution of t itself).
NEAREST, FARTHEST = 1e-7, 1e3
STEPS = 100


@dataclass(frozen=True, eq=False)
class ThresholdWeibullFit:
    """``R(t) = exp(-((t - threshold) / scale) ** shape)`` beyond the threshold, 1 before it.

    Made by `fit_threshold_weibull`.  ``excess`` is the ordinary Weibull fit of ``t - threshold`` with the
    threshold taken as known.  There are no bounds: the support depends on the threshold, so the likelihood is
    not regular.  For shapes up to two the information about the threshold is infinite, the likelihood ratio
    is not chi-square, and bounds that take the threshold as known claim too much (Smith,
    Biometrika 72, 1985).  State a bound of the two-parameter fit, or one without a distribution.
    """

    sample: LifeSample
    threshold: float
    excess: WeibullFit

    @property
    def shape(self) -> float:
        return self.excess.shape

    @property
    def scale(self) -> float:
        return self.excess.scale

    @property
    def location(self) -> float:
        """``ln scale``."""
        return self.excess.location

    @property
    def spread(self) -> float:
        """``1 / shape``."""
        return self.excess.spread

    @property
    def log_likelihood(self) -> float:
        """Of T, natural logarithm, no constant dropped."""
        return self.excess.log_likelihood

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` of the units has failed, in the sample's unit."""
        return self.threshold + self.excess.life(fraction)

    def reliability(self, age: float) -> float:
        """The fraction that survives ``age``."""
        if not np.isfinite(age):
            raise RatedPartsError("age_not_positive", given=age)
        return 1.0 if age <= self.threshold else self.excess.reliability(age - self.threshold)


def fit_threshold_weibull(sample: LifeSample) -> ThresholdWeibullFit:
    """Fit a Weibull distribution with a threshold at the interior local maximum of its likelihood.

    Parameters
    ----------
    sample : LifeSample
        Any censoring, in one unit of time.  The threshold is in that unit and may be negative.

    Raises
    ------
    NoFiniteEstimate
        ``threshold_without_maximum``: the likelihood has no interior maximum.  ``end`` says where it runs:
        ``first_failure`` (it keeps rising towards the earliest failure) or ``minus_infinity`` (the lives are
        skewed to the left: the further back the threshold, the better).  Also what `fit_weibull` raises.
    FitDidNotConverge
        At the threshold found.

    Notes
    -----
    For each threshold the other two parameters are fitted; the slope of that profile is the partial
    derivative of the likelihood (envelope theorem).  A maximum is where the slope changes from rising to
    falling, on a grid of ``ln(first failure - threshold)``, then to the last digits; of several the highest
    is taken, and none below the likelihood of a threshold far back.

    References
    ----------
    Meeker & Escobar (1998), 11.7; Lawless (2003), 5.4.  Checked against: Alloy T7987 of Meeker & Escobar and
    an independent optimisation.
    """
    require_finite_maximum(sample)
    merged = sample.merged
    failed = np.isfinite(merged.upper)
    first = float(merged.upper[failed].min())
    known = np.where(failed, merged.upper, merged.lower)
    span = float(known.max()) - float(min(first, known[known > 0].min()))
    logs = np.log(span) + np.linspace(np.log(NEAREST), np.log(FARTHEST), STEPS)
    slopes = np.array([_slope(merged, first, log) for log in logs])
    # The slope is that in the log distance: towards larger distances the threshold falls.
    tops = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    from scipy.optimize import brentq

    best: tuple[float, WeibullFit] | None = None
    for top in tops.tolist():
        log = float(brentq(lambda at: _slope(merged, first, at), logs[top], logs[top + 1], xtol=1e-14))
        threshold = first - float(np.exp(log))
        excess = fit_weibull(_beyond(merged, threshold))
        if best is None or excess.log_likelihood > best[1].log_likelihood:
            best = threshold, excess
    far = _fit(merged, first - float(np.exp(logs[-1])))
    rising_far = far is not None and slopes[-1] > 0
    if best is None or (far is not None and rising_far and far.log_likelihood > best[1].log_likelihood):
        raise NoFiniteEstimate(
            "threshold_without_maximum",
            instead="fit_weibull",
            end="minus_infinity" if rising_far else "first_failure",
            first_failure=first,
        )
    return ThresholdWeibullFit(sample, *best)


def _beyond(sample: LifeSample, threshold: float) -> LifeSample:
    """The lives less the threshold; of a unit last seen before it nothing is known."""
    return LifeSample(
        np.maximum(sample.lower - threshold, 0.0), sample.upper - threshold, sample.count
    ).merged


def _fit(sample: LifeSample, threshold: float) -> WeibullFit | None:
    try:
        return fit_weibull(_beyond(sample, threshold))
    except (NoFiniteEstimate, FitDidNotConverge):
        return None


def _slope(sample: LifeSample, first: float, log_distance: float) -> float:
    """Slope of the profile log-likelihood in ``ln(first - threshold)``; nan where there is no fit."""
    distance = float(np.exp(log_distance))
    fit = _fit(sample, first - distance)
    return float("nan") if fit is None else -distance * _in_threshold(fit.surface.lives, fit.theta)


def _in_threshold(lives: LogLives, theta: Array) -> float:
    """Partial derivative of the log-likelihood in the threshold, location and spread held."""
    spread = float(np.exp(theta[S]))
    z = (lives.y - theta[Q]) / spread + theta[K]
    _, fz, _, widths = contributions(WEIBULL, lives, z, lives.width / spread)
    times = np.exp(lives.y + lives.centre)
    exact, left = lives.ends[0], lives.ends[2]
    slope = -float(fz @ (1.0 / times)) / spread + float(lives.count[:exact] @ (1.0 / times[:exact]))
    if widths is not None:
        starts = times[left:]
        slope += float(widths[0] @ (1.0 / starts - np.exp(-lives.width) / starts)) / spread
    return slope
