"""What must hold of a fit of every family and of its bounds, whatever the sample."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import gumbel_l, logistic, norm

from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit

STANDARD = {"weibull": gumbel_l, "lognormal": norm, "loglogistic": logistic, "exponential": gumbel_l}
TWO_PARAMETERS = ("weibull", "lognormal", "loglogistic")
METHODS = ("wald", "likelihood_ratio")
SIDES = ("lower", "upper")

families = st.sampled_from(TWO_PARAMETERS)
every_family = st.sampled_from(tuple(STANDARD))
methods = st.sampled_from(METHODS)
sides = st.sampled_from(SIDES)


@st.composite
def samples(draw):
    """Five to thirty rows, each exact, suspended, left- or interval-censored, with counts."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(5, 30))
    lives = 100.0 * random.weibull(draw(st.sampled_from([0.5, 1.0, 2.5])), n)
    looks = 100.0 * random.uniform(0.1, 2.0, n)
    shares = st.sampled_from([(1, 0, 0, 0), (0.4, 0.6, 0, 0), (0.25, 0.25, 0.25, 0.25), (0, 0.4, 0.2, 0.4)])
    kind = random.choice(4, n, p=draw(shares))
    inside = np.floor(lives / 25.0) * 25.0
    before = lives < looks
    lower = np.choose(kind, [lives, np.minimum(lives, looks), np.where(before, 0.0, looks), inside])
    ends = [lives, np.where(before, lives, np.inf), np.where(before, looks, np.inf), inside + 25.0]
    return LifeSample(lower, np.choose(kind, ends), random.integers(1, 4, n))


@st.composite
def coarse_samples(draw):
    """One to six rows on the times 1, 2, 3, 4, 6: many touch, and many have no finite maximum."""
    times = st.sampled_from([1.0, 2.0, 3.0, 4.0, 6.0])
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        kind, time, later = draw(st.integers(0, 3)), draw(times), draw(st.sampled_from([2.0, 3.0, 4.0, 6.0]))
        if kind == 0:
            rows.append((time, time))
        elif kind == 1:
            rows.append((time, np.inf))
        else:
            start = 0.0 if kind == 2 or time >= later else time
            rows.append((start, later))
    lower, upper = zip(*rows, strict=True)
    return LifeSample(lower, upper, draw(st.lists(st.integers(1, 3), min_size=len(rows), max_size=len(rows))))


def fitted(sample, distribution):
    try:
        return fit(sample, distribution)
    except NoFiniteEstimate:
        assume(False)
        raise


def log_likelihood(sample, distribution, location, spread):
    """The definition, with scipy's distributions; at many points where location and spread are columns."""
    standard = STANDARD[distribution]
    with np.errstate(divide="ignore", over="ignore"):
        z, end = ((np.log(t) - location) / spread for t in (sample.lower, sample.upper))
        exact = sample.lower == sample.upper
        # In the upper tail the difference of survivals has the digits, in the lower that of distributions.
        mass = np.where(z > 0, standard.sf(z) - standard.sf(end), standard.cdf(end) - standard.cdf(z))
        density = standard.logpdf(np.where(exact, z, 0.0)) - np.log(spread)
        density = density - np.log(np.where(exact, sample.lower, 1.0))
        return np.where(exact, density, np.log(np.where(exact, 1.0, mass))) @ sample.count


def life_and_reliability_bounds(fit_, fraction, age, confidence, method):
    terms = {"confidence": confidence, "method": method}
    lives = [fit_.life_bound(fraction, side=side, **terms) for side in SIDES]
    return lives, [fit_.standardised_bound(age, side=side, **terms) for side in SIDES]


@settings(max_examples=40, deadline=None)
@given(samples(), every_family, st.integers(-9, 9), methods, sides)
def test_the_unit_of_time_changes_no_estimate_and_no_bound(sample, distribution, power, method, side):
    factor = 10.0**power
    ours = fitted(sample, distribution)
    other = fit(LifeSample(sample.lower * factor, sample.upper * factor, sample.count), distribution)
    assert other.spread == pytest.approx(ours.spread, rel=1e-9)
    assert other.life(0.1) == pytest.approx(ours.life(0.1) * factor, rel=1e-9)
    assert other.location_covariance == pytest.approx(ours.location_covariance, rel=1e-8, abs=1e-12)
    exact = float(sample.count[sample.lower == sample.upper].sum())
    assert other.log_likelihood == pytest.approx(
        ours.log_likelihood - exact * math.log(factor), rel=1e-9, abs=1e-8
    )
    terms = {"side": side, "method": method}
    age = ours.life(0.3)
    assert other.reliability(age * factor) == pytest.approx(ours.reliability(age), rel=1e-9)
    assert other.reliability_bound(age * factor, **terms) == pytest.approx(
        ours.reliability_bound(age, **terms), rel=1e-9
    )
    bound = ours.life_bound(0.1, **terms)
    assume(1e-200 < bound < 1e200)
    # A bound hundreds of orders of magnitude away carries the rounding of its logarithm.
    assert math.log(other.life_bound(0.1, **terms)) == pytest.approx(
        math.log(bound) + math.log(factor), abs=1e-9 * (1.0 + ours.spread)
    )


@settings(max_examples=40, deadline=None)
@given(samples(), every_family, st.integers(0, 2**32 - 1))
def test_counts_say_what_repeated_rows_in_any_order_say(sample, distribution, seed):
    ours = fitted(sample, distribution)
    order = np.random.default_rng(seed).permutation(sample.units)
    repeated = (np.repeat(side, sample.count.astype(int))[order] for side in (sample.lower, sample.upper))
    other = fit(LifeSample(*repeated), distribution)
    # Bit for bit: rows are merged and sorted before anything is summed.
    assert (other.location, other.spread) == (ours.location, ours.spread)
    assert other.log_likelihood == ours.log_likelihood
    assert np.array_equal(other.location_covariance, ours.location_covariance)
    for method in METHODS:
        theirs = life_and_reliability_bounds(other, 0.1, 50.0, 0.9, method)
        assert theirs == life_and_reliability_bounds(ours, 0.1, 50.0, 0.9, method)


@settings(max_examples=40, deadline=None)
@given(samples(), every_family, st.floats(0.55, 0.995), st.floats(0.001, 0.95), st.floats(1.0, 400.0))
def test_bounds_stand_on_their_side_of_the_estimate(sample, distribution, confidence, fraction, age):
    ours = fitted(sample, distribution)
    for method in METHODS:
        terms = {"confidence": confidence, "method": method}
        low, high = (ours.life_bound(fraction, side=side, **terms) for side in SIDES)
        assert 0.0 <= low < ours.life(fraction) < high
        low, high = (ours.reliability_bound(age, side=side, **terms) for side in SIDES)
        assert 0.0 <= low <= ours.reliability(age) <= high <= 1.0
        if distribution == "weibull":
            low, high = (ours.shape_bound(side=side, **terms) for side in SIDES)
            assert 0.0 < low < ours.shape < high
            low, high = (ours.cumulative_hazard_bound(age, side=side, **terms) for side in SIDES)
            assert 0.0 <= low <= math.exp(ours.standardised(age)) <= high


@settings(max_examples=30, deadline=None)
@given(samples(), every_family, methods, st.floats(1.0, 300.0))
def test_more_confidence_moves_a_bound_outwards(sample, distribution, method, age):
    ours = fitted(sample, distribution)
    levels = (0.2, 0.5, 0.6, 0.9, 0.99, 0.999)

    def rising(bounds):
        return all(one < next_ or one == next_ == np.inf for one, next_ in pairwise(bounds))

    bounds = {side: [ours.life_bound(0.1, level, side, method) for level in levels] for side in SIDES}
    assert rising([-bound for bound in bounds["lower"]]) or bounds["lower"][-1] == 0.0
    assert rising(bounds["upper"])
    # At 50 % both bounds are the estimate; below, a lower bound at c is the upper one at 1 - c.
    assert bounds["lower"][1] == bounds["upper"][1] == pytest.approx(ours.life(0.1), rel=1e-9)
    assert ours.life_bound(0.1, 0.8, "upper", method) == pytest.approx(bounds["lower"][0], rel=1e-9)
    z = [ours.standardised_bound(age, level, "upper", method) for level in levels]
    assert rising(z)
    survivals = [ours.reliability_bound(age, level, "lower", method) for level in levels]
    assert sorted(survivals, reverse=True) == survivals


@settings(max_examples=30, deadline=None)
@given(samples(), every_family, methods, sides)
def test_twice_as_many_units_bring_every_bound_nearer(sample, distribution, method, side):
    ours = fitted(sample, distribution)
    twice = fit(LifeSample(sample.lower, sample.upper, 2 * sample.count), distribution)
    assert twice.location == pytest.approx(ours.location, rel=1e-9, abs=1e-9 * ours.spread)
    assert twice.spread == pytest.approx(ours.spread, rel=1e-8)
    assert twice.log_likelihood == pytest.approx(2.0 * ours.log_likelihood, rel=1e-9, abs=1e-9)
    assert twice.location_covariance == pytest.approx(ours.location_covariance / 2.0, rel=1e-6, abs=1e-9)
    estimate = math.log(ours.life(0.1))
    terms = {"side": side, "method": method}
    once, again = (one.life_bound(0.1, **terms) for one in (ours, twice))
    with np.errstate(divide="ignore"):
        assert abs(np.log(again) - estimate) < abs(np.log(once) - estimate) or once == again == np.inf
    age, u = 50.0, ours.standardised(50.0)
    once, again = (one.standardised_bound(age, **terms) for one in (ours, twice))
    assert abs(again - u) < abs(once - u) or np.isinf(once)
    if distribution == "weibull":
        once, again = (one.shape_bound(**terms) for one in (ours, twice))
        assert abs(math.log(again / ours.shape)) < abs(math.log(once / ours.shape))


@pytest.mark.parametrize("distribution", TWO_PARAMETERS)
@pytest.mark.parametrize(
    ("lower", "upper", "count"),
    [
        ([125, 125.0857743, 13.7, 100, 0], [150, 125.0857743, np.inf, 125, 133.5], [1, 3, 2, 1, 1]),
        ([0, 130.5, 0, 115.3, 43.4], [114.2, np.inf, 25, np.inf, np.inf], [3, 1, 1, 2, 3]),
        ([82.8, 75.0, 18.6, 50, 0], [np.inf, 75.0, np.inf, 75, 25], [3, 3, 1, 2, 2]),
    ],
    ids=["a spread of 0.0003", "current status", "mixed"],
)
def test_a_hard_sample_has_errors_and_bounds_all_the_same(lower, upper, count, distribution):
    ours = fit(LifeSample(lower, upper, count), distribution)
    for shift, stretch in ((1e-3, 1.0), (-1e-3, 1.0), (0.0, 1.001), (0.0, 0.999)):
        near = (ours.location + shift * ours.spread, ours.spread * stretch)
        assert log_likelihood(ours.sample, distribution, *near) < ours.log_likelihood
    peak = log_likelihood(ours.sample, distribution, ours.location, ours.spread)
    assert ours.log_likelihood == pytest.approx(peak, rel=1e-9)
    assert np.all(np.linalg.eigvalsh(ours.location_covariance) > 0.0)
    for method in METHODS:
        for confidence in (0.9, 0.999):
            terms = {"confidence": confidence, "method": method}
            low, high = (ours.life_bound(0.1, side=side, **terms) for side in SIDES)
            assert 0.0 <= low < ours.life(0.1) < high
            low, high = (ours.standardised_bound(50.0, side=side, **terms) for side in SIDES)
            assert low < ours.standardised(50.0) < high


@settings(max_examples=40, deadline=None)
@given(samples(), every_family, st.floats(0.02, 0.8), st.floats(0.6, 0.99), sides)
def test_at_the_bound_of_a_life_the_bound_of_the_reliability_is_the_rest(
    sample, distribution, fraction, confidence, side
):
    ours = fitted(sample, distribution)
    age = ours.life_bound(fraction, confidence, side)
    assume(1e-200 < age < 1e200)
    k = ours.standardised_life(fraction)
    turned = "upper" if side == "lower" else "lower"
    assert ours.standardised_bound(age, confidence, turned) == pytest.approx(k, abs=1e-7)
    assert ours.reliability_bound(age, confidence, side) == pytest.approx(1.0 - fraction, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(samples(), every_family)
def test_the_definition_has_no_slope_at_the_estimate_and_the_same_value(sample, distribution):
    ours = fitted(sample, distribution)
    at = (ours.location, ours.spread)
    peak = log_likelihood(sample, distribution, *at)
    assert ours.log_likelihood == pytest.approx(peak, rel=1e-10, abs=1e-8)
    _, gradient, _ = ours.surface.derivatives(ours.theta)
    free = list(ours.free)
    scale = np.sqrt(np.diag(np.linalg.inv(ours.location_covariance[: len(free), : len(free)])))
    assert np.all(np.abs(gradient[free]) < 1e-8 * (1.0 + scale))
    h = 1e-4
    moves = [(h * at[1], 1.0), (0.0, math.exp(h))] if len(free) == 2 else [(h * at[1], 1.0)]
    for shift, stretch in moves:
        up = log_likelihood(sample, distribution, at[0] + shift, at[1] * stretch)
        down = log_likelihood(sample, distribution, at[0] - shift, at[1] / stretch)
        # The slope, from differences, in units of one spread or one of ln spread.
        assert (up - down) / (2 * h) == pytest.approx(0.0, abs=1e-5 * sample.units)
        assert max(up, down) <= peak + 1e-9 * (1.0 + abs(peak))


@settings(max_examples=40, deadline=None)
@given(samples())
def test_an_exponential_fit_is_a_weibull_fit_whose_spread_is_held_at_one(sample):
    ours = fitted(sample, "exponential")
    assert ours.spread == 1.0
    assert ours.location_covariance[1, 1] == ours.location_covariance[0, 1] == 0.0
    free = fitted(sample, "weibull")
    assert ours.log_likelihood <= free.log_likelihood + 1e-9
    for shift in (-1e-3, 1e-3):
        assert log_likelihood(sample, "weibull", ours.location + shift, 1.0) < ours.log_likelihood
    if sample.exactly_monitored:
        total = float(sample.count @ sample.lower)
        assert ours.life(1.0 - math.exp(-1.0)) == pytest.approx(total / sample.failures, rel=1e-10)
        assert ours.location_covariance[0, 0] == pytest.approx(1.0 / sample.failures, rel=1e-10)


def keeps_rising_towards_no_spread(sample):
    """A direction in (a, b), b not falling, along which no row's probability falls: a linear programme.

    With ``z = b ln t + a``, an exact row's z must stand still, a suspension's must not rise, and so on.
    """
    least, most = [], []  # of the movement of z at the start and the end of each row
    equal = []
    for low, high in zip(sample.lower, sample.upper, strict=True):
        if low == high:
            equal.append([1.0, math.log(low)])
            continue
        if low > 0:
            most.append([1.0, math.log(low)])
        if np.isfinite(high):
            least.append([-1.0, -math.log(high)])
    at_most = least + most
    rows = {"A_ub": at_most, "b_ub": [0.0] * len(at_most)} if at_most else {}
    if equal:
        rows |= {"A_eq": equal, "b_eq": [0.0] * len(equal)}
    box = [(-10.0, 10.0), (0.0, 1.0)]
    return any(
        -linprog(objective, bounds=box, method="highs", **rows).fun > 1e-7
        for objective in ([0.0, -1.0], [-1.0, 0.0], [1.0, 0.0])
    )


def is_best_without_slope(sample):
    """Whether the supremum lies at infinite spread: in whole numbers, so that ties are ties."""
    failed = np.isfinite(sample.upper)
    if not failed.any() or np.any(sample.lower[failed] > 0) or failed.all():
        return False

    def product(times, counts):
        return math.prod(int(time) ** int(count) for time, count in zip(times, counts, strict=True))

    early = product(sample.upper[failed], sample.count[failed])
    late = product(sample.lower[~failed], sample.count[~failed])
    return early ** int(sample.count[~failed].sum()) <= late ** int(sample.count[failed].sum())


@settings(max_examples=150, deadline=None)
@given(coarse_samples(), families)
def test_an_estimate_is_refused_exactly_where_the_likelihood_has_no_finite_maximum(sample, distribution):
    without = keeps_rising_towards_no_spread(sample) or is_best_without_slope(sample)
    try:
        ours = fit(sample, distribution)
    except NoFiniteEstimate:
        assert without
        return
    assert not without
    # No point of a wide grid is better, and the far ends are worse.
    spreads = np.exp(np.linspace(-6.0, 9.0, 31))[:, None]
    grid = np.hstack(
        (np.broadcast_to(np.linspace(-1.0, 3.0, 9), (31, 9)), spreads * np.linspace(-2.0, 2.0, 9))
    )
    values = log_likelihood(sample, distribution, grid.reshape(-1, 1), np.repeat(spreads, 18, axis=0))
    assert values.max() <= ours.log_likelihood + 1e-8
    assert values.reshape(31, 18)[[0, -1]].max() < ours.log_likelihood


@settings(max_examples=100, deadline=None)
@given(coarse_samples())
def test_an_exponential_estimate_needs_a_failure_and_a_unit_seen_alive(sample):
    locations = np.linspace(-8.0, 12.0, 81)
    values = log_likelihood(sample, "exponential", locations[:, None], 1.0)
    best = int(np.argmax(values))
    try:
        ours = fit(sample, "exponential")
    except NoFiniteEstimate:
        assert best in (0, len(values) - 1) or np.ptp(values) == 0.0
        return
    assert 0 < best < len(values) - 1
    assert values[best] <= ours.log_likelihood + 1e-9
    assert abs(ours.location - locations[best]) <= 0.25
