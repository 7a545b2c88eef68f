"""A fitted Weibull distribution: shape and scale, and bounds that cover what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arguments import Array, opposite
from ..calibration import calibrated_life_bound, calibrated_log_hazard_bound, calibrated_shape_bound
from .life_distribution import METHODS, LifeDistribution, normal_quantile
from .profile_bounds import profile_bound
from .surface import Q, S


@dataclass(frozen=True, eq=False)
class WeibullFit(LifeDistribution):
    """A Weibull distribution fitted by maximum likelihood; made by `fit_weibull`.

    ``R(t) = exp(-(t / scale) ** shape)``.  Besides the methods of `LifeDistribution`, bounds take
    ``calibrated``: the statistic is judged by its own distribution, exact for complete and failure-terminated
    samples and simulated, with the ``seed`` given, for all others (see `ratedparts.reliability.calibration`).
    """

    @property
    def shape(self) -> float:
        return float(np.exp(-self.theta[S]))

    @property
    def scale(self) -> float:
        return float(np.exp(self.location))

    @property
    def covariance(self) -> Array:
        """Covariance (2, 2) of ``(ln scale, ln shape)``, from the observed information."""
        return np.asarray(self.location_covariance * np.array([[1.0, -1.0], [-1.0, 1.0]]))

    def life_bound(
        self,
        fraction: float,
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of `life`, in the sample's unit; 0 or inf where the data exclude nothing."""
        if method == "calibrated":
            return calibrated_life_bound(self.sample, fraction, confidence, side, seed=seed)
        return super().life_bound(fraction, confidence, side, method)

    def cumulative_hazard_bound(
        self,
        age: float,
        confidence: float = 0.90,
        side: str = "upper",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of ``-ln R(age)``, dimensionless."""
        if method == "calibrated":
            k = calibrated_log_hazard_bound(self.sample, age, confidence, side, seed=seed)
        else:
            k = self.standardised_bound(age, confidence, side, method)
        with np.errstate(over="ignore"):
            return float(np.exp(k))

    def reliability_bound(
        self,
        age: float,
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of `reliability`; always inside [0, 1]."""
        return float(np.exp(-self.cumulative_hazard_bound(age, confidence, opposite(side), method, seed)))

    def shape_bound(
        self,
        confidence: float = 0.95,
        side: str = "lower",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of the shape, dimensionless."""
        if method == "calibrated":
            return calibrated_shape_bound(self.sample, confidence, side, seed=seed)
        z = normal_quantile(confidence, side, method, METHODS)
        if method == "wald":
            return float(np.exp(-self.theta[S] + z * np.sqrt(self.location_covariance[1, 1])))
        return float(np.exp(-profile_bound(self.surface, self.theta, S, (Q,), -z)))
