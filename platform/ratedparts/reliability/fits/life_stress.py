"""Accelerated life: ln life linear in covariates of stress, one spread for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, opposite, require_age, require_fraction
from ..caution import Caution
from ..estimation_errors import NoFiniteEstimate
from ..life_sample import LifeSample
from .families import FAMILIES
from .life_distribution import METHODS, normal_quantile
from .log_lives import LogLives
from .maximum import climb
from .profile_bounds import profile_bound
from .regression_existence import require_finite_relation
from .surface import FIRST_SLOPE, K, Q, S, Surface

SPANS_WITHOUT_CAUTION = 1.0


@dataclass(frozen=True, eq=False)
class LifeStressFit:
    """``ln T = intercept + sum(coefficient * covariate) + spread * error``; made by `fit_life_stress`.

    ``coefficients`` maps ``intercept`` and each covariate to its estimate; ``covariance`` is that of the
    coefficients in that order, then ln spread, from the observed information.  Bounds are one-sided and take
    the covariance whole: that between intercept and slope makes out most of a bound at a use condition.
    """

    sample: LifeSample
    surface: Surface  # covariates standardised: less `middle`, over `unit`
    theta: Array
    names: tuple[str, ...]
    middle: Array
    unit: Array
    range: Array  # (2, m): smallest and largest covariates of the test
    coefficients: Mapping[str, float]
    covariance: Array
    log_likelihood: float

    @property
    def distribution(self) -> str:
        return self.surface.family.name

    @property
    def spread(self) -> float:
        return float(np.exp(self.theta[S]))

    def location(self, at: Mapping[str, float]) -> float:
        """Location of ln T at the covariates ``at``."""
        return float(self._centred_location(self._point(at)) + self.surface.lives.centre)

    def life(self, fraction: float, at: Mapping[str, float]) -> float:
        """The age by which ``fraction`` has failed at the covariates ``at``, in the sample's unit."""
        return float(np.exp(self.location(at) + self.spread * self._quantile(fraction)))

    def reliability(self, age: float, at: Mapping[str, float]) -> float:
        """The fraction that survives ``age`` at the covariates ``at``."""
        return self.surface.family.survival(self._standardised(age, at))

    def life_bound(
        self,
        fraction: float,
        at: Mapping[str, float],
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
    ) -> float:
        """One-sided bound of `life`, in the sample's unit; see `cautions` on how far it reaches."""
        z = normal_quantile(confidence, side, method, METHODS)
        k = self._quantile(fraction)
        if method == "wald":
            gradient = np.concatenate(([1.0], self._point(at), [self.spread * k]))
            error = float(np.sqrt(gradient @ self.covariance @ gradient))
            return float(np.exp(np.log(self.life(fraction, at)) + z * error))
        surface, theta = self._seen_from(at)
        theta[Q], theta[K] = theta[Q] + self.spread * k, k
        with np.errstate(over="ignore"):
            return float(np.exp(profile_bound(surface, theta, Q, self._nuisance, z) + surface.lives.centre))

    def reliability_bound(
        self,
        age: float,
        at: Mapping[str, float],
        confidence: float = 0.90,
        side: str = "lower",
        method: str = "likelihood_ratio",
    ) -> float:
        """One-sided bound of `reliability`; always inside [0, 1]."""
        z = normal_quantile(confidence, opposite(side), method, METHODS)
        u = self._standardised(age, at)
        if method == "wald":
            gradient = -np.concatenate(([1.0], self._point(at), [self.spread * u])) / self.spread
            return self.surface.family.survival(u + z * float(np.sqrt(gradient @ self.covariance @ gradient)))
        surface, theta = self._seen_from(at)
        theta[Q], theta[K] = np.log(age) - surface.lives.centre, u
        return self.surface.family.survival(profile_bound(surface, theta, K, self._nuisance, z))

    def acceleration(self, *, stress: Mapping[str, float], use: Mapping[str, float]) -> float:
        """Life at ``use`` over life at ``stress``."""
        return float(np.exp(self.location(use) - self.location(stress)))

    def cautions(self, at: Mapping[str, float]) -> tuple[Caution, ...]:
        """What speaks against trusting the relation at ``at``: extrapolation beyond one span of a stress."""
        found = []
        for name, value, low, high in zip(self.names, self._point(at), *self.range, strict=True):
            spans = max(low - value, value - high, 0.0) / (high - low)
            if spans > SPANS_WITHOUT_CAUTION:
                found.append(Caution("extrapolated_stress", {"covariate": name, "spans": float(spans)}))
        return tuple(found)

    def given_covariates(self) -> Array:
        """Covariates (n, m) of the sample's rows, as given; nan for a unit of which nothing is known."""
        given = np.full((self.sample.lower.size, len(self.names)), np.nan)
        given[self.surface.lives.rows] = self.surface.covariates * self.unit + self.middle
        return given

    @property
    def _nuisance(self) -> tuple[int, ...]:
        return (*range(FIRST_SLOPE, self.surface.size - 1), self.surface.size - 1)

    def _seen_from(self, at: Mapping[str, float]) -> tuple[Surface, Array]:
        """The surface with ``at`` as its reference point, and the estimate there."""
        point = self._point(at)
        moved = self.surface.covariates - (point - self.middle) / self.unit
        theta = self.theta.copy()
        theta[Q] = self._centred_location(point)
        return Surface(self.surface.family, self.surface.lives, moved), theta

    def _centred_location(self, point: Array) -> float:
        return float(self.theta[Q] + self.theta[FIRST_SLOPE:S] @ ((point - self.middle) / self.unit))

    def _point(self, at: Mapping[str, float]) -> Array:
        if set(at) != set(self.names):
            raise RatedPartsError("covariates_differ", given=tuple(at), expected=self.names)
        point = np.array([float(at[name]) for name in self.names])
        if not np.isfinite(point).all():
            wrong = self.names[int(np.argmin(np.isfinite(point)))]
            raise RatedPartsError("covariate_not_a_number", covariate=wrong)
        return point

    def _quantile(self, fraction: float) -> float:
        require_fraction(fraction)
        return self.surface.family.quantile(fraction)

    def _standardised(self, age: float, at: Mapping[str, float]) -> float:
        require_age(age)
        return float((np.log(age) - self.location(at)) / self.spread)


def fit_life_stress(
    sample: LifeSample, covariates: Mapping[str, ArrayLike], distribution: str = "weibull"
) -> LifeStressFit:
    """Fit ln life as a straight line in covariates of stress, with one spread, by maximum likelihood.

    Parameters
    ----------
    sample : LifeSample
        Any censoring, rows in the order of the covariates.
    covariates : mapping of str to array_like, shape (n,)
        What ln life is linear in: `arrhenius_covariates`, `inverse_power_covariates`,
        `prokopowicz_vaskas_covariates`, `peck_covariates` make them from stresses; any others will do.
    distribution : str
        ``weibull``, ``lognormal`` or ``loglogistic``.

    Raises
    ------
    NoFiniteEstimate
        ``no_failures``, ``failures_lie_on_one_line``, ``covariates_separate_failures``.
    FitDidNotConverge
        The iteration stopped early; the best point found is attached.
    RatedPartsError
        ``unknown_distribution``, ``covariates_missing``, ``life_sample_shape``, ``covariate_not_a_number``,
        ``covariate_name_taken``, ``covariates_collinear``.

    References
    ----------
    Nelson, *Accelerated Testing* (1990), chapter 5; Meeker & Escobar (1998), chapters 17 to 19.
    """
    if distribution not in FAMILIES:
        raise RatedPartsError("unknown_distribution", given=distribution, known=tuple(FAMILIES))
    names = tuple(covariates)
    given = _columns(sample, covariates)
    if sample.failures == 0:
        raise NoFiniteEstimate("no_failures", units=sample.units)
    lives = LogLives.of(sample)
    used = given[lives.rows]
    weight = lives.count / lives.count.sum()
    middle = weight @ used
    unit = np.sqrt(weight @ (used - middle) ** 2)
    tiny = 1e-12 * np.maximum(np.abs(middle), 1e-300)
    if (unit <= tiny).any():
        raise RatedPartsError("covariates_collinear", covariates=(names[int(np.argmax(unit <= tiny))],))
    standard = (used - middle) / unit
    design = np.unique(np.column_stack((np.ones(len(standard)), standard)), axis=0)
    if np.linalg.matrix_rank(design) <= len(names):
        raise RatedPartsError("covariates_collinear", covariates=names)
    require_finite_relation(lives, standard)
    surface = Surface(FAMILIES[distribution], lives, standard)
    start = _least_squares(surface)
    free = (Q, *range(FIRST_SLOPE, surface.size))
    theta, value, hessian = climb(surface, start, free)
    inverse = np.linalg.inv(-hessian[np.ix_(free, free)])
    covariance = 0.5 * (inverse + inverse.T)
    # intercept = q + centre - sum(slope middle / unit); coefficient = slope / unit; ln spread as it is.
    turn = np.diag(np.concatenate(([1.0], 1.0 / unit, [1.0])))
    turn[0, 1:-1] = -middle / unit
    slopes = theta[FIRST_SLOPE:S] / unit
    intercept = float(theta[Q] + lives.centre - middle @ slopes)
    return LifeStressFit(
        sample,
        surface,
        theta,
        names,
        middle,
        unit,
        np.array([used.min(axis=0), used.max(axis=0)]),
        {"intercept": intercept, **dict(zip(names, slopes.tolist(), strict=True))},
        turn @ covariance @ turn.T,
        value - lives.log_jacobian,
    )


def _columns(sample: LifeSample, covariates: Mapping[str, ArrayLike]) -> Array:
    if not covariates:
        raise RatedPartsError("covariates_missing")
    if "intercept" in covariates:
        raise RatedPartsError("covariate_name_taken", covariate="intercept")
    columns = []
    for name, values in covariates.items():
        try:
            column = np.asarray(values, dtype=float)
        except (TypeError, ValueError) as error:
            raise RatedPartsError("covariate_not_a_number", covariate=name) from error
        if column.shape != sample.lower.shape:
            raise RatedPartsError(
                "life_sample_shape", argument=name, shape=column.shape, expected=sample.lower.shape
            )
        if not np.isfinite(column).all():
            raise RatedPartsError("covariate_not_a_number", covariate=name)
        columns.append(column)
    return np.column_stack(columns)


def _least_squares(surface: Surface) -> Array:
    """Every unit taken as failed where it was last known: near enough to climb from."""
    lives = surface.lives
    design = np.column_stack((np.ones(lives.y.size), surface.covariates))
    root = np.sqrt(lives.count)
    y = lives.middles
    found, *_ = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
    left = y - design @ found
    variance = float(lives.count @ (left * left) / lives.count.sum())
    start = np.zeros(surface.size)
    start[Q], start[FIRST_SLOPE:S], start[S] = found[0], found[1:], 0.5 * np.log(max(variance, 1e-4))
    return start
