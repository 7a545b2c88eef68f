"""Cautions come where something is wrong, seldom where nothing is, and have their sentences."""

import numpy as np
import pytest

from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.checks.first_failure import first_failure_test
from ratedparts.reliability.checks.population_cautions import population_cautions
from ratedparts.wording import LANGUAGES, sentence

READOUTS = np.array([10.0, 20.0, 40.0, 60.0, 80.0])


def looked_at(lives):
    cell = np.searchsorted(READOUTS, lives)
    before, after = np.concatenate(([0.0], READOUTS)), np.concatenate((READOUTS, [np.inf]))
    return LifeSample(before[cell], after[cell], readouts=READOUTS)


def until(end, lives):
    return LifeSample.from_times(np.minimum(lives, end), lives < end)


def codes(sample, draws=199):
    return [caution.code for caution in population_cautions(sample, draws)]


def test_the_chance_of_a_first_failure_is_that_of_the_others_fit():
    times = np.array([3.0, 40.0, 55.0, 70.0, 2.0, 80.0, 80.0, 60.0])
    failed = np.array([True, True, True, True, False, False, False, True])
    found = first_failure_test(LifeSample.from_times(times, failed), 99)
    others = fit_weibull(LifeSample.from_times(times[1:], failed[1:]))
    # Everyone is exposed up to 3, but for the unit that left at 2.
    exposed = sum((min(t, 3.0) / others.scale) ** others.shape for t in times)
    assert found.age == 3.0
    assert found.chance == pytest.approx(1.0 - np.exp(-exposed), rel=1e-6)


def test_between_readouts_the_first_failure_is_known_at_the_readout():
    sample = LifeSample(
        [0.0, 40.0, 60.0, 10.0, 80.0], [10.0, 60.0, 80.0, np.inf, np.inf], [1, 4, 9, 3, 30], READOUTS
    )
    found = first_failure_test(sample, 99)
    others = fit_weibull(LifeSample(sample.lower[1:], sample.upper[1:], sample.count[1:]))
    assert found.age == 10.0
    assert found.chance == pytest.approx(1.0 - others.reliability(10.0) ** 47, rel=1e-6)
    assert found.p_value <= 0.05


@pytest.mark.parametrize("end", [1e9, 70.0])
def test_p_values_of_sound_first_failures_are_about_uniform(end):
    random = np.random.default_rng(11)
    p_values = []
    for seed in range(200):
        sample = until(end, 100.0 * random.weibull(1.5, 25))
        p_values.append(first_failure_test(sample, 79, seed).p_value)
    ranked = np.sort(p_values)
    assert np.abs(ranked - (np.arange(200) + 0.5) / 200.0).max() < 1.63 / np.sqrt(200.0)


def test_without_its_first_failure_a_sample_needs_an_estimate():
    with pytest.raises(NoFiniteEstimate):
        first_failure_test(LifeSample([5.0, 9.0], [5.0, np.inf], [1, 3]))


def test_an_early_stray_is_named():
    lives = np.append(1.0, 100.0 * np.random.default_rng(0).weibull(3.0, 20))
    found = population_cautions(LifeSample(lives, lives))
    assert found[0].code == "first_failure_unlike_the_rest"
    assert found[0].parameters["age"] == 1.0
    assert found[0].parameters["chance"] < 0.002
    assert found[0].parameters["p_value"] < 0.01


@pytest.mark.parametrize("make", [lambda lives: until(80.0, lives), looked_at])
def test_weak_units_among_sound_ones_are_two_populations(make):
    random = np.random.default_rng(1)
    lives = np.concatenate((15.0 * random.weibull(1.5, 20), np.full(57, 1e6)))
    found = {caution.code: caution for caution in population_cautions(make(lives), 199)}
    assert found["two_populations"].parameters["fraction"] == pytest.approx(20.0 / 77.0, abs=0.03)
    assert found["two_populations"].parameters["p_value"] < 0.003


def test_two_modes_one_after_the_other_do_not_fit_one_line():
    random = np.random.default_rng(2)
    lives = np.concatenate((10.0 * random.weibull(1.5, 15), 100.0 * random.weibull(5.0, 30)))
    assert "weibull_does_not_fit" in codes(LifeSample(lives, lives))


def test_sound_samples_are_mostly_left_alone():
    random = np.random.default_rng(4)
    cautioned = 0
    for _ in range(80):
        cautioned += bool(codes(until(90.0, 100.0 * random.weibull(1.5, 40)), 79))
    assert cautioned <= 16


def test_few_failures_are_always_said():
    assert codes(LifeSample([5.0], [np.inf], [77])) == ["few_failures"]
    assert codes(LifeSample([5.0, 9.0], [5.0, np.inf], [4, 73]))[0] == "few_failures"
    assert codes(until(100.0, np.array([20.0, 45.0, 60.0, 75.0, 120.0, 130.0]))) == ["few_failures"]


def test_a_sample_that_cannot_be_simulated_still_shows_its_two_populations():
    lower = np.array([0.0, 2.0, 5.0, 7.0, 9.0, 11.0, 1000.0])
    upper = np.array([3.0, 2.0, 5.0, 7.0, 9.0, 11.0, np.inf])
    assert codes(LifeSample(lower, upper, [2, 2, 3, 2, 2, 2, 80])) == ["two_populations"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caution_becomes_a_whole_sentence(language):
    random = np.random.default_rng(5)
    stray = np.append(1.0, 100.0 * random.weibull(3.0, 20))
    weak = np.concatenate((10.0 * random.weibull(3.0, 19), np.full(57, 1e6)))
    found = population_cautions(LifeSample(stray, stray), 99)
    found += population_cautions(until(80.0, weak), 99)
    found += population_cautions(LifeSample([5.0], [np.inf]))
    assert len({caution.code for caution in found}) == 4
    for caution in found:
        said = sentence(caution.code, caution.parameters, language)
        assert "?" not in said
        assert caution.code not in said
