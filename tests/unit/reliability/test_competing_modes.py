"""Competing modes: each fitted by itself, together the life of the unit."""

import numpy as np
import pytest
from scipy.integrate import quad

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.competing_modes import fit_competing_modes

from ...reference.test_weibull_cases import CASES, sample_of

CASE = {case["id"]: case for case in CASES}
ONLY_FIRST = sample_of(CASE["shock_absorber_mode1_competing"])


def shock_absorbers():
    """All failures, with their modes: what the case of the first mode lets live failed of the second."""
    both = sample_of(CASE["shock_absorber_weibull"])
    first = set(ONLY_FIRST.lower[np.isfinite(ONLY_FIRST.upper)].tolist())
    modes = [
        None if np.isinf(upper) else "first" if lower in first else "second"
        for lower, upper in zip(both.lower, both.upper, strict=True)
    ]
    return both, modes


def simulated(n=400, seed=0):
    """Early wear of shape 0.7 and late wear of shape 4, some units sound at the end."""
    random = np.random.default_rng(seed)
    lives = np.stack((300.0 * random.weibull(0.7, n), 100.0 * random.weibull(4.0, n)))
    age = lives.min(axis=0)
    failed = age < 110.0
    modes = [
        None if not lost else ("early", "late")[which]
        for lost, which in zip(failed, lives.argmin(axis=0), strict=True)
    ]
    return LifeSample.from_times(np.minimum(age, 110.0), failed), modes


def test_the_shock_absorbers_of_meeker_and_escobar():
    both, modes = shock_absorbers()
    assert sorted(mode for mode in modes if mode) == ["first"] * 7 + ["second"] * 4
    fitted = fit_competing_modes(both, modes)
    expected = CASE["shock_absorber_mode1_competing"]["expected"]
    first = fitted.modes["first"]
    assert first.shape == pytest.approx(expected["beta"], rel=1e-9)
    assert first.scale == pytest.approx(expected["eta"], rel=1e-9)
    assert first.log_likelihood == pytest.approx(expected["loglik"], abs=1e-8)
    assert not fitted.without_estimate
    age = 20_000.0
    assert fitted.reliability(age) == pytest.approx(
        first.reliability(age) * fitted.modes["second"].reliability(age)
    )


def test_two_modes_describe_the_simulated_product_better_than_one():
    sample, modes = simulated()
    fitted = fit_competing_modes(sample, modes)
    failed = np.isfinite(sample.upper)
    rate = sum(
        fit.shape / fit.scale * (sample.lower[failed] / fit.scale) ** (fit.shape - 1.0)
        for fit in fitted.modes.values()
    )
    together = np.log(rate).sum() + sum(np.log(fitted.reliability(age)) for age in sample.lower)
    assert together > fit_weibull(sample).log_likelihood + 10.0
    assert fitted.modes["early"].shape == pytest.approx(0.7, rel=0.2)
    assert fitted.modes["late"].shape == pytest.approx(4.0, rel=0.2)


@pytest.mark.parametrize("age", [1e-6, 0.3, 20.0, 90.0, 150.0, 1e5])
def test_the_shares_are_the_integrals_of_the_rates(age):
    fitted = fit_competing_modes(*simulated())
    failed = fitted.failed(age)
    assert sum(failed.values()) == pytest.approx(1.0 - fitted.reliability(age), rel=1e-10)
    shares = fitted.shares(age)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    late = fitted.modes["late"]

    def rate(log_age):
        t = np.exp(log_age)
        return late.shape * (t / late.scale) ** late.shape * fitted.reliability(t)

    top = np.log(min(age, 400.0))
    exact = quad(rate, top - 12.0, top, epsabs=0.0, epsrel=1e-11, limit=200)[0]
    assert failed["late"] == pytest.approx(exact, rel=1e-8)


def test_the_shares_are_those_that_a_simulation_counts():
    fitted = fit_competing_modes(*simulated())
    random = np.random.default_rng(9)
    lives = np.stack([fit.scale * random.weibull(fit.shape, 400_000) for fit in fitted.modes.values()])
    by = lives.min(axis=0) < 80.0
    for number, mode in enumerate(fitted.modes):
        counted = float((by & (lives.argmin(axis=0) == number)).mean())
        assert fitted.failed(80.0)[mode] == pytest.approx(counted, abs=0.003)


@pytest.mark.parametrize("fraction", [1e-9, 0.01, 0.1, 0.5, 0.999])
def test_life_is_the_root_of_reliability(fraction):
    fitted = fit_competing_modes(*simulated())
    life = fitted.life(fraction)
    assert 1.0 - fitted.reliability(life) == pytest.approx(fraction, rel=1e-6)
    assert life <= (1.0 + 1e-12) * min(fit.life(fraction) for fit in fitted.modes.values())


def test_one_mode_alone_is_the_ordinary_fit():
    sample, modes = simulated(60)
    fitted = fit_competing_modes(sample, ["any" if mode else None for mode in modes])
    alone = fit_weibull(sample)
    assert fitted.life(0.1) == pytest.approx(alone.life(0.1))
    assert fitted.failed(70.0)["any"] == pytest.approx(1.0 - alone.reliability(70.0), rel=1e-10)
    assert fitted.shares(70.0) == {"any": 1.0}


def test_a_mode_without_an_estimate_is_named_and_not_invented():
    sample = LifeSample.from_times([10.0, 20.0, 30.0, 40.0, 50.0], [True, True, True, False, True])
    fitted = fit_competing_modes(sample, ["wear", "wear", "wear", None, "crack"])
    assert set(fitted.modes) == {"wear"}
    assert fitted.without_estimate == {"crack": "failures_share_one_instant"}
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_competing_modes(LifeSample([5.0, 5.0], [5.0, np.inf]), ["wear", None])
    assert refusal.value.code == "failures_share_one_instant"
    with pytest.raises(NoFiniteEstimate) as none:
        fit_competing_modes(LifeSample([5.0], [np.inf]), [None])
    assert none.value.code == "no_failures"


def test_between_readouts_another_mode_suspends_at_the_last_look():
    sample = LifeSample(
        [0.0, 10.0, 10.0, 20.0, 20.0, 30.0], [10.0, 20.0, 20.0, 30.0, 30.0, np.inf], [2, 4, 3, 5, 2, 40]
    )
    modes = ["a", "a", "b", "a", "b", None]
    expected = fit_weibull(
        LifeSample(
            [0.0, 10.0, 10.0, 20.0, 20.0, 30.0], [np.inf, np.inf, 20.0, np.inf, 30.0, np.inf], sample.count
        )
    )
    assert fit_competing_modes(sample, modes).modes["b"].shape == pytest.approx(expected.shape, rel=1e-12)


@pytest.mark.parametrize(
    ("modes", "code", "position"),
    [
        (["wear"], "life_sample_shape", None),
        (["wear", None, None], "mode_not_told", 1),
        (["wear", "", None], "mode_not_told", 1),
        (["wear", "wear", "wear"], "mode_not_told", 2),
    ],
)
def test_modes_stand_beside_failures_and_nowhere_else(modes, code, position):
    with pytest.raises(RatedPartsError) as refusal:
        fit_competing_modes(LifeSample([5.0, 6.0, 9.0], [5.0, 6.0, np.inf]), modes)
    assert refusal.value.code == code
    assert refusal.value.parameters.get("position") == position


def test_ages_and_fractions_out_of_range_are_refused():
    fitted = fit_competing_modes(*simulated(60))
    for wrong in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(RatedPartsError):
            fitted.reliability(wrong)
        with pytest.raises(RatedPartsError):
            fitted.shares(wrong)
    with pytest.raises(RatedPartsError):
        fitted.life(1.0)
