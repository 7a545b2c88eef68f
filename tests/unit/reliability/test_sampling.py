"""Operating characteristics of sampling plans."""

import numpy as np
import pytest
from scipy.stats import binom

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.acceptance.operating_characteristic import OperatingCharacteristic
from ratedparts.reliability.acceptance.sampling import (
    demonstrated_ltpd,
    iso2859_single_plan,
    ltpd_plan,
    ltpd_sample_size,
    success_run_plan,
    success_run_size,
)


def test_the_curve_is_the_binomial_tail_and_falls_from_one_to_zero():
    curve = OperatingCharacteristic(125, 2)
    fractions = np.linspace(0, 1, 41)
    assert curve.acceptance(fractions) == pytest.approx(binom.cdf(2, 125, fractions), abs=1e-13)
    fractions, acceptance = curve.curve(50)
    assert (acceptance[0], fractions[0], len(fractions)) == (1.0, 0.0, 50)
    assert (np.diff(acceptance) < 0).all()
    assert acceptance[-1] == pytest.approx(0.001, rel=1e-9)


def test_lots_drawn_at_random_are_accepted_as_often_as_the_curve_says():
    random = np.random.default_rng(31)
    found = (random.random((10_000, 20)) < 0.15).sum(axis=1)
    assert np.mean(found <= 3) == pytest.approx(
        float(OperatingCharacteristic(20, 3).acceptance(0.15)), abs=4 * 0.5 / 100
    )


@pytest.mark.parametrize(("units", "accept"), [(1, 0), (13, 2), (125, 2), (1250, 21), (10_000_000, 0)])
def test_risk_points_lie_on_the_curve(units, accept):
    curve = OperatingCharacteristic(units, accept)
    for probability in (0.999, 0.95, 0.5, 0.1, 1e-6):
        fraction = curve.fraction_accepted_with(probability)
        assert float(curve.acceptance(fraction)) == pytest.approx(probability, rel=1e-8)
    assert curve.producers_risk_point() < curve.fraction_accepted_with(0.5) < curve.consumers_risk_point()
    assert curve.producers_risk_point(0.2) == curve.fraction_accepted_with(0.8)


def test_plans_without_failures_have_closed_risk_points():
    curve = OperatingCharacteristic(45, 0)
    assert curve.consumers_risk_point(0.1) == pytest.approx(1 - 0.1 ** (1 / 45), rel=1e-12)
    assert curve.producers_risk_point(0.05) == pytest.approx(1 - 0.95 ** (1 / 45), rel=1e-12)


def test_the_consumers_risk_point_is_what_the_plan_demonstrates():
    for units, accept in ((22, 0), (38, 1), (667, 3)):
        point = OperatingCharacteristic(units, accept).consumers_risk_point(0.10)
        assert point == pytest.approx(demonstrated_ltpd(accept, units), rel=1e-10)


def test_risk_points_of_a_plan_of_iso_2859_1_are_near_their_poisson_values():
    # Two accepted: n p = 0.818 at 95 % and 5.322 at 10 % (Cameron 1952); the binomial is tighter.
    curve = iso2859_single_plan(3000, "II", 0.65).operating_characteristic
    assert (curve.units, curve.accept) == (125, 2)
    assert curve.producers_risk_point() == pytest.approx(0.818 / 125, rel=0.01)
    assert curve.consumers_risk_point() == pytest.approx(5.322 / 125, rel=0.02)
    assert float(curve.acceptance(0.02)) == iso2859_single_plan(3000, "II", 0.65).acceptance_probability(0.02)


def test_a_lot_tolerance_plan_accepts_its_fraction_no_oftener_than_its_risk():
    for fraction, accept in ((0.1, 0), (0.05, 2), (0.003, 5)):
        plan = ltpd_plan(fraction, accept, 0.9)
        assert (plan.units, plan.accept) == (ltpd_sample_size(fraction, accept, 0.9), accept)
        one_fewer = OperatingCharacteristic(plan.units - 1, accept)
        assert float(plan.acceptance(fraction)) <= 0.1 < float(one_fewer.acceptance(fraction))


def test_a_success_run_is_a_lot_tolerance_plan_without_failures():
    plan = success_run_plan(0.95, 0.9)
    assert plan == ltpd_plan(0.05, 0, 0.9) == OperatingCharacteristic(success_run_size(0.95, 0.9), 0)
    assert 1 - plan.consumers_risk_point(0.1) >= 0.95


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: OperatingCharacteristic(3, 3), "sample_too_small"),
        (lambda: OperatingCharacteristic(3, -1), "count_negative"),
        (lambda: OperatingCharacteristic(2.5, 0), "count_negative"),
        (lambda: OperatingCharacteristic(3, 0).acceptance([0.1, 1.2]), "fraction_outside_unit_interval"),
        (lambda: OperatingCharacteristic(3, 0).acceptance(float("nan")), "fraction_outside_unit_interval"),
        (lambda: OperatingCharacteristic(3, 0).producers_risk_point(0.0), "fraction_outside_unit_interval"),
        (lambda: OperatingCharacteristic(3, 0).curve(1), "sample_too_small"),
        (lambda: ltpd_plan(0.1, -1), "count_negative"),
        (lambda: ltpd_sample_size(0.1, 0, 1.0), "confidence_outside_unit_interval"),
        (lambda: success_run_plan(0.9, 1.0), "confidence_outside_unit_interval"),
    ],
)
def test_what_makes_no_sense_is_refused(call, code):
    with pytest.raises(RatedPartsError) as refusal:
        call()
    assert refusal.value.code == code
