"""The limited failure population against its definition."""

import numpy as np
import pytest
from scipy.optimize import minimize

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.fits.limited_failure_population import fit_limited_failure_population

from ..reference.test_weibull_cases import CASES, sample_of

MEEKER = next(case for case in CASES if case["id"] == "ic_lfp1370_limited_failure_population")


def negative_log_likelihood(parameters, sample):
    """The definition itself, in (logit p, ln scale, ln shape)."""
    odds, log_scale, log_shape = parameters
    p, shape = 1.0 / (1.0 + np.exp(-odds)), np.exp(log_shape)

    def failed(t):
        with np.errstate(over="ignore", divide="ignore"):
            return -np.expm1(-np.exp(shape * (np.log(t) - log_scale)))

    low, high = sample.lower, sample.upper
    exact, suspended = low == high, np.isinf(high)
    between = ~exact & ~suspended
    z = shape * (np.log(low[exact]) - log_scale)
    total = sample.count[exact] @ (np.log(p * shape / low[exact]) + z - np.exp(z))
    total += sample.count[suspended] @ np.log1p(-p * failed(low[suspended]))
    with np.errstate(divide="ignore"):
        total += sample.count[between] @ np.log(p * (failed(high[between]) - failed(low[between])))
    return -float(total)


def weak(kind, seed=0):
    """A third of ninety units can fail."""
    random = np.random.default_rng(seed)
    lives = np.where(random.random(90) < 0.33, 100.0 * random.weibull(1.4, 90), np.inf)
    if kind == "readouts":
        at = np.array([0.0, 20.0, 50.0, 80.0, 120.0, 200.0, 400.0, np.inf])
        cell = np.minimum(np.searchsorted(at, lives) - 1, 6)
        return LifeSample(at[cell], at[cell + 1])
    end = random.uniform(50.0, 600.0, 90) if kind == "staggered" else np.full(90, 500.0)
    return LifeSample.from_times(np.minimum(lives, end), lives < end)


KINDS = ["one_end", "staggered", "readouts"]


def test_the_integrated_circuits_of_meeker():
    expected, fit = MEEKER["expected"], fit_limited_failure_population(sample_of(MEEKER))
    assert fit.fraction == pytest.approx(expected["p"], rel=1e-9)
    assert fit.shape == pytest.approx(expected["beta"], rel=1e-9)
    assert fit.scale == pytest.approx(expected["eta"], rel=1e-9)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_an_independent_search_from_many_starts_finds_nothing_better(kind):
    sample = weak(kind)
    fit = fit_limited_failure_population(sample)
    point = np.array([np.log(fit.fraction / (1.0 - fit.fraction)), np.log(fit.scale), np.log(fit.shape)])
    assert negative_log_likelihood(point, sample) == pytest.approx(-fit.log_likelihood, abs=1e-9)
    random = np.random.default_rng(1)
    ends = [
        minimize(
            negative_log_likelihood,
            point + random.normal(0.0, [2.0, 1.0, 0.5]),
            args=(sample,),
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000},
        )
        for _ in range(6)
    ]
    best = min(ends, key=lambda end: end.fun)
    assert best.fun >= -fit.log_likelihood - 1e-9
    assert best.x == pytest.approx(point, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_covariance_is_the_inverse_of_the_curvature(kind):
    sample = weak(kind)
    fit = fit_limited_failure_population(sample)
    point = np.array([np.log(fit.fraction / (1.0 - fit.fraction)), np.log(fit.scale), np.log(fit.shape)])
    step, curvature = 1e-3, np.empty((3, 3))
    for i, a in enumerate(np.eye(3) * step):
        for j, b in enumerate(np.eye(3) * step):
            around = [
                negative_log_likelihood(point + s * a + t * b, sample) for s in (1, -1) for t in (1, -1)
            ]
            curvature[i, j] = (around[0] - around[1] - around[2] + around[3]) / (4.0 * step * step)
    assert np.linalg.inv(curvature) == pytest.approx(fit.covariance, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("side", ["lower", "upper"])
def test_the_likelihood_ratio_bound_of_the_fraction_has_that_ratio(side):
    sample = weak("one_end")
    fit = fit_limited_failure_population(sample)
    bound = fit.fraction_bound(0.95, side)
    odds = np.log(bound / (1.0 - bound))
    held = minimize(
        lambda rest: negative_log_likelihood((odds, *rest), sample),
        (np.log(fit.scale), np.log(fit.shape)),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12},
    )
    assert 2.0 * (held.fun + fit.log_likelihood) == pytest.approx(1.6448536269514722**2, abs=1e-7)
    wald = fit.fraction_bound(0.95, side, "wald")
    assert (bound < fit.fraction) == (wald < fit.fraction) == (side == "lower")


def test_a_fraction_of_one_that_is_not_excluded_is_its_upper_bound():
    random = np.random.default_rng(5)
    for _ in range(50):
        lives = random.weibull(1.5, 30)
        try:
            fit = fit_limited_failure_population(LifeSample.from_times(np.minimum(lives, 0.9), lives < 0.9))
        except NoFiniteEstimate:
            continue
        excluded = fit.likelihood_ratio > 1.2815515655446004**2
        assert (fit.fraction_bound(0.90, "upper") < 1.0) == excluded
        assert fit.likelihood_ratio > 0


def test_the_unit_of_time_makes_no_difference():
    sample = weak("staggered")
    fit = fit_limited_failure_population(sample)
    seconds = fit_limited_failure_population(LifeSample(3600.0 * sample.lower, 3600.0 * sample.upper))
    assert (seconds.fraction, seconds.shape, seconds.scale / 3600.0) == pytest.approx(
        (fit.fraction, fit.shape, fit.scale), rel=1e-9
    )


def test_reliability_levels_off_and_life_ends_there():
    fit = fit_limited_failure_population(weak("one_end"))
    assert fit.reliability(1e12) == pytest.approx(1.0 - fit.fraction)
    assert fit.reliability(fit.life(0.1)) == pytest.approx(0.9)
    assert fit.life(0.99) == np.inf
    with pytest.raises(RatedPartsError):
        fit.life(1.0)
    with pytest.raises(RatedPartsError):
        fit.reliability(0.0)


def test_complete_lives_are_explained_by_the_ordinary_distribution():
    lives = 100.0 * np.random.default_rng(2).weibull(1.5, 40)
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_limited_failure_population(LifeSample(lives, lives))
    assert refusal.value.code == "population_not_limited"
    assert refusal.value.parameters["instead"] == "fit_weibull"


def test_a_refusal_means_that_no_smaller_fraction_is_more_likely():
    random = np.random.default_rng(7)
    refused = 0
    for _ in range(12):
        lives = random.weibull(1.5, 40)
        sample = LifeSample.from_times(np.minimum(lives, 0.8), lives < 0.8)
        try:
            fit_limited_failure_population(sample)
        except NoFiniteEstimate:
            refused += 1
            ordinary = fit_weibull(sample)
            for odds in (0.0, 1.0, 2.0, 4.0):
                start = (odds, ordinary.location, -np.log(ordinary.spread))
                end = minimize(negative_log_likelihood, start, args=(sample,), method="Nelder-Mead")
                assert end.fun >= -ordinary.log_likelihood - 1e-6
    assert refused >= 2


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (LifeSample([5.0], [np.inf]), "no_failures"),
        # A point at 5 explains every failure, whatever the others do.
        (LifeSample([5.0, 9.0], [5.0, np.inf], [3, 20]), "failures_share_one_instant"),
        (LifeSample([0.0, 9.0], [5.0, np.inf], [3, 20]), "failures_share_one_instant"),
    ],
)
def test_failures_at_one_instant_have_no_distribution(sample, code):
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_limited_failure_population(sample)
    assert refusal.value.code == code
