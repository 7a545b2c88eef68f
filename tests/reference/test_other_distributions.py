"""Published data sets of other distributions, against a 40-digit engine, to each case's own tolerance."""

import numpy as np
import pytest

from ratedparts.reliability import (
    fit,
    fit_limited_failure_population,
    fit_threshold_weibull,
    fit_weibull_by_ranks,
)

from .test_weibull_cases import CASES, sample_of

BY_ID = {case["id"]: case for case in CASES}


def expected_of(name):
    return sample_of(BY_ID[name]), BY_ID[name]["expected"]


def test_current_status_of_turbine_wheels_is_lognormal():
    sample, expected = expected_of("turbine_wheel_lognormal")
    wheel = fit(sample, "lognormal")
    assert wheel.location == pytest.approx(expected["mu"], rel=1e-6)
    assert wheel.spread == pytest.approx(expected["sigma"], rel=1e-6)
    assert wheel.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert wheel.covariance == pytest.approx(np.array(expected["cov_coef_logsigma"]), rel=1e-6)
    assert wheel.life(0.10) == pytest.approx(expected["b10"], rel=1e-6)
    for bound in expected["bounds"]:
        terms = {"confidence": bound["confidence"], "side": bound["side"]}
        terms["method"] = "wald" if bound["method"].startswith("wald") else "likelihood_ratio"
        if bound["quantity"].startswith("R"):
            value = wheel.reliability_bound(expected["R_t"]["t"], **terms)
        else:
            value = wheel.life_bound(float(bound["quantity"][1:]) / 100.0, **terms)
        assert value == pytest.approx(bound["value"], rel=1e-6)


def test_decay_intervals_are_exponential():
    sample, expected = expected_of("berkson200_exponential")
    decay = fit(sample, "exponential")
    mean = 1.0 - np.exp(-1.0)  # the share that has failed by the mean life
    assert decay.spread == 1.0
    assert decay.life(mean) == pytest.approx(expected["theta"], rel=1e-6)
    error = decay.life(mean) * decay.covariance[0, 0] ** 0.5
    assert error == pytest.approx(expected["se_theta"], rel=1e-6)
    assert decay.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    for method, key in (("likelihood_ratio", "lr_95"), ("wald", "wald_log_95")):
        limits = [decay.life_bound(mean, 0.975, side, method) for side in ("lower", "upper")]
        assert limits == pytest.approx(expected[key], rel=1e-6)


def test_fatigue_of_an_alloy_has_a_threshold():
    sample, expected = expected_of("alloy_t7987_weibull3p")
    alloy = fit_threshold_weibull(sample)
    assert alloy.threshold == pytest.approx(expected["gamma"], rel=1e-8)
    assert alloy.shape == pytest.approx(expected["beta"], rel=1e-8)
    assert alloy.scale == pytest.approx(expected["eta"], rel=1e-8)
    assert alloy.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)


def test_few_of_the_integrated_circuits_can_fail():
    sample, expected = expected_of("ic_lfp1370_limited_failure_population")
    circuits = fit_limited_failure_population(sample)
    assert circuits.fraction == pytest.approx(expected["p"], rel=1e-8)
    assert circuits.shape == pytest.approx(expected["beta"], rel=1e-8)
    assert circuits.scale == pytest.approx(expected["eta"], rel=1e-8)
    assert circuits.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)


@pytest.mark.parametrize("key", ["RRY_exact", "RRX_exact", "RRY_benard", "RRX_benard"])
def test_regression_on_ranks_matches_all_four_conventions(key):
    sample, expected = expected_of("rank_regression_six_units")
    direction, ranks = key.split("_")
    line = fit_weibull_by_ranks(sample, "y_on_x" if direction == "RRY" else "x_on_y", ranks)
    assert line.shape == pytest.approx(expected[key]["beta"], rel=1e-6)
    assert line.scale == pytest.approx(expected[key]["eta"], rel=1e-6)
    assert line.correlation == pytest.approx(expected[key]["rho"], rel=1e-6)
