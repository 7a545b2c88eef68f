"""Goodness of fit: known statistics, honest p-values, and power where it is needed."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.checks.goodness_of_fit import goodness_of_fit, minitab_anderson_darling
from ratedparts.reliability.checks.plotting_positions import plotting_positions

from ..reference.test_weibull_cases import SINGLE, sample_of

SAMPLES = {case["id"]: sample_of(case) for case in SINGLE}
READOUTS = np.array([10.0, 20.0, 40.0, 60.0, 80.0])


def looked_at(lives):
    cell = np.searchsorted(READOUTS, lives)
    before, after = np.concatenate(([0.0], READOUTS)), np.concatenate((READOUTS, [np.inf]))
    return LifeSample(before[cell], after[cell], readouts=READOUTS)


def sample_like(design, lives):
    if design == "readouts":
        return looked_at(lives)
    end = {"complete": 1e9, "one_end": 90.0}[design]
    return LifeSample.from_times(np.minimum(lives, end), lives < end)


def minitab_formula(fit, sample, last):
    """Point by point, in the letters of Minitab's manual: N * sum(A + B + C)."""
    positions = plotting_positions(sample, "benard", each=True)
    z = np.concatenate(([0.0], [1.0 - fit.reliability(t) for t in positions.end], last))
    f = np.concatenate(([0.0], positions.fraction))
    total = 0.0
    for i in range(1, len(z)):
        low, high, step = z[i - 1], z[i], f[i - 1]
        a = -high - np.log(1 - high) + low + np.log(1 - low)
        b = 2 * np.log(1 - high) * step - 2 * np.log(1 - low) * step
        c = 0.0
        if step > 0:
            c = step**2 * (np.log(high) - np.log(1 - high) - np.log(low) + np.log(1 - low))
        total += a + b + c
    return sample.units * total


def test_the_ball_bearings_of_lieblein_and_zelen():
    bearings = SAMPLES["lz_bearing_weibull"]
    assert goodness_of_fit(bearings, 99).statistic == pytest.approx(0.89498, abs=5e-6)
    assert minitab_anderson_darling(bearings) == pytest.approx(0.89498, abs=5e-6)


def test_under_censoring_minitabs_number_has_the_units_in_it_and_ours_ends_at_the_last_failure():
    sample = SAMPLES["nist_8413"]
    assert minitab_anderson_darling(sample) == pytest.approx(141.5, abs=0.05)
    fit = fit_weibull(sample)
    # One closing point at 1 - 1e-12 makes up all but a thousandth of it.
    assert minitab_formula(fit, sample, [1.0 - 1e-12]) == pytest.approx(141.5, abs=0.05)
    ours = goodness_of_fit(sample, 99)
    assert ours.kind == "anderson_darling"
    assert ours.statistic == pytest.approx(minitab_formula(fit, sample, []), rel=1e-9)


@pytest.mark.parametrize("name", ["shock_absorber_weibull", "diesel_fan_genfan_r", "lz_bearing_weibull"])
def test_the_statistic_is_the_formula_taken_point_by_point(name):
    sample = SAMPLES[name]
    last = [1.0 - 1e-12] if sample.failures == sample.units else []
    expected = minitab_formula(fit_weibull(sample), sample, last)
    assert goodness_of_fit(sample, 9).statistic == pytest.approx(expected, rel=1e-8)


def test_between_readouts_the_deviance_is_what_the_product_limit_estimate_gains():
    sample = LifeSample(
        [0.0, 10.0, 10.0, 20.0, 40.0, 40.0, 60.0, 60.0, 80.0],
        [10.0, 20.0, np.inf, 40.0, 60.0, np.inf, 80.0, np.inf, np.inf],
        [3, 5, 4, 9, 7, 2, 6, 3, 20],
    )
    at_risk = np.array([59.0, 52.0, 47.0, 36.0, 26.0])  # less those that failed or left before
    failed = np.array([3.0, 5.0, 9.0, 7.0, 6.0])
    saturated = failed @ np.log(failed / at_risk) + (at_risk - failed) @ np.log(1.0 - failed / at_risk)
    found = goodness_of_fit(sample, 99)
    assert found.kind == "deviance"
    assert found.statistic == pytest.approx(2.0 * (saturated - fit_weibull(sample).log_likelihood), abs=1e-9)


@pytest.mark.parametrize("design", ["complete", "one_end", "readouts"])
def test_p_values_are_uniform_where_the_model_holds(design):
    random = np.random.default_rng(20)
    p_values = []
    for seed in range(200):
        sample = sample_like(design, 100.0 * random.weibull(1.5, 40))
        p_values.append(goodness_of_fit(sample, 79, seed).p_value)
    ranked = np.sort(p_values)
    distance = np.abs(ranked - (np.arange(200) + 0.5) / 200.0).max()
    assert distance < 1.63 / np.sqrt(200.0)  # Kolmogorov's 1 % limit


@pytest.mark.parametrize(("design", "most"), [("complete", 0.02), ("one_end", 0.02), ("readouts", 0.05)])
def test_a_clear_mixture_is_found(design, most):
    random = np.random.default_rng(2)
    lives = np.concatenate((4.0 * random.weibull(1.0, 20), 85.0 * random.weibull(6.0, 57)))
    assert goodness_of_fit(sample_like(design, lives)).p_value < most
    if design == "one_end":
        assert minitab_anderson_darling(sample_like(design, lives)) > 10.0


def test_the_answer_is_the_same_each_time_and_in_every_unit_of_time():
    random = np.random.default_rng(3)
    lives, ends = random.weibull(1.5, 30), random.uniform(0.5, 2.0, 30)
    sample = LifeSample.from_times(np.minimum(lives, ends), lives < ends)
    found = goodness_of_fit(sample, 199, 7)
    assert goodness_of_fit(sample, 199, 7) == found
    assert goodness_of_fit(sample, 199, 8).p_value != found.p_value
    hours = goodness_of_fit(LifeSample(8766.0 * sample.lower, 8766.0 * sample.upper), 199, 7)
    assert hours.statistic == pytest.approx(found.statistic)
    assert hours.p_value == pytest.approx(found.p_value)


def test_what_cannot_be_judged_is_refused():
    mixed = LifeSample([0.0, 5.0, 7.0, 9.0], [3.0, 5.0, 7.0, np.inf])
    with pytest.raises(RatedPartsError) as kinds:
        goodness_of_fit(mixed)
    assert kinds.value.code == "calibration_needs_one_kind"
    with pytest.raises(RatedPartsError) as readouts:
        minitab_anderson_darling(mixed)
    assert readouts.value.code == "calibration_needs_one_kind"
    with pytest.raises(NoFiniteEstimate):
        goodness_of_fit(LifeSample([5.0, 9.0], [np.inf, np.inf]))
    with pytest.raises(RatedPartsError) as none:
        goodness_of_fit(SAMPLES["lz_bearing_weibull"], 0)
    assert none.value.code == "sample_too_small"
