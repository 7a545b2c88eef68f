"""Published and extreme data sets, against a 40-digit engine, to each case's own tolerance."""

import json
from pathlib import Path

import numpy as np
import pytest

from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull, mean_shape_ratio

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))["cases"]
SINGLE = [
    case
    for case in CASES
    if case["distribution"] == "weibull"
    and set(case.get("data", ())) == {"lower", "upper", "count"}
    # Rank regression and capability cases carry data of another kind or another estimator.
    and case["expected"].get("mle_exists") is not None
]
FITTED = [case for case in SINGLE if case["expected"]["mle_exists"]]
WITHOUT = [case for case in SINGLE if not case["expected"]["mle_exists"]]


def sample_of(case):
    data = case["data"]
    lower = [0.0 if value is None else value for value in data["lower"]]
    upper = [np.inf if value is None else value for value in data["upper"]]
    return LifeSample(lower, upper, data["count"])


def ids(cases):
    return [case["id"] for case in cases]


@pytest.mark.parametrize("case", FITTED, ids=ids(FITTED))
def test_the_estimates_their_errors_and_the_likelihood_match(case):
    expected, fit = case["expected"], fit_weibull(sample_of(case))
    rel = case["tolerance"]["rel"]
    assert fit.shape == pytest.approx(expected["beta"], rel=rel)
    assert fit.scale == pytest.approx(expected["eta"], rel=rel)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    if "se_log_sigma" in expected:
        assert fit.covariance[1, 1] ** 0.5 == pytest.approx(expected["se_log_sigma"], rel=rel)
        assert fit.covariance[0, 0] ** 0.5 == pytest.approx(expected["se_mu"], rel=rel)
        of_log_spread = expected["cov_coef_logsigma"][0][1]
        assert -fit.covariance[0, 1] == pytest.approx(of_log_spread, rel=rel)
    if "b10" in expected:
        assert fit.life(0.10) == pytest.approx(expected["b10"], rel=rel)
    if "R_t" in expected:
        assert fit.reliability(expected["R_t"]["t"]) == pytest.approx(expected["R_t"]["R"], rel=rel)


BOUNDS = [
    pytest.param(
        case,
        bound,
        id=f"{case['id']}-{bound['quantity']}-{bound['side']}-{bound['confidence']}-{bound['method'][:5]}",
    )
    for case in FITTED
    for bound in case["expected"].get("bounds", ())
    if bound["method"].startswith("wald") or bound["method"] == "likelihood_ratio"
]


@pytest.mark.parametrize(("case", "bound"), BOUNDS)
def test_the_wald_and_likelihood_ratio_bounds_match(case, bound):
    fit = fit_weibull(sample_of(case))
    method = "likelihood_ratio" if bound["method"] == "likelihood_ratio" else "wald"
    terms = {"confidence": bound["confidence"], "side": bound["side"], "method": method}
    quantity = bound["quantity"]
    if quantity == "beta":
        value = fit.shape_bound(**terms)
    elif quantity.startswith("R"):
        value = fit.reliability_bound(case["expected"]["R_t"]["t"], **terms)
    else:
        assert quantity[0] == "b"
        value = fit.life_bound(float(quantity[1:]) / 100.0, **terms)
    assert value == pytest.approx(bound["value"], rel=bound.get("tolerance_rel", case["tolerance"]["rel"]))


@pytest.mark.parametrize("case", WITHOUT, ids=ids(WITHOUT))
def test_no_number_is_given_where_no_finite_maximum_exists(case):
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_weibull(sample_of(case))
    assert refusal.value.parameters["instead"] == "weibayes_scale_bound"


def test_every_kind_of_case_was_found():
    assert len(FITTED) >= 17
    assert len(WITHOUT) >= 2
    assert len(BOUNDS) >= 60


CALIBRATED = [
    pytest.param(case, bound, id=f"{case['id']}-{bound['quantity']}-{bound['side']}-{bound['confidence']}")
    for case in FITTED
    for bound in case["expected"].get("bounds", ())
    if bound["method"].startswith(("pivotal", "lr_null"))
]


@pytest.mark.parametrize(("case", "bound"), CALIBRATED)
def test_the_calibrated_bounds_match_a_much_longer_simulation(case, bound):
    fit = fit_weibull(sample_of(case))
    terms = {"confidence": bound["confidence"], "side": bound["side"], "method": "calibrated"}
    if bound["quantity"] == "beta":
        value = fit.shape_bound(**terms)
    else:
        value = fit.life_bound(float(bound["quantity"][1:]) / 100.0, **terms)
    assert value == pytest.approx(bound["value"], rel=bound["tolerance_rel"])


@pytest.mark.parametrize("name", ["lz_bearing_weibull", "reliawiki_six_units_mle"])
def test_the_mean_of_a_shape_estimate_over_the_shape_matches(name):
    case = next(case for case in CASES if case["id"] == name)
    sample = sample_of(case)
    ratio = mean_shape_ratio(sample.units, sample.failures)
    assert ratio == pytest.approx(case["expected"]["E_betahat_over_beta"], rel=1e-3)


def test_calibrated_cases_were_found():
    assert len(CALIBRATED) >= 10
