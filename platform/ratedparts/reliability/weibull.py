"""A fitted Weibull distribution and the bounds that one can state about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError

from .calibrated import Calibration, bound
from .life_sample import Array, LifeSample
from .likelihood_ratio import cumulative_hazard_at, life_quantile_at, spread_at
from .weibull_likelihood import LogLives

METHODS = ("wald", "likelihood_ratio", "calibrated")


@dataclass(frozen=True, eq=False)
class WeibullFit:
    """A Weibull distribution fitted by maximum likelihood; made by `fit_weibull`.

    ``covariance`` (2, 2) is that of ``(ln scale, ln shape)`` from the observed information;
    ``log_likelihood`` is of T, natural logarithm, no constant dropped.  All bounds are one-sided at the
    stated confidence.  ``wald`` works on ln life, on ln shape and, for the reliability, on
    ``z = (ln t - ln scale) * shape``; ``likelihood_ratio`` inverts the signed root of the likelihood ratio;
    ``calibrated`` (lives and reliability of exactly monitored samples) judges that root by simulation, with
    the ``seed`` given.
    """

    sample: LifeSample
    lives: LogLives
    centred_location: float
    log_spread: float
    covariance: Array
    log_likelihood: float

    @property
    def location(self) -> float:
        return self.centred_location + self.lives.centre

    @property
    def spread(self) -> float:
        return float(np.exp(self.log_spread))

    @property
    def shape(self) -> float:
        return float(np.exp(-self.log_spread))

    @property
    def scale(self) -> float:
        return float(np.exp(self.location))

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` of the units has failed (0.10: B10), in the sample's unit."""
        return float(np.exp(self.location + self.spread * _log_hazard(fraction)))

    def reliability(self, age: float) -> float:
        """The fraction that survives ``age``."""
        return float(np.exp(-np.exp(self._standardised(age))))

    def life_bound(
        self,
        fraction: float,
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of `life`, in the sample's unit; 0 or inf where the data exclude nothing."""
        z = _normal_quantile(confidence, side, method)
        k = _log_hazard(fraction)
        if method == "wald":
            gradient = np.array([1.0, -self.spread * k])
            error = float(np.sqrt(gradient @ self.covariance @ gradient))
            return float(np.exp(self.location + self.spread * k + z * error))
        if method == "calibrated":
            draws = Calibration(self.sample, self.lives.centre, seed)
            level = 1.0 - confidence if side == "lower" else confidence
            start = self.centred_location + self.spread * k
            q = bound(lambda x: draws.exceedance(x, k), start, self.spread, level, rising=True)
        else:
            q = life_quantile_at(self.lives, self.centred_location, self.log_spread, k, z)
        with np.errstate(over="ignore"):
            return float(np.exp(q + self.lives.centre))

    def cumulative_hazard_bound(
        self,
        age: float,
        confidence: float = 0.90,
        side: str = "upper",
        method: str = "likelihood_ratio",
        seed: int = 0,
    ) -> float:
        """One-sided bound of ``-ln R(age)``, dimensionless."""
        z = _normal_quantile(confidence, side, method)
        u = self._standardised(age)
        if method == "wald":
            gradient = np.array([-1.0 / self.spread, u])
            error = float(np.sqrt(gradient @ self.covariance @ gradient))
            return float(np.exp(u + z * error))
        q = float(np.log(age)) - self.lives.centre
        if method == "calibrated":
            draws = Calibration(self.sample, self.lives.centre, seed)
            level = 1.0 - confidence if side == "upper" else confidence
            k = bound(lambda x: draws.exceedance(q, x), u, 1.0, level, rising=False)
        else:
            k = cumulative_hazard_at(self.lives, self.centred_location, self.log_spread, q, z)
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
        opposite = "upper" if side == "lower" else "lower"
        _normal_quantile(confidence, side, method)
        return float(np.exp(-self.cumulative_hazard_bound(age, confidence, opposite, method, seed)))

    def shape_bound(
        self, confidence: float = 0.95, side: str = "lower", method: str = "likelihood_ratio"
    ) -> float:
        """One-sided bound of the shape, dimensionless."""
        z = _normal_quantile(confidence, side, method)
        if method == "calibrated":
            raise RatedPartsError("unknown_method", given=method, known=METHODS[:2])
        if method == "wald":
            return float(np.exp(-self.log_spread + z * np.sqrt(self.covariance[1, 1])))
        return float(np.exp(-spread_at(self.lives, self.centred_location, self.log_spread, -z)))

    def _standardised(self, age: float) -> float:
        if not (np.isfinite(age) and age > 0):
            raise RatedPartsError("age_not_positive", given=age)
        return float((np.log(age) - self.location) / self.spread)


def _log_hazard(fraction: float) -> float:
    """``ln(-ln(1 - fraction))``: the standardised log life by which the fraction has failed."""
    if not 0.0 < fraction < 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=fraction)
    return float(np.log(-np.log1p(-fraction)))


def _normal_quantile(confidence: float, side: str, method: str) -> float:
    """The signed standard normal quantile of a one-sided bound."""
    if not 0.0 < confidence < 1.0:
        raise RatedPartsError("confidence_outside_unit_interval", given=confidence)
    if side not in ("lower", "upper"):
        raise RatedPartsError("unknown_side", given=side, known=("lower", "upper"))
    if method not in METHODS:
        raise RatedPartsError("unknown_method", given=method, known=METHODS)
    z = float(ndtri(confidence))
    return -z if side == "lower" else z
