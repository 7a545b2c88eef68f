"""Maximum likelihood for one population."""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

from ..arguments import Array
from ..inner_product import inner
from ..life_sample import LifeSample
from .existence import require_finite_location, require_finite_maximum
from .families import FAMILIES, WEIBULL, Family
from .life_distribution import LifeDistribution
from .log_lives import LogLives
from .maximum import climb
from .surface import Q, S, Surface
from .weibull import WeibullFit

DISTRIBUTIONS = (*FAMILIES, "exponential")


def fit(sample: LifeSample, distribution: str = "weibull") -> LifeDistribution:
    """Fit a life distribution by maximum likelihood.

    Parameters
    ----------
    sample : LifeSample
        Any mixture of exact, right-, left- and interval-censored units, in one unit of time.
    distribution : str
        ``weibull``, ``lognormal``, ``loglogistic``, or ``exponential``: a Weibull distribution whose spread
        is held at one.

    Returns
    -------
    LifeDistribution
        With ``location`` and ``spread`` of ln T; a `WeibullFit` for ``weibull``.

    Raises
    ------
    NoFiniteEstimate
        The likelihood has no finite maximum; the code says why (see `ratedparts.reliability.fits.existence`).
    FitDidNotConverge
        The iteration stopped early; the best point found is attached.
    RatedPartsError
        ``unknown_distribution``.

    Notes
    -----
    Newton's method in (location, ln spread) with the analytic Hessian, made uphill where the Hessian is not
    negative definite, and halved until the likelihood does not fall.

    References
    ----------
    Meeker & Escobar, *Statistical Methods for Reliability Data*; IEC 61649.
    Checked against: the cases of ``tests/reference`` (published data, a 40-digit engine, R's survreg).
    """
    if distribution == "weibull":
        return fit_weibull(sample)
    if distribution == "exponential":
        require_finite_location(sample)
        return LifeDistribution(*_fitted(sample, WEIBULL, (Q,)))
    if distribution not in FAMILIES:
        raise RatedPartsError("unknown_distribution", given=distribution, known=DISTRIBUTIONS)
    require_finite_maximum(sample)
    return LifeDistribution(*_fitted(sample, FAMILIES[distribution], (Q, S)))


def fit_weibull(sample: LifeSample) -> WeibullFit:
    """Fit a two-parameter Weibull life distribution; see `fit`."""
    require_finite_maximum(sample)
    return WeibullFit(*_fitted(sample, WEIBULL, (Q, S)))


def _fitted(
    sample: LifeSample, family: Family, free: tuple[int, ...]
) -> tuple[LifeSample, Surface, Array, tuple[int, ...], Array, float]:
    lives = LogLives.of(sample.merged)
    surface = Surface.of_one_population(family, lives)
    start = np.zeros(surface.size)
    if S in free:
        start[Q], start[S] = _starting_point(lives)
    theta, value, hessian = climb(surface, start, free)
    covariance = np.zeros((2, 2))
    held = len(free)
    inverse = np.linalg.inv(-hessian[np.ix_(free, free)])
    covariance[:held, :held] = 0.5 * (inverse + inverse.T)
    return sample, surface, theta, free, covariance, value - lives.log_jacobian


def _starting_point(lives: LogLives) -> tuple[float, float]:
    """Location and ln spread of the Weibull profile equation, each interval a failure at its middle.

    Of right-censored data that is the Weibull maximum itself; for the other families it is near enough.
    """
    y, failed = lives.middles, lives.failed
    failures = float(failed.sum())
    top = float(y.max())
    x = y - top
    mean_failed = inner(failed, x) / failures
    if mean_failed > -1e-9:
        return top, float(np.log(max(float(np.ptp(lives.y)), 1e-3)))
    shape = -1.2 / mean_failed
    for _ in range(50):
        weight = lives.count * np.exp(shape * x)
        total, first = float(weight.sum()), inner(weight, x)
        mean = first / total
        weight *= x
        curve = inner(weight, x) / total - mean * mean + 1.0 / shape**2
        move = float(np.clip(-(mean - mean_failed - 1.0 / shape) / (curve * shape), -1.5, 1.5))
        shape *= float(np.exp(move))
        if abs(move) < 1e-12:
            break
    location = top + float(np.log(inner(lives.count, np.exp(shape * x)) / failures)) / shape
    return location, -float(np.log(shape))
