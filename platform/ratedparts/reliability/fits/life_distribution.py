"""A fitted life distribution and the bounds that one can state about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError

from ..arguments import Array, opposite, require_age, require_confidence, require_fraction, require_side
from ..life_sample import LifeSample
from .profile_bounds import profile_bound
from .surface import K, Q, S, Surface

METHODS = ("wald", "likelihood_ratio")


@dataclass(frozen=True, eq=False)
class LifeDistribution:
    """A location-spread distribution of ln T fitted by maximum likelihood; made by `fit`.

    ``location`` and ``spread`` are mu and sigma of ln T (Weibull: ln scale and 1 / shape);
    ``location_covariance`` (2, 2) is that of ``(location, ln spread)`` from the observed information, zero
    for a parameter that was held; ``log_likelihood`` is of T, natural logarithm, no constant dropped.  All
    bounds are one-sided at the stated confidence.  ``wald`` works on ln life and, for the reliability, on ``z
    = (ln t - location) / spread``; ``likelihood_ratio`` inverts the signed root of the likelihood ratio.
    """

    sample: LifeSample
    surface: Surface
    theta: Array
    free: tuple[int, ...]  # which parameters of the surface were estimated
    location_covariance: Array
    log_likelihood: float

    @property
    def covariance(self) -> Array:
        """Covariance (2, 2) of ``(location, ln spread)``."""
        return self.location_covariance

    @property
    def distribution(self) -> str:
        return self.surface.family.name

    @property
    def location(self) -> float:
        return float(self.theta[Q] + self.surface.lives.centre)

    @property
    def spread(self) -> float:
        return float(np.exp(self.theta[S]))

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` of the units has failed (0.10: B10), in the sample's unit."""
        return float(np.exp(self.location + self.spread * self.standardised_life(fraction)))

    def reliability(self, age: float) -> float:
        """The fraction that survives ``age``."""
        return self.surface.family.survival(self.standardised(age))

    def standardised_life(self, fraction: float) -> float:
        """``(ln life - location) / spread`` of the life by which ``fraction`` has failed."""
        require_fraction(fraction)
        return self.surface.family.quantile(fraction)

    def standardised(self, age: float) -> float:
        """``(ln age - location) / spread``; of the Weibull distribution, the log cumulative hazard."""
        require_age(age)
        return float((np.log(age) - self.location) / self.spread)

    def life_bound(
        self,
        fraction: float,
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
    ) -> float:
        """One-sided bound of `life`, in the sample's unit; 0 or inf where the data exclude nothing."""
        z = normal_quantile(confidence, side, method, METHODS)
        k = self.standardised_life(fraction)
        if method == "wald":
            error = self._error(np.array([1.0, self.spread * k]))
            return float(np.exp(self.location + self.spread * k + z * error))
        theta = self.theta.copy()
        theta[Q], theta[K] = self.theta[Q] + self.spread * k, k
        q = profile_bound(self.surface, theta, Q, self._nuisance, z)
        with np.errstate(over="ignore"):
            return float(np.exp(q + self.surface.lives.centre))

    def standardised_bound(
        self,
        age: float,
        confidence: float = 0.90,
        side: str = "upper",
        method: str = "likelihood_ratio",
    ) -> float:
        """One-sided bound of `standardised`: what a bound of the reliability or the hazard comes from."""
        z = normal_quantile(confidence, side, method, METHODS)
        u = self.standardised(age)
        if method == "wald":
            return u + z * self._error(np.array([-1.0 / self.spread, -u]))
        theta = self.theta.copy()
        theta[Q], theta[K] = np.log(age) - self.surface.lives.centre, u
        return profile_bound(self.surface, theta, K, self._nuisance, z)

    def reliability_bound(
        self,
        age: float,
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
    ) -> float:
        """One-sided bound of `reliability`; always inside [0, 1]."""
        bound = self.standardised_bound(age, confidence, opposite(side), method)
        return self.surface.family.survival(bound)

    @property
    def _nuisance(self) -> tuple[int, ...]:
        return tuple(index for index in self.free if index != Q)

    def _error(self, gradient: Array) -> float:
        """Standard error of a quantity with that gradient in ``(location, ln spread)``."""
        return float(np.sqrt(gradient @ self.location_covariance @ gradient))


def normal_quantile(confidence: float, side: str, method: str, methods: tuple[str, ...]) -> float:
    """The signed standard normal quantile of a one-sided bound, its terms checked."""
    require_confidence(confidence)
    require_side(side)
    if method not in methods:
        raise RatedPartsError("unknown_method", given=method, known=methods)
    z = float(ndtri(confidence))
    return -z if side == "lower" else z
