"""Lives under a profile of stresses."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.acceleration import arrhenius, power_exponent
from ratedparts.reliability.mission_profile import (
    arrhenius_factors,
    average_failure_rate,
    durations_of,
    effective_acceleration,
    effective_temperature_c,
    equivalent_hours,
    profile_failure_probability,
)

HOURS = [720.0, 2400.0, 7800.0, 960.0, 120.0]
CELSIUS = [-40.0, 23.0, 60.0, 100.0, 105.0]


def test_phases_at_the_reference_are_their_own_hours():
    assert equivalent_hours(HOURS, [1.0] * 5) == sum(HOURS)
    assert effective_acceleration(HOURS, [4.0] * 5) == pytest.approx(4.0, rel=1e-14)
    assert equivalent_hours([10.0, 20.0], [2.0, 4.0]) == 10.0


def test_neither_order_nor_splitting_of_phases_matters():
    factors = arrhenius_factors(0.7, phases_c=CELSIUS, reference_c=125.0)
    once = equivalent_hours(HOURS, factors)
    assert equivalent_hours(HOURS[::-1], factors[::-1]) == pytest.approx(once, rel=1e-14)
    split = equivalent_hours([*HOURS, 0.0, 400.0], [*factors, 3.0, 1.0])
    assert split == pytest.approx(once + 400.0, rel=1e-14)


@pytest.mark.parametrize("energy", [0.1, 0.7, 1.5])
def test_the_effective_temperature_uses_up_what_the_profile_does(energy):
    effective = effective_temperature_c(energy, durations=HOURS, phases_c=CELSIUS)
    for reference in (55.0, 125.0, 300.0):
        factors = arrhenius_factors(energy, phases_c=CELSIUS, reference_c=reference)
        by_temperature = sum(HOURS) / arrhenius(energy, use_c=effective, stress_c=reference)
        assert by_temperature == pytest.approx(equivalent_hours(HOURS, factors), rel=1e-11)


def test_the_effective_temperature_lies_between_mean_and_maximum():
    mean = float(np.average(CELSIUS, weights=HOURS))
    low, middle, high = (
        effective_temperature_c(energy, durations=HOURS, phases_c=CELSIUS) for energy in (0.4, 0.7, 40.0)
    )
    assert mean < low < middle < high < 105.0
    assert effective_temperature_c(0.7, durations=[5.0, 0.0], phases_c=[40.0, 150.0]) == pytest.approx(
        40.0, abs=1e-10
    )


def test_the_failure_probability_is_that_of_walking_through_the_phases():
    lengths, scales, shape = [100.0, 300.0, 50.0], [500.0, 2000.0, 100.0], 2.3
    age, survival = 0.0, 1.0  # age in lives of the present phase
    for length, scale in zip(lengths, scales, strict=True):
        after = age + length / scale
        survival *= np.exp(age**shape - after**shape)
        age = after
    assert profile_failure_probability(lengths, scales, shape) == pytest.approx(1 - survival, rel=1e-12)
    assert profile_failure_probability([1e-12], [1.0], 1.0) == pytest.approx(1e-12, rel=1e-9)
    assert profile_failure_probability([1e200], [1.0], 3.0) == 1.0


def test_the_failure_probability_is_that_of_simulated_lives():
    random = np.random.default_rng(43)
    lives = random.weibull(1.8, 40_000)  # in lives, under any stress
    lengths, scales = [200.0, 100.0], [900.0, 300.0]
    used = 200 / 900 + 100 / 300
    assert profile_failure_probability(lengths, scales, 1.8) == pytest.approx(
        np.mean(lives <= used), abs=4 * 0.5 / 200
    )


def test_a_constant_rate_is_averaged_over_time():
    assert average_failure_rate([1.0, 3.0], [4e-9, 0.0]) == pytest.approx(1e-9)
    factors = arrhenius_factors(0.7, phases_c=CELSIUS, reference_c=125.0)
    rate = average_failure_rate(HOURS, 5e-8 / factors)
    assert rate == pytest.approx(5e-8 / effective_acceleration(HOURS, factors), rel=1e-13)
    exposed = profile_failure_probability(HOURS, factors / 5e-8, 1.0)
    assert exposed == pytest.approx(-np.expm1(-rate * sum(HOURS)), rel=1e-12)


def test_fractions_become_durations_only_if_none_is_missing():
    assert durations_of([0.25, 0.75], 8760.0) == pytest.approx([2190.0, 6570.0])
    with pytest.raises(RatedPartsError) as refusal:
        durations_of([0.25, 0.70], 8760.0)
    assert (refusal.value.code, refusal.value.parameters["given"]) == (
        "profile_fractions",
        pytest.approx(0.95),
    )


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: equivalent_hours([1.0, 2.0], [1.0]), "profile_not_usable"),
        (lambda: equivalent_hours([1.0], [0.0]), "profile_not_usable"),
        (lambda: equivalent_hours([0.0], [1.0]), "profile_not_usable"),
        (lambda: equivalent_hours([-1.0, 2.0], [1.0, 1.0]), "profile_not_usable"),
        (lambda: equivalent_hours([], []), "profile_not_usable"),
        (lambda: equivalent_hours([[1.0]], [1.0]), "life_sample_shape"),
        (lambda: equivalent_hours([float("nan")], [1.0]), "not_finite"),
        (lambda: average_failure_rate([1.0], [-1e-9]), "profile_not_usable"),
        (lambda: profile_failure_probability([1.0], [1.0], 0.0), "shape_not_positive"),
        (lambda: effective_temperature_c(0.0, durations=[1.0], phases_c=[20.0]), "number_not_positive"),
        (
            lambda: effective_temperature_c(0.7, durations=[1.0], phases_c=[-300.0]),
            "temperature_below_absolute_zero",
        ),
        (
            lambda: arrhenius_factors(0.7, phases_c=[-300.0], reference_c=125.0),
            "temperature_below_absolute_zero",
        ),
        (lambda: power_exponent(8.0, use=2.0, stress=2.0), "stresses_are_equal"),
        (lambda: power_exponent(-8.0, use=1.0, stress=2.0), "stress_not_positive"),
    ],
)
def test_what_makes_no_sense_is_refused(call, code):
    with pytest.raises(RatedPartsError) as refusal:
        call()
    assert refusal.value.code == code
