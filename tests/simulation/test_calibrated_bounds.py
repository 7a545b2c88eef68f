"""Bounds judged by their own distribution: of every design, of samples without an estimate, and refused."""

import math

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import (
    LifeSample,
    NoFiniteEstimate,
    calibrated_life_bound,
    calibrated_log_hazard_bound,
    calibrated_reliability_bound,
    calibrated_shape_bound,
    can_be_calibrated,
    fit_weibull,
    mean_shape_ratio,
)

TIMES = np.array([122.0, 187.0, 231.0, 266.0, 309.0, 344.0, 371.0, 402.0, 457.0, 530.0])
ENDS = np.array([400.0, 150.0, 300.0, 400.0, 320.0, 300.0, 390.0, 350.0, 500.0, 500.0])

COMPLETE = LifeSample.from_times(TIMES, np.ones(10))
FAILURE_TERMINATED = LifeSample([*TIMES[:5], TIMES[4]], [*TIMES[:5], np.inf], [1] * 5 + [5])
TIME_TERMINATED = LifeSample.from_times(np.minimum(TIMES, 360.0), TIMES < 360.0)
SEVERAL_ENDS = LifeSample.from_times(np.minimum(TIMES, ENDS), TIMES < ENDS)
READOUTS = LifeSample([0, 168, 250, 500], [168, 250, 500, np.inf], [1, 2, 4, 5])
READOUTS_AND_WITHDRAWALS = LifeSample(
    [0, 168, 250, 168, 500], [168, 250, 500, np.inf, np.inf], [1, 2, 3, 2, 4]
)
MONITORED = {"time terminated": TIME_TERMINATED, "several ends": SEVERAL_ENDS}
EXACT = {"complete": COMPLETE, "failure terminated": FAILURE_TERMINATED}
LOOKED_AT = {"readouts": READOUTS, "readouts and withdrawals": READOUTS_AND_WITHDRAWALS}
DESIGNS = EXACT | MONITORED | LOOKED_AT
DRAWS = {"readouts": 30, "readouts and withdrawals": 30}


def draws_of(name):
    return DRAWS.get(name, 300)


def named(samples):
    return pytest.mark.parametrize(("name", "sample"), samples.items(), ids=samples)


# --- no failure: the success run ----------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "bound"), [(1, 0.0), (21, 0.0), (22, 1000.0), (500, 1000.0)])
def test_without_failure_b10_is_proven_to_the_end_of_the_test_by_22_units(units, bound):
    sample = LifeSample([1000.0], [np.inf], [units])
    assert calibrated_life_bound(sample, 0.10, 0.90) == bound
    assert calibrated_life_bound(sample, 0.10, 0.90, "upper") == np.inf


def test_without_failure_the_longest_age_that_enough_units_outlived_counts():
    sample = LifeSample([500, 1000, 2000, 0], [np.inf] * 4, [10, 12, 10, 50])
    assert calibrated_life_bound(sample, 0.10, 0.90) == 1000.0  # 22 units outlived it
    assert calibrated_life_bound(sample, 0.20, 0.90) == 1000.0  # needs 11, and 2000 h has 10
    assert calibrated_life_bound(sample, 0.21, 0.90) == 2000.0  # needs 10
    assert calibrated_life_bound(sample, 0.06, 0.90) == 0.0  # needs 38
    assert calibrated_life_bound(sample, 0.07, 0.90) == 500.0  # needs 32


@pytest.mark.parametrize(
    ("age", "outlived"), [(100, 32), (500, 32), (500.1, 22), (1000, 22), (2000, 10), (2001, 0)]
)
def test_without_failure_the_reliability_is_the_root_of_the_risk(age, outlived):
    sample = LifeSample([500, 1000, 2000], [np.inf] * 3, [10, 12, 10])
    low = calibrated_reliability_bound(sample, age, 0.90)
    assert low == pytest.approx(0.10 ** (1.0 / outlived) if outlived else 0.0, rel=1e-12)
    assert calibrated_reliability_bound(sample, age, 0.90, "upper") == 1.0
    assert calibrated_log_hazard_bound(sample, age, 0.90, "lower") == -np.inf


# --- what holds of every design -----------------------------------------------------------------------------


@named(DESIGNS)
def test_the_unit_of_time_does_not_matter(name, sample):
    def other(factor):
        return LifeSample(sample.lower * factor, sample.upper * factor, sample.count)

    terms = {"draws": draws_of(name)}
    assert calibrated_life_bound(other(1e-9), 0.1, **terms) == pytest.approx(
        1e-9 * calibrated_life_bound(sample, 0.1, **terms), rel=1e-9
    )
    assert calibrated_reliability_bound(other(1e9), 200.0 * 1e9, **terms) == pytest.approx(
        calibrated_reliability_bound(sample, 200.0, **terms), rel=1e-9
    )


@named(DESIGNS)
def test_counts_and_the_order_of_rows_say_nothing_new(name, sample):
    order = np.random.default_rng(5).permutation(sample.units)
    lower, upper = (np.repeat(side, sample.count.astype(int))[order] for side in (sample.lower, sample.upper))
    other, terms = LifeSample(lower, upper), {"draws": draws_of(name)}
    bound = calibrated_life_bound(sample, 0.1, **terms)
    assert calibrated_life_bound(other, 0.1, **terms) == bound
    # The same call gives the same answer.
    assert calibrated_life_bound(sample, 0.1, **terms) == bound


@named(EXACT | MONITORED)
def test_another_seed_moves_a_bound_by_a_few_percent_at_most(name, sample):
    bounds = [calibrated_life_bound(sample, 0.1, seed=seed, draws=2000) for seed in (0, 1)]
    assert bounds[0] != bounds[1]
    assert max(bounds) / min(bounds) < 1.08


@named(DESIGNS)
def test_lower_bounds_lie_below_upper_ones_with_the_estimate_between(name, sample):
    fit, terms = fit_weibull(sample), {"draws": draws_of(name)}
    low, high = (calibrated_life_bound(sample, 0.1, 0.9, side, **terms) for side in ("lower", "upper"))
    assert 0.0 < low < fit.life(0.1) < high < np.inf
    low, high = (
        calibrated_reliability_bound(sample, 200.0, 0.9, side, **terms) for side in ("lower", "upper")
    )
    assert 0.0 < low < fit.reliability(200.0) < high < 1.0


@named(EXACT | MONITORED)
def test_the_bound_of_the_hazard_is_that_of_the_reliability(name, sample):
    low, high = (
        calibrated_log_hazard_bound(sample, 200.0, 0.9, side, draws=300) for side in ("lower", "upper")
    )
    assert low < fit_weibull(sample).standardised(200.0) < high
    alive = calibrated_reliability_bound(sample, 200.0, draws=300)
    assert alive == pytest.approx(math.exp(-math.exp(high)), rel=1e-14)


@named(EXACT | MONITORED)
def test_more_confidence_moves_a_bound_outwards(name, sample):
    levels = (0.6, 0.75, 0.9, 0.95, 0.975)
    low = [calibrated_life_bound(sample, 0.1, level, draws=400) for level in levels]
    high = [calibrated_life_bound(sample, 0.1, level, "upper", draws=400) for level in levels]
    alive = [calibrated_reliability_bound(sample, 200.0, level, draws=400) for level in levels]
    assert low == sorted(low, reverse=True)
    assert high == sorted(high)
    assert alive == sorted(alive, reverse=True)


@named(EXACT | MONITORED)
def test_a_smaller_fraction_has_an_earlier_bound_and_an_older_age_a_lower_one(name, sample):
    lives = [calibrated_life_bound(sample, fraction, draws=300) for fraction in (0.01, 0.1, 0.5, 0.9)]
    alive = [calibrated_reliability_bound(sample, age, draws=300) for age in (50.0, 150.0, 300.0, 500.0)]
    assert lives == sorted(lives)
    assert alive == sorted(alive, reverse=True)


@named(DESIGNS)
def test_at_the_bound_of_a_life_the_bound_of_the_reliability_is_the_rest(name, sample):
    # Of readouts the share jumps, and the two searches may stop at either end of a jump.
    draws, precision = (500, 0.01) if name in LOOKED_AT else (300, 2e-4)
    age = calibrated_life_bound(sample, 0.2, draws=draws)
    assert calibrated_reliability_bound(sample, age, draws=draws) == pytest.approx(0.8, abs=precision)


@named(EXACT | MONITORED)
def test_so_it_is_on_the_other_side(name, sample):
    age = calibrated_life_bound(sample, 0.2, 0.8, "upper", draws=300)
    alive = calibrated_reliability_bound(sample, age, 0.8, "upper", draws=300)
    assert alive == pytest.approx(0.8, abs=2e-4)


def test_a_fit_asks_the_same_bounds():
    fit = fit_weibull(COMPLETE)
    assert fit.life_bound(0.1, method="calibrated") == calibrated_life_bound(COMPLETE, 0.1)
    assert fit.life_bound(0.1, method="calibrated", seed=3) == calibrated_life_bound(COMPLETE, 0.1, seed=3)
    assert fit.reliability_bound(200.0, 0.8, "upper", "calibrated") == pytest.approx(
        calibrated_reliability_bound(COMPLETE, 200.0, 0.8, "upper"), rel=1e-14
    )
    assert fit.shape_bound(method="calibrated") == calibrated_shape_bound(COMPLETE)


# --- the pivot ----------------------------------------------------------------------------------------------


@named(EXACT)
def test_shape_bounds_bracket_the_unbiased_shape_and_need_a_pivot(name, sample):
    low, high = (calibrated_shape_bound(sample, 0.95, side) for side in ("lower", "upper"))
    shape = fit_weibull(sample).shape
    assert 0.0 < low < shape / mean_shape_ratio(10, sample.failures) < shape < high
    assert low < calibrated_shape_bound(sample, 0.5) == calibrated_shape_bound(sample, 0.5, "upper") < high
    other = LifeSample(sample.lower * 1e-7, sample.upper * 1e-7, sample.count)
    assert calibrated_shape_bound(other) == pytest.approx(low, rel=1e-9)


def test_shape_bounds_agree_with_the_published_table():
    # Thoman, Bain & Antle (1969), table 1: the 0.95 and 0.05 points of shape estimate over shape, n = 10.
    shape = fit_weibull(COMPLETE).shape
    assert shape / calibrated_shape_bound(COMPLETE, 0.95) == pytest.approx(1.807, rel=0.01)
    assert shape / calibrated_shape_bound(COMPLETE, 0.95, "upper") == pytest.approx(0.738, rel=0.01)


@named(MONITORED | LOOKED_AT)
def test_a_shape_has_no_pivot_where_time_or_readouts_end_the_test(name, sample):
    with pytest.raises(RatedPartsError) as refusal:
        calibrated_shape_bound(sample)
    assert refusal.value.code == "calibration_needs_a_pivot"


# --- samples at the edge ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "draws"),
    [
        pytest.param(LifeSample([50, 80, 100], [50, 80, np.inf], [2, 1, 7]), 300, id="tied"),
        pytest.param(LifeSample([50, 80], [50, 80], [3, 2]), None, id="tied, complete"),
        pytest.param(LifeSample([50, 80, 80], [50, 80, np.inf], [2, 1, 4]), None, id="tied, stopped"),
        pytest.param(LifeSample([50, 100], [50, np.inf], [1, 9]), 300, id="one failure"),
        pytest.param(LifeSample([50, 100], [50, np.inf], [4, 6]), 300, id="all failures tied"),
        pytest.param(
            LifeSample([50, 20, 100], [50, np.inf, np.inf], [1, 5, 4]), 300, id="one of several ends"
        ),
    ],
)
def test_few_or_tied_failures_have_bounds_on_both_sides(sample, draws):
    low, high = (calibrated_life_bound(sample, 0.1, 0.9, side, draws=draws) for side in ("lower", "upper"))
    assert 0.0 <= low < high
    alive, most = (
        calibrated_reliability_bound(sample, 40.0, 0.9, side, draws=draws) for side in ("lower", "upper")
    )
    assert 0.0 <= alive <= most <= 1.0


WITHOUT_ESTIMATE = {
    "all failures at one readout": LifeSample([168, 500], [500, np.inf], [2, 20], readouts=[48, 168, 500]),
    "the only failure last": LifeSample([60, 40], [60, np.inf], [1, 9]),
}


@named(WITHOUT_ESTIMATE)
def test_a_bound_exists_where_an_estimate_does_not(name, sample):
    with pytest.raises(NoFiniteEstimate):
        fit_weibull(sample)
    assert 0.0 <= calibrated_life_bound(sample, 0.1, draws=30) < 500.0
    assert 0.0 <= calibrated_reliability_bound(sample, 30.0, draws=30) < 1.0


def test_where_the_only_failure_is_the_last_unit_of_several_ends_both_sides_have_a_bound():
    sample = WITHOUT_ESTIMATE["the only failure last"]
    for fraction in (0.1, 0.5):
        low, high = (
            calibrated_life_bound(sample, fraction, side=side, draws=60) for side in ("lower", "upper")
        )
        assert 0.0 <= low <= high
    for age in (50.0,):
        low, high = (
            calibrated_reliability_bound(sample, age, side=side, draws=60) for side in ("lower", "upper")
        )
        assert 0.0 <= low <= high <= 1.0


def test_a_failure_just_before_the_end_of_the_test_proves_no_more_than_it_can():
    # The later it comes the steeper the estimate; the bound must follow without a leap past its own
    # likelihood-ratio bound, which of one failure is far too short.
    for time in (95.0, 99.0):
        sample = LifeSample([time, 100.0], [time, np.inf], [1, 9])
        least = fit_weibull(sample).standardised_bound(40.0, 0.9, "upper", "likelihood_ratio")
        assert calibrated_log_hazard_bound(sample, 40.0, draws=1000) > least - 0.5


@pytest.mark.parametrize(
    ("lower", "upper", "readouts"),
    [
        ([168, 500], [500, np.inf], [48, 168, 500]),
        ([0, 168], [168, np.inf], [168]),
        ([48, 168, 168], [168, 500, np.inf], [48, 168, 500]),
    ],
    ids=["one readout", "the only readout", "two neighbours"],
)
def test_failures_at_few_readouts_leave_b10_no_longer_than_the_binomial_allows(lower, upper, readouts):
    # A lower bound beyond the last readout would need 22 units without a failure: two failed.
    count = [1, 1, 20] if len(lower) == 3 else [2, 20]
    sample = LifeSample(lower, upper, count, readouts=readouts)
    assert calibrated_life_bound(sample, 0.1, draws=20) < readouts[-1]


@pytest.mark.parametrize(
    ("lower", "upper", "count", "code"),
    [
        ([50, 168, 500], [50, 500, np.inf], None, "calibration_needs_one_kind"),
        ([0, 60], [168, 60], None, "calibration_needs_one_kind"),
        ([0, 168, 500], [250, 500, np.inf], None, "calibration_needs_one_schedule"),
        ([100, 200, 500], [300, 500, np.inf], None, "calibration_needs_one_schedule"),
        ([168, 200, 500], [250, np.inf, np.inf], None, "calibration_needs_one_schedule"),
        ([100], [100], None, "failures_share_one_instant"),
        ([100, 100], [100, np.inf], [3, 7], "failures_share_one_instant"),
    ],
)
def test_a_sample_whose_test_cannot_be_told_is_refused_by_name(lower, upper, count, code):
    sample = LifeSample(lower, upper, count)
    asked = (
        lambda: calibrated_life_bound(sample, 0.1, draws=50),
        lambda: calibrated_life_bound(sample, 0.1, side="upper", draws=50),
        lambda: calibrated_log_hazard_bound(sample, 50.0, draws=50),
        lambda: calibrated_reliability_bound(sample, 50.0, draws=50),
        lambda: calibrated_shape_bound(sample),
    )
    for question in asked:
        with pytest.raises(RatedPartsError) as refusal:
            question()
        assert refusal.value.code == code
    assert can_be_calibrated(sample) == (not code.startswith("calibration"))


@named(DESIGNS)
def test_a_sample_whose_test_is_told_can_be_calibrated(name, sample):
    assert can_be_calibrated(sample)


def test_the_readouts_of_a_test_are_used_where_no_unit_showed_them():
    def bound(readouts):
        sample = LifeSample([168, 250, 500], [250, 500, np.inf], [2, 4, 6], readouts=readouts)
        return calibrated_life_bound(sample, 0.1, draws=60)

    # That nothing failed before 48 h and 96 h counts; a look after the end of the test does not.
    assert bound([48, 96]) != bound(None)
    assert bound([500, 1000]) == pytest.approx(bound(None), rel=1e-6)
    assert bound([96, 48, 168, 48]) == bound([48, 96])


def test_a_readout_inside_the_interval_of_a_failure_is_refused():
    sample = LifeSample([168, 500], [500, np.inf], [3, 17], readouts=[168, 250, 500])
    with pytest.raises(RatedPartsError) as refusal:
        calibrated_life_bound(sample, 0.1, draws=50)
    assert refusal.value.code == "calibration_needs_one_schedule"
    assert refusal.value.parameters == {"lower": 168.0, "upper": 500.0, "seen": 250.0}


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"fraction": 0.0}, "fraction_outside_unit_interval"),
        ({"fraction": 1.0}, "fraction_outside_unit_interval"),
        ({"fraction": np.nan}, "fraction_outside_unit_interval"),
        ({"fraction": 0.1, "confidence": 0.0}, "confidence_outside_unit_interval"),
        ({"fraction": 0.1, "confidence": np.nan}, "confidence_outside_unit_interval"),
        ({"fraction": 0.1, "side": "left"}, "unknown_side"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(terms, code):
    for sample in (COMPLETE, TIME_TERMINATED, READOUTS, LifeSample([100.0], [np.inf], [30])):
        with pytest.raises(RatedPartsError) as refusal:
            calibrated_life_bound(sample, **terms)
        assert refusal.value.code == code


@pytest.mark.parametrize("age", [0.0, -1.0, np.nan, np.inf])
def test_an_age_is_positive_and_finite(age):
    for sample in (COMPLETE, LifeSample([100.0], [np.inf], [30])):
        with pytest.raises(RatedPartsError) as refusal:
            calibrated_reliability_bound(sample, age)
        assert refusal.value.code == "age_not_positive"


# --- coverage -----------------------------------------------------------------------------------------------


def test_a_90_percent_bound_of_time_terminated_samples_lies_below_the_true_life_nine_times_in_ten():
    random = np.random.default_rng(2024)
    true_b10, end, samples = (-math.log(0.9)) ** 0.5, math.sqrt(math.log(2.0)), 60
    covered = 0
    for seed in range(samples):
        lives = random.weibull(2.0, 10)
        sample = LifeSample.from_times(np.minimum(lives, end), lives < end)
        covered += calibrated_life_bound(sample, 0.10, 0.90, seed=seed, draws=300) <= true_b10
    assert 0.85 <= covered / samples <= 0.96
