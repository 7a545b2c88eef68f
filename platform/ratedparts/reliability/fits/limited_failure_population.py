"""A population of which only a part can fail: ``F(t) = fraction * G(t)``, G a Weibull distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logit

from ..arguments import Array, log_hazard, require_age, require_fraction
from ..estimation_errors import FitDidNotConverge, NoFiniteEstimate
from ..life_sample import LifeSample
from .existence import require_finite_maximum
from .families import WEIBULL, SmallestExtremeValue, Terms
from .life_distribution import METHODS, normal_quantile
from .log_lives import LogLives
from .maximum import climb
from .one_population import fit_weibull
from .profile_bounds import profile_bound
from .surface import K, Q, S, Surface

FREE = (Q, K, S)
# Log odds above the share that failed at which the search starts, from few weak units to nearly all.
STARTS = (0.05, 1.0, 3.0, 6.0)
NEARLY_ALL = 25.0  # log odds beyond which the fraction is one
LEAST_GAIN = 1e-8  # of the log-likelihood, over the ordinary Weibull distribution


class _PartlyFailing(SmallestExtremeValue):
    """Smallest extreme value of the units that can fail; ``odds`` is their log odds.

    A suspension either cannot fail or has not yet: ``ln(1 - p + p exp(-exp(z)))``.
    """

    def __init__(self, odds: float) -> None:
        self.odds = odds

    def suspended(self, z: Array) -> Terms:
        a = np.exp(z)
        still = expit(self.odds - a)  # chance that a unit that lives on is one of those that can fail
        alive = np.where(still > 0, a * still, 0.0)
        f = np.logaddexp(log_expit(-self.odds), log_expit(self.odds) - a)
        bent = np.where(still > 0, a * a * still * (1.0 - still), 0.0)
        return Terms(f, -alive, bent - alive)


@dataclass(frozen=True)
class LimitedSurface(Surface):
    """The surface of one population with, in the place of k, the log odds that a unit can fail."""

    def value(self, theta: Array) -> float:
        surface, inner = self._given(theta)
        return surface.value(inner) + self._failures * float(log_expit(theta[K]))

    def derivatives(self, theta: Array) -> tuple[float, Array, Array]:
        surface, inner = self._given(theta)
        value, gradient, hessian = surface.derivatives(inner)
        exact, suspended, _ = self.lives.ends
        odds, spread = float(theta[K]), float(np.exp(theta[S]))
        count = self.lives.count[exact:suspended]
        x = (self.lives.y[exact:suspended] - theta[Q]) / spread
        with np.errstate(over="ignore"):
            a = np.exp(x)
        still, all_of = expit(odds - a), float(expit(odds))
        mixed = still * (1.0 - still)
        crossed = -count * np.where(mixed > 0, a * mixed, 0.0)
        varied = all_of * (1.0 - all_of)
        gradient[K] = self._failures * float(expit(-odds)) + float(count @ (still - all_of))
        hessian[K, K] = -self._failures * varied + float(count @ (mixed - varied))
        hessian[Q, K] = hessian[K, Q] = -float(crossed.sum()) / spread
        hessian[S, K] = hessian[K, S] = -float(crossed @ x)
        return value + self._failures * float(log_expit(odds)), gradient, hessian

    @property
    def _failures(self) -> float:
        return float(self.lives.failed.sum())

    def _given(self, theta: Array) -> tuple[Surface, Array]:
        inner = theta.copy()
        inner[K] = 0.0
        return Surface(_PartlyFailing(float(theta[K])), self.lives, self.covariates), inner


class _Search(LimitedSurface):
    """The same surface, left as soon as nearly every unit can fail."""

    def derivatives(self, theta: Array) -> tuple[float, Array, Array]:
        if theta[K] > NEARLY_ALL:
            raise FitDidNotConverge(tuple(theta.tolist()))
        return super().derivatives(theta)


@dataclass(frozen=True, eq=False)
class LimitedFailurePopulationFit:
    """``F(t) = fraction * (1 - exp(-(t / scale) ** shape))``; made by `fit_limited_failure_population`.

    ``covariance`` (3, 3) is that of ``(logit fraction, ln scale, ln shape)`` from the observed information;
    ``log_likelihood`` is of T, natural logarithm, no constant dropped, and ``weibull_log_likelihood`` that of
    the ordinary Weibull distribution, in which every unit can fail.
    """

    sample: LifeSample
    surface: LimitedSurface
    theta: Array
    covariance: Array
    log_likelihood: float
    weibull_log_likelihood: float

    @property
    def fraction(self) -> float:
        """The fraction of the population that can fail."""
        return float(expit(self.theta[K]))

    @property
    def shape(self) -> float:
        return float(np.exp(-self.theta[S]))

    @property
    def scale(self) -> float:
        return float(np.exp(self.theta[Q] + self.surface.lives.centre))

    @property
    def likelihood_ratio(self) -> float:
        """Twice the gain in log-likelihood over the ordinary Weibull distribution."""
        return 2.0 * (self.log_likelihood - self.weibull_log_likelihood)

    def reliability(self, age: float) -> float:
        """The fraction of the whole population that survives ``age``."""
        require_age(age)
        with np.errstate(over="ignore"):
            hazard = np.exp(self.shape * np.log(age / self.scale))
        return float(1.0 + self.fraction * np.expm1(-hazard))

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` of the whole population has failed; inf where so many never do."""
        require_fraction(fraction)
        share = fraction / self.fraction
        if share >= 1.0:
            return float(np.inf)
        return float(self.scale * np.exp(log_hazard(share) / self.shape))

    def fraction_bound(
        self, confidence: float = 0.90, side: str = "upper", method: str = "likelihood_ratio"
    ) -> float:
        """One-sided bound of `fraction`; ``method``: ``wald`` (on the logit) or ``likelihood_ratio``.

        The upper likelihood-ratio bound is 1 where the ordinary Weibull distribution is not excluded at that
        confidence.  Prefer it: the logit can be far from normal.
        """
        z = normal_quantile(confidence, side, method, METHODS)
        if method == "wald":
            return float(expit(self.theta[K] + z * np.sqrt(self.covariance[0, 0])))
        if z > 0 and self.likelihood_ratio <= z * z:
            return 1.0
        return float(expit(profile_bound(self.surface, self.theta, K, (Q, S), z)))


def fit_limited_failure_population(sample: LifeSample) -> LimitedFailurePopulationFit:
    """Fit a Weibull distribution to a population of which only a fraction can fail.

    Weak units, early-life defects: the failures stop coming although most units still run.

    Parameters
    ----------
    sample : LifeSample
        Any censoring, in one unit of time.

    Raises
    ------
    NoFiniteEstimate
        ``population_not_limited``: the likelihood is highest, or rises without end, where every unit can
        fail, so the ordinary Weibull distribution explains the data; ``no_failures``;
        ``failures_share_one_instant``: a point at that instant explains every failure.

    Notes
    -----
    Newton's method in (location, log odds of the fraction, ln spread) with the analytic Hessian, from the fit
    of the failures alone and that of all units, each with few and with many units able to fail: the surface
    can have several maxima, and a poor start ends where all units can fail.

    References
    ----------
    Meeker, Technometrics 29 (1987); Meeker & Escobar (1998), 11.5.  Checked against: Meeker's integrated
    circuits and an independent optimisation.
    """
    if sample.failures == 0:
        raise NoFiniteEstimate("no_failures", units=sample.units)
    merged = sample.merged
    failed = np.isfinite(merged.upper)
    weak = LifeSample(merged.lower[failed], merged.upper[failed], merged.count[failed])
    require_finite_maximum(weak)
    ordinary, alone = fit_weibull(merged), fit_weibull(weak)
    lives = LogLives.of(merged)
    search = _Search.of_one_population(WEIBULL, lives)
    share = min(sample.failures / float(lives.count.sum()), 1.0 - 1e-6)
    best: tuple[Array, float, Array] | None = None
    for start in (alone, ordinary):
        for above in STARTS:
            theta = np.zeros(search.size)
            theta[Q], theta[K], theta[S] = start.location - lives.centre, logit(share) + above, start.theta[S]
            try:
                found = climb(search, theta, FREE)
            except FitDidNotConverge:
                continue
            if _is_inner_maximum(found) and (best is None or found[1] > best[1]):
                best = found
    # ordinary.log_likelihood has the Jacobian of T taken off, as the surface's value has not.
    if best is None or best[1] - lives.log_jacobian <= ordinary.log_likelihood + LEAST_GAIN:
        raise NoFiniteEstimate("population_not_limited", instead="fit_weibull", failures=sample.failures)
    theta, value, hessian = best
    order = np.array([K, Q, S])
    turn = np.diag([1.0, 1.0, -1.0])
    covariance = turn @ np.linalg.inv(-hessian[np.ix_(order, order)]) @ turn
    surface = LimitedSurface(WEIBULL, lives, search.covariates)
    return LimitedFailurePopulationFit(
        sample, surface, theta, covariance, value - lives.log_jacobian, ordinary.log_likelihood
    )


def _is_inner_maximum(found: tuple[Array, float, Array]) -> bool:
    _, value, hessian = found
    if not (np.isfinite(value) and np.isfinite(hessian).all()):
        return False
    try:
        np.linalg.cholesky(-hessian)
    except np.linalg.LinAlgError:
        return False
    return True
