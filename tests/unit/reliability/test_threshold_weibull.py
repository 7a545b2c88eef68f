"""The three-parameter Weibull fit against its definition."""

import numpy as np
import pytest
from scipy.optimize import minimize

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.fits.threshold_weibull import fit_threshold_weibull

from ...reference.test_weibull_cases import CASES, sample_of

ALLOY = next(case for case in CASES if case["id"] == "alloy_t7987_weibull3p")


def log_likelihood(parameters, sample):
    """The definition itself: densities and differences of the survival function."""
    threshold, scale, shape = parameters
    if scale <= 0 or shape <= 0:
        return -np.inf

    def hazard(t):
        return (np.maximum(t - threshold, 0.0) / scale) ** shape

    low, high = sample.lower, sample.upper
    exact = low == high
    if (low[exact] <= threshold).any():
        return -np.inf
    x = low[exact] - threshold
    with np.errstate(all="ignore"):
        density = np.log(shape / scale) + (shape - 1.0) * np.log(x / scale) - hazard(low[exact])
        mass = np.log(np.exp(-hazard(low[~exact])) - np.exp(-hazard(high[~exact])))
    return float(sample.count[exact] @ density + sample.count[~exact] @ mass)


def optimised(sample, start):
    best = start
    for _ in range(6):
        best = minimize(
            lambda p: -log_likelihood(p, sample),
            best,
            method="Nelder-Mead",
            options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000},
        ).x
    return best


def drawn(kind, seed=3):
    random = np.random.default_rng(seed)
    lives = 50.0 + 100.0 * random.weibull(1.8, 60)
    if kind == "readouts":
        at = np.array([0.0, 60.0, 80.0, 100.0, 120.0, 150.0, 200.0, np.inf])
        cell = np.searchsorted(at, lives) - 1
        return LifeSample(at[cell], at[cell + 1])
    end = random.uniform(30.0, 250.0, 60) if kind == "suspended" else np.full(60, np.inf)
    return LifeSample.from_times(np.minimum(lives, end), lives < end)


def test_the_alloy_of_meeker_and_escobar():
    expected, fit = ALLOY["expected"], fit_threshold_weibull(sample_of(ALLOY))
    assert fit.threshold == pytest.approx(expected["gamma"], rel=1e-8)
    assert fit.shape == pytest.approx(expected["beta"], rel=1e-8)
    assert fit.scale == pytest.approx(expected["eta"], rel=1e-8)
    assert (fit.location, fit.spread) == pytest.approx((expected["mu"], expected["sigma"]), rel=1e-8)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-8)


@pytest.mark.parametrize("kind", ["complete", "suspended", "readouts"])
def test_an_independent_optimisation_ends_at_the_same_point(kind):
    sample = drawn(kind)
    fit = fit_threshold_weibull(sample)
    point = (fit.threshold, fit.scale, fit.shape)
    assert log_likelihood(point, sample) == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert optimised(sample, np.array(point) * [0.98, 1.02, 1.03]) == pytest.approx(point, rel=2e-6)
    # A maximum to every digit that differences of the definition can tell.
    for step in np.eye(3) * 1e-4 * np.array(point):
        up, down = log_likelihood(point + step, sample), log_likelihood(point - step, sample)
        assert max(up, down) < fit.log_likelihood
        bend = up + down - 2.0 * fit.log_likelihood
        assert abs((up - down) / 2.0 / bend) < 1e-3


@pytest.mark.parametrize(("unit", "delay"), [(1e-6, 0.0), (3600.0, 0.0), (1.0, 500.0), (1.0, -20.0)])
def test_the_fit_moves_with_the_unit_and_the_origin_of_time(unit, delay):
    sample = drawn("suspended")
    fit = fit_threshold_weibull(sample)
    moved = fit_threshold_weibull(
        LifeSample(unit * (sample.lower + delay), unit * (sample.upper + delay), sample.count)
    )
    assert moved.threshold == pytest.approx(unit * (fit.threshold + delay), rel=1e-9)
    assert (moved.shape, moved.scale / unit) == pytest.approx((fit.shape, fit.scale), rel=1e-8)


def test_life_and_reliability_start_at_the_threshold():
    fit = fit_threshold_weibull(drawn("complete"))
    assert fit.reliability(fit.threshold - 1.0) == 1.0
    assert fit.reliability(fit.threshold) == 1.0
    assert fit.reliability(fit.life(0.1)) == pytest.approx(0.9)
    assert fit.life(1e-9) > fit.threshold
    with pytest.raises(RatedPartsError):
        fit.reliability(np.nan)


def test_without_an_interior_maximum_the_end_is_named():
    infant = 100.0 * np.random.default_rng(0).weibull(0.6, 25)
    with pytest.raises(NoFiniteEstimate) as early:
        fit_threshold_weibull(LifeSample(infant, infant))
    assert early.value.code == "threshold_without_maximum"
    assert early.value.parameters["end"] == "first_failure"
    left = 2000.0 - 100.0 * np.random.default_rng(1).weibull(0.9, 40)
    with pytest.raises(NoFiniteEstimate) as far:
        fit_threshold_weibull(LifeSample(left, left))
    assert far.value.parameters["end"] == "minus_infinity"
    assert far.value.parameters["instead"] == "fit_weibull"
    assert fit_weibull(LifeSample(left, left)).shape > 0


def test_a_sample_without_a_weibull_fit_has_none_with_a_threshold_either():
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_threshold_weibull(LifeSample([10.0, 10.0], [10.0, np.inf]))
    assert refusal.value.code == "failures_share_one_instant"
