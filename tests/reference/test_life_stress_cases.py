"""Published accelerated tests, against a 40-digit engine and R's survreg, to each case's own tolerance."""

import numpy as np
import pytest

from ratedparts.reliability import fit_life_stress

from .test_weibull_cases import CASES, ids, sample_of

RELATIONS = [case for case in CASES if "covariates" in case.get("data", ())]
BOUNDS = [
    pytest.param(
        case,
        bound,
        id=f"{case['id']}-{bound['quantity']}-{bound['side']}-{bound['confidence']}-{bound['method'][:5]}",
    )
    for case in RELATIONS
    for bound in case["expected"]["bounds"]
]


def relation(case):
    return fit_life_stress(sample_of(case), case["data"]["covariates"], case["distribution"])


@pytest.mark.parametrize("case", RELATIONS, ids=ids(RELATIONS))
def test_coefficients_spread_covariance_and_likelihood_match(case):
    expected, fit, rel = case["expected"], relation(case), case["tolerance"]["rel"]
    for name, value in fit.coefficients.items():
        assert value == pytest.approx(expected[name], rel=rel)
    assert list(fit.coefficients) == ["intercept", *case["data"]["covariates"]]
    assert fit.spread == pytest.approx(expected["sigma"], rel=rel)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.covariance == pytest.approx(np.array(expected["cov_coef_logsigma"]), rel=rel)
    for percent in (1, 10, 50):
        if f"b{percent}" in expected:
            life = fit.life(percent / 100.0, at=expected["at_covariates"])
            assert life == pytest.approx(expected[f"b{percent}"], rel=rel)


@pytest.mark.parametrize(("case", "bound"), BOUNDS)
def test_bounds_at_the_use_condition_match(case, bound):
    value = relation(case).life_bound(
        float(bound["quantity"][1:]) / 100.0,
        at=case["expected"]["at_covariates"],
        confidence=bound["confidence"],
        side=bound["side"],
        method="wald" if bound["method"].startswith("wald") else "likelihood_ratio",
    )
    assert value == pytest.approx(bound["value"], rel=case["tolerance"]["rel"])


def test_every_relation_was_found():
    assert len(RELATIONS) == 6
    assert len(BOUNDS) >= 40
