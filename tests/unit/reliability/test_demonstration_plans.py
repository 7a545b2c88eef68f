"""Sizes and durations of demonstrations."""

import numpy as np
import pytest
from scipy.stats import binom

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.acceptance.demonstration_plans import (
    demonstration_time_factors,
    weibull_demonstration_size,
    weibull_demonstration_time,
)
from ratedparts.reliability.acceptance.sampling import success_run_size
from ratedparts.reliability.few_failures import poisson_bound


def test_a_test_as_long_as_the_mission_is_a_success_run():
    for reliability in (0.8, 0.9, 0.99, 0.999):
        size = weibull_demonstration_size(reliability, 0.9, test_to_mission=1.0, shape=3.3)
        assert size == success_run_size(reliability, 0.9)


@pytest.mark.parametrize(("ratio", "shape"), [(2.0, 1.5), (0.7, 2.0), (3.0, 0.8), (1.0, 1.0)])
def test_without_failures_the_size_is_that_of_the_closed_form(ratio, shape):
    size = weibull_demonstration_size(0.95, 0.9, test_to_mission=ratio, shape=shape)
    assert size == np.ceil(np.log(0.1) / (ratio**shape * np.log(0.95)))


@pytest.mark.parametrize("allowed", [0, 1, 2, 5])
def test_one_unit_fewer_would_not_demonstrate_it(allowed):
    plan = {"test_to_mission": 1.6, "shape": 2.2, "failures_allowed": allowed}
    size = weibull_demonstration_size(0.97, 0.85, **plan)
    failing = 1.0 - 0.97 ** (1.6**2.2)
    assert binom.cdf(allowed, size, failing) <= 0.15 < binom.cdf(allowed, size - 1, failing)


def test_time_and_size_are_one_plan_solved_for_either():
    for units, allowed in ((10, 0), (40, 2)):
        terms = {"shape": 1.8, "failures_allowed": allowed}
        ratio = weibull_demonstration_time(0.95, 0.9, units=units, **terms)
        assert weibull_demonstration_size(0.95, 0.9, test_to_mission=ratio * 1.0001, **terms) == units
        assert weibull_demonstration_size(0.95, 0.9, test_to_mission=ratio * 0.9999, **terms) == units + 1


def test_the_table_of_factors_has_a_row_a_count_and_a_column_a_confidence():
    table = demonstration_time_factors([0, 1, 2], [0.6, 0.9])
    assert table.shape == (3, 2)
    assert table[2, 1] == poisson_bound(2, 0.9)
    # NIST/SEMATECH e-Handbook 8.3.1.1, to its digits.
    assert table[:, 0] == pytest.approx([0.916, 2.02, 3.11], abs=5e-3)
    assert table[:, 1] == pytest.approx([2.30, 3.89, 5.32], abs=5e-3)
    by_failure = demonstration_time_factors([1, 2, 3], [0.6, 0.9], termination="failure")
    assert (by_failure == table).all()
    assert demonstration_time_factors([], [0.9]).shape == (0, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reliability": 1.0}, "fraction_outside_unit_interval"),
        ({"confidence": 0.0}, "confidence_outside_unit_interval"),
        ({"test_to_mission": 0.0}, "number_not_positive"),
        ({"test_to_mission": float("inf")}, "not_finite"),
        ({"shape": -1.0}, "shape_not_positive"),
        ({"failures_allowed": -1}, "count_negative"),
        ({"test_to_mission": 1e200, "shape": 5.0}, "fraction_outside_unit_interval"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(changes, code):
    plan = {"reliability": 0.9, "confidence": 0.9, "test_to_mission": 1.0, "shape": 2.0, **changes}
    with pytest.raises(RatedPartsError) as refusal:
        weibull_demonstration_size(plan.pop("reliability"), plan.pop("confidence"), **plan)
    assert refusal.value.code == code


def test_no_time_is_long_enough_where_every_unit_may_fail():
    with pytest.raises(RatedPartsError) as refusal:
        weibull_demonstration_time(0.9, 0.9, units=3, shape=2.0, failures_allowed=3)
    assert refusal.value.code == "fraction_outside_unit_interval"
