"""What must hold of every fit, whatever the sample."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull


@st.composite
def samples(draw):
    """Ten to forty units, each exact, suspended, left- or interval-censored."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    n = draw(st.integers(5, 40))
    lives = 100.0 * random.weibull(draw(st.sampled_from([0.5, 1.0, 2.0, 4.0])), n)
    kind = random.choice(
        4,
        n,
        p=draw(st.sampled_from([(1, 0, 0, 0), (0.5, 0.5, 0, 0), (0.2, 0.3, 0.2, 0.3), (0, 0.4, 0.3, 0.3)])),
    )
    look = 100.0 * random.uniform(0.2, 2.0, n)
    lower, upper = lives.copy(), lives.copy()
    early = kind == 1
    lower[early] = np.minimum(lives, look)[early]
    upper[early & (look < lives)] = np.inf
    left = kind == 2
    lower[left] = np.where(lives < look, 0.0, look)[left]
    upper[left] = np.where(lives < look, look, np.inf)[left]
    inside = kind == 3
    lower[inside] = (np.floor(lives / 30.0) * 30.0)[inside]
    upper[inside] = lower[inside] + 30.0
    return LifeSample(lower, upper)


def fitted(sample):
    try:
        return fit_weibull(sample)
    except NoFiniteEstimate:
        assume(False)
        raise


def negative_log_likelihood(parameters, sample):
    """The definition itself, slow and naive: survival differences and densities."""
    location, log_spread = parameters
    shape = np.exp(-log_spread)

    def survival(t):
        with np.errstate(over="ignore"):
            return np.exp(-np.exp(shape * (np.log(np.maximum(t, 1e-300)) - location)))

    total = 0.0
    for low, high, count in zip(sample.lower, sample.upper, sample.count, strict=True):
        if low == high:
            z = shape * (np.log(low) - location)
            total += count * (np.log(shape / low) + z - np.exp(z))
        else:
            mass = (1.0 if low == 0 else survival(low)) - (0.0 if np.isinf(high) else survival(high))
            total += count * np.log(max(mass, 1e-300))
    return -total


@settings(max_examples=60, deadline=None)
@given(samples())
def test_no_other_parameters_are_more_likely(sample):
    fit = fitted(sample)
    assert negative_log_likelihood((fit.location, np.log(fit.spread)), sample) == pytest.approx(
        -fit.log_likelihood, abs=1e-7
    )
    start = (fit.location + 0.2 * fit.spread, np.log(fit.spread) - 0.1)
    other = minimize(negative_log_likelihood, start, args=(sample,), method="Nelder-Mead")
    assert other.fun >= -fit.log_likelihood - 1e-6


@settings(max_examples=60, deadline=None)
@given(samples(), st.sampled_from([1e-9, 1 / 8766.0, 3600.0, 1e12]))
def test_the_unit_of_time_does_not_matter(sample, factor):
    fit = fitted(sample)
    other = fit_weibull(LifeSample(sample.lower * factor, sample.upper * factor, sample.count))
    assert other.shape == pytest.approx(fit.shape, rel=1e-9)
    assert other.scale == pytest.approx(fit.scale * factor, rel=1e-9)
    for method in ("wald", "likelihood_ratio"):
        bound = fit.life_bound(0.10, method=method)
        assume(bound > 1e-200)
        assert other.life_bound(0.10, method=method) == pytest.approx(bound * factor, rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(samples(), st.floats(0.55, 0.99), st.floats(0.001, 0.9))
def test_bounds_bracket_the_estimate_and_stay_inside_their_range(sample, confidence, fraction):
    fit = fitted(sample)
    for method in ("wald", "likelihood_ratio"):
        terms = {"confidence": confidence, "method": method}
        low, high = (fit.life_bound(fraction, side=side, **terms) for side in ("lower", "upper"))
        assert 0 <= low < fit.life(fraction) < high
        age = float(np.max(sample.lower))
        low, high = (fit.reliability_bound(age, side=side, **terms) for side in ("lower", "upper"))
        assert 0 <= low <= fit.reliability(age) <= high <= 1
        low, high = (fit.shape_bound(side=side, **terms) for side in ("lower", "upper"))
        assert 0 < low < fit.shape < high


@settings(max_examples=40, deadline=None)
@given(samples(), st.floats(0.05, 0.6))
def test_the_life_and_the_reliability_bound_are_two_faces_of_one(sample, fraction):
    fit = fitted(sample)
    age = fit.life_bound(fraction)
    assume(age > 1e-200)
    assert fit.reliability_bound(age) == pytest.approx(1.0 - fraction, rel=1e-6)


@pytest.mark.parametrize(
    ("lower", "upper", "code"),
    [
        ([100, 200], [np.inf, np.inf], "no_failures"),
        ([100, 50], [100, np.inf], "failures_share_one_instant"),
        ([100, 100, 50], [100, 100, np.inf], "failures_share_one_instant"),
        ([0, 48, 48], [48, 168, np.inf], "failures_share_one_instant"),
        ([48, 48], [168, np.inf], "failures_share_one_instant"),
        ([0, 100, 100], [50, np.inf, np.inf], "failures_do_not_rise_with_age"),
    ],
)
def test_where_no_finite_maximum_exists_the_refusal_says_why(lower, upper, code):
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_weibull(LifeSample(lower, upper))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ([100, 500], [100, np.inf]),  # one failure before the end of test
        ([100, 100, 200], [100, 100, np.inf]),
        ([48, 168, 500], [168, 500, np.inf]),
        ([0, 0, 10, 100], [100, 90, np.inf, np.inf]),  # current status, failing with age
    ],
)
def test_where_a_finite_maximum_exists_it_is_found(lower, upper):
    sample = LifeSample(lower, upper)
    fit = fit_weibull(sample)
    for move in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        trial = (fit.location + move[0] * fit.spread, np.log(fit.spread) + move[1])
        assert negative_log_likelihood(trial, sample) > -fit.log_likelihood


def test_readouts_from_minutes_to_years_converge():
    edges = np.array([0.0, 0.01, 1.0, 100.0, 1e4, 1e6])
    sample = LifeSample(edges, [*edges[1:], np.inf], [3, 2, 4, 3, 5, 60])
    fit = fit_weibull(sample)
    assert 0 < fit.shape < 1
    assert fit.life_bound(0.01) < fit.life(0.01)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"fraction": 0.0}, "fraction_outside_unit_interval"),
        ({"fraction": 0.1, "confidence": 1.0}, "confidence_outside_unit_interval"),
        ({"fraction": 0.1, "side": "both"}, "unknown_side"),
        ({"fraction": 0.1, "method": "fisher"}, "unknown_method"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused(arguments, code):
    fit = fit_weibull(LifeSample.from_times([1.0, 2.0, 3.0], [True] * 3))
    with pytest.raises(RatedPartsError) as refusal:
        fit.life_bound(**arguments)
    assert refusal.value.code == code
