"""Life against stress: what is estimated, what is refused, and what a reader is told."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import (
    LifeSample,
    NoFiniteEstimate,
    arrhenius,
    arrhenius_covariates,
    common_spread_test,
    compare_lots,
    fit,
    fit_life_stress,
    inverse_power_covariates,
    linearity_test,
    peck_covariates,
    prokopowicz_vaskas,
    prokopowicz_vaskas_covariates,
)

CELSIUS = np.repeat([85.0, 105.0, 125.0, 150.0], 12)


def arrhenius_lives(seed, spread=0.5, energy=0.8):
    inverse = arrhenius_covariates(CELSIUS)["inverse_kt"]
    location = energy * (inverse - inverse[-1]) + 5.0
    noise = np.log(-np.log1p(-np.random.default_rng(seed).random(CELSIUS.size)))
    lives = np.exp(location + spread * noise)
    return LifeSample.from_times(np.minimum(lives, 8000.0), lives < 8000.0)


@pytest.fixture(scope="module")
def relation():
    return fit_life_stress(arrhenius_lives(1), arrhenius_covariates(CELSIUS))


def test_the_coefficient_of_the_inverse_temperature_is_the_activation_energy(relation):
    assert relation.coefficients["inverse_kt"] == pytest.approx(0.8, abs=0.1)
    factor = relation.acceleration(stress=arrhenius_covariates(125.0), use=arrhenius_covariates(55.0))
    assert factor == pytest.approx(
        arrhenius(relation.coefficients["inverse_kt"], use_c=55.0, stress_c=125.0), rel=1e-9
    )


def test_voltage_and_temperature_give_the_law_of_prokopowicz_and_vaskas():
    random = np.random.default_rng(2)
    volts, celsius = np.repeat([50.0, 100.0, 200.0], 16), np.tile(np.repeat([85.0, 125.0], 8), 3)
    covariates = prokopowicz_vaskas_covariates(volts, celsius)
    location = -3.0 * covariates["ln_voltage"] + 1.1 * covariates["inverse_kt"]
    relation = fit_life_stress(
        LifeSample(*2 * [np.exp(location + 0.3 * random.standard_normal(48))]), covariates, "lognormal"
    )
    factor = relation.acceleration(
        stress=prokopowicz_vaskas_covariates(200.0, 125.0), use=prokopowicz_vaskas_covariates(25.0, 65.0)
    )
    exponent, energy = -relation.coefficients["ln_voltage"], relation.coefficients["inverse_kt"]
    assert (exponent, energy) == (pytest.approx(3.0, abs=0.4), pytest.approx(1.1, abs=0.15))
    assert factor == pytest.approx(
        prokopowicz_vaskas(exponent, energy, use_voltage=25, stress_voltage=200, use_c=65, stress_c=125),
        rel=1e-9,
    )


def test_the_unit_of_time_moves_the_intercept_alone(relation):
    years = LifeSample(relation.sample.lower / 8760.0, relation.sample.upper / 8760.0)
    other = fit_life_stress(years, arrhenius_covariates(CELSIUS))
    assert other.coefficients["inverse_kt"] == pytest.approx(relation.coefficients["inverse_kt"], rel=1e-9)
    assert other.coefficients["intercept"] + np.log(8760.0) == pytest.approx(
        relation.coefficients["intercept"], rel=1e-9
    )
    at = arrhenius_covariates(55.0)
    for method in ("wald", "likelihood_ratio"):
        assert other.life_bound(0.1, at, method=method) * 8760.0 == pytest.approx(
            relation.life_bound(0.1, at, method=method), rel=1e-9
        )


def test_a_covariate_on_another_scale_changes_no_bound(relation):
    scaled = fit_life_stress(
        relation.sample, {"thousandth": arrhenius_covariates(CELSIUS)["inverse_kt"] * 1e3}
    )
    at = {"thousandth": arrhenius_covariates(55.0)["inverse_kt"] * 1e3}
    for method in ("wald", "likelihood_ratio"):
        assert scaled.life_bound(0.1, at, method=method) == pytest.approx(
            relation.life_bound(0.1, arrhenius_covariates(55.0), method=method), rel=1e-8
        )


@pytest.mark.parametrize("method", ["wald", "likelihood_ratio"])
def test_bounds_of_life_and_reliability_enclose_the_estimates_and_agree(relation, method):
    at = arrhenius_covariates(55.0)
    low, high = (relation.life_bound(0.1, at, 0.9, side, method) for side in ("lower", "upper"))
    assert low < relation.life(0.1, at) < high
    less, more = (relation.reliability_bound(low, at, 0.9, side, method) for side in ("lower", "upper"))
    assert 0.0 <= less <= relation.reliability(low, at) <= more <= 1.0
    if method == "likelihood_ratio":
        assert less == pytest.approx(0.9, rel=1e-9)


def test_at_a_tested_stress_with_one_spread_the_dummies_reproduce_a_single_population():
    lot = LifeSample([10.0, 20.0, 35.0, 50.0], [10.0, 20.0, 35.0, np.inf])
    twice = LifeSample(np.tile(lot.lower, 2), np.tile(lot.upper, 2))
    both = fit_life_stress(twice, {"second": np.repeat([0.0, 1.0], 4)})
    alone = fit(lot)
    assert both.coefficients["second"] == pytest.approx(0.0, abs=1e-9)
    assert both.life(0.1, {"second": 1.0}) == pytest.approx(alone.life(0.1), rel=1e-9)


def test_far_extrapolation_is_said(relation):
    assert relation.cautions(arrhenius_covariates(75.0)) == ()
    (caution,) = relation.cautions(arrhenius_covariates(-40.0))
    assert caution.code == "extrapolated_stress"
    assert caution.parameters["covariate"] == "inverse_kt"
    assert caution.parameters["spans"] > 1.0


def test_one_spread_and_a_straight_line_are_not_rejected_where_they_are_true():
    p_values = [
        (common_spread_test(made).p_value, linearity_test(made).p_value)
        for made in (
            fit_life_stress(arrhenius_lives(seed), arrhenius_covariates(CELSIUS)) for seed in range(40)
        )
    ]
    below = (np.array(p_values) < 0.1).mean(axis=0)
    assert (below < 0.3).all()


def test_a_spread_that_grows_with_the_stress_is_noticed():
    random = np.random.default_rng(3)
    stress = np.repeat([1.0, 2.0], 60)
    lives = np.exp(5.0 - stress + np.where(stress > 1.5, 0.9, 0.2) * random.standard_normal(120))
    relation = fit_life_stress(
        LifeSample(lives, lives), inverse_power_covariates(np.exp(stress)), "lognormal"
    )
    assert common_spread_test(relation).p_value < 1e-6


def test_lots_are_compared_shape_first_then_scale():
    random = np.random.default_rng(4)
    same = [LifeSample(*2 * [100.0 * random.weibull(2.0, 40)]) for _ in range(3)]
    longer = LifeSample(*2 * [300.0 * random.weibull(2.0, 40)])
    verdict = compare_lots([*same, longer])
    assert verdict.common_spread.p_value > 0.01
    assert verdict.common_location.p_value < 1e-6
    assert verdict.common_spread.degrees_of_freedom == verdict.common_location.degrees_of_freedom == 3
    assert compare_lots([*same, LifeSample([500.0], [np.inf])]).lots == (0, 1, 2)


def test_what_cannot_be_compared_is_said():
    with pytest.raises(RatedPartsError) as refusal:
        compare_lots([LifeSample([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), LifeSample([5.0], [np.inf])])
    assert refusal.value.code == "groups_not_comparable"


@pytest.mark.parametrize(
    ("lower", "upper", "covariate", "code"),
    [
        ([5.0, 6.0, 7.0, 8.0], [np.inf] * 4, [1, 1, 2, 2], "no_failures"),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 4.0], [0.0, 1.0, 2.0], "failures_lie_on_one_line"),
        ([8.0, 4.0, 9.0], [8.0, 4.0, np.inf], [0.0, 1.0, -1.0], "failures_lie_on_one_line"),
        (
            [9.0, 9.0, 3.0, 4.0],
            [np.inf, np.inf, 3.0, 4.0],
            [0.0, 0.0, 1.0, 1.0],
            "covariates_separate_failures",
        ),
    ],
    ids=["no failure", "on a line", "two on a line, one sound", "one stress without failures"],
)
def test_no_number_is_given_where_the_likelihood_runs_away(lower, upper, covariate, code):
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_life_stress(LifeSample(lower, upper), {"stress": covariate})
    assert refusal.value.code == code


def test_one_estimate_more_than_the_refused_ones_exists():
    relation = fit_life_stress(
        LifeSample([9.0, 8.0, 3.0, 4.0], [np.inf, 8.0, 3.0, 4.0]), {"stress": [0.0, 0.0, 1.0, 1.0]}
    )
    assert np.isfinite(relation.covariance).all()


@pytest.mark.parametrize(
    ("covariates", "code"),
    [
        ({}, "covariates_missing"),
        ({"intercept": [1.0, 2.0, 3.0]}, "covariate_name_taken"),
        ({"stress": [1.0, 2.0]}, "life_sample_shape"),
        ({"stress": [1.0, np.nan, 2.0]}, "covariate_not_a_number"),
        ({"stress": ["low", "high", "high"]}, "covariate_not_a_number"),
        ({"stress": [5.0, 5.0, 5.0]}, "covariates_collinear"),
        ({"stress": [1.0, 2.0, 3.0], "twice": [2.0, 4.0, 6.0]}, "covariates_collinear"),
    ],
)
def test_covariates_that_say_nothing_are_refused_by_name(covariates, code):
    with pytest.raises(RatedPartsError) as refusal:
        fit_life_stress(LifeSample([3.0, 2.0, 2.5], [3.0, 2.0, 2.5]), covariates)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "call",
    [
        lambda relation: relation.life(0.1, {}),
        lambda relation: relation.life(0.1, {"inverse_kt": 30.0, "other": 1.0}),
        lambda relation: relation.life(0.1, {"inverse_kt": np.inf}),
        lambda relation: relation.life(1.0, arrhenius_covariates(55.0)),
        lambda relation: relation.reliability(-1.0, arrhenius_covariates(55.0)),
        lambda relation: relation.life_bound(0.1, arrhenius_covariates(55.0), method="calibrated"),
        lambda relation: arrhenius_covariates(-300.0),
        lambda relation: peck_covariates(0.0, 85.0),
        lambda relation: fit_life_stress(relation.sample, arrhenius_covariates(CELSIUS), "gamma"),
    ],
)
def test_what_makes_no_sense_is_refused(relation, call):
    with pytest.raises(RatedPartsError):
        call(relation)
