"""Bounds with few failures, against brute force and against each other."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.few_failures import (
    failure_rate_bound,
    poisson_bound,
    required_unit_hours,
    weibayes_life_bound,
    weibayes_scale_bound,
)


def test_a_test_that_a_failure_ended_is_as_good_as_one_failure_fewer():
    for failures in (1, 2, 7):
        assert failure_rate_bound(failures, 1e6, 0.9, termination="failure") == failure_rate_bound(
            failures - 1, 1e6, 0.9
        )
        by_failure = weibayes_scale_bound([5.0, 8.0, 8.0], failures, 2.0, 0.9, termination="failure")
        assert by_failure == weibayes_scale_bound([5.0, 8.0, 8.0], failures - 1, 2.0, 0.9)
        assert by_failure > weibayes_scale_bound([5.0, 8.0, 8.0], failures, 2.0, 0.9)
    assert required_unit_hours(1e-6, 3, 0.6, termination="failure") == required_unit_hours(1e-6, 2, 0.6)


def test_the_bound_of_a_failure_terminated_test_covers_what_it_says():
    random = np.random.default_rng(20261122)
    units, failures, rate, confidence = 6, 3, 0.01, 0.80
    lives = np.sort(random.exponential(1.0 / rate, (20_000, units)), axis=1)
    hours = lives[:, :failures].sum(axis=1) + (units - failures) * lives[:, failures - 1]
    covered = np.mean(rate <= poisson_bound(failures, confidence, termination="failure") / hours)
    assert covered == pytest.approx(confidence, abs=4 * 0.4 / np.sqrt(20_000))


def test_the_weibayes_bound_of_a_failure_terminated_test_covers_what_it_says():
    random = np.random.default_rng(7)
    units, failures, shape, scale = 5, 2, 2.5, 300.0
    lives = np.sort(scale * random.weibull(shape, (2_000, units)), axis=1)
    stopped = np.minimum(lives, lives[:, [failures - 1]])
    bounds = [weibayes_scale_bound(one, failures, shape, 0.9, termination="failure") for one in stopped]
    assert np.mean(np.array(bounds) <= scale) == pytest.approx(0.9, abs=4 * 0.3 / np.sqrt(2_000))


def test_grouped_units_count_as_often_as_they_are():
    grouped = weibayes_scale_bound([100.0, 900.0], 1, 1.7, 0.9, [3, 2], termination="failure")
    single = weibayes_scale_bound([100.0] * 3 + [900.0] * 2, 1, 1.7, 0.9, termination="failure")
    assert grouped == pytest.approx(single, rel=1e-14)
    life, shape = weibayes_life_bound([100.0], 1, 0.1, (2.0, 2.0), 0.9, termination="failure")
    scale = weibayes_scale_bound([100.0], 1, 2.0, 0.9, termination="failure")
    assert (life, shape) == (pytest.approx(scale * np.sqrt(-np.log(0.9)), rel=1e-12), 2.0)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: failure_rate_bound(0, 1e6, 0.9, termination="failure"), "no_failure_ended_the_test"),
        (lambda: failure_rate_bound(1, 1e6, 0.9, termination="failed"), "unknown_termination"),
        (lambda: failure_rate_bound(-1, 1e6, 0.9), "count_negative"),
        (lambda: failure_rate_bound(1.5, 1e6, 0.9), "count_negative"),
        (lambda: failure_rate_bound(float("nan"), 1e6, 0.9), "count_negative"),
        (lambda: failure_rate_bound(1, 0.0, 0.9), "unit_hours_not_positive"),
        (lambda: failure_rate_bound(1, 1e6, 1.0), "confidence_outside_unit_interval"),
        (
            lambda: weibayes_scale_bound([1.0], 0, 1.0, 0.9, termination="failure"),
            "no_failure_ended_the_test",
        ),
        (lambda: weibayes_life_bound([1.0], 0, 0.0, (1.0, 2.0), 0.9), "fraction_outside_unit_interval"),
    ],
)
def test_what_makes_no_sense_is_refused(call, code):
    with pytest.raises(RatedPartsError) as refusal:
        call()
    assert refusal.value.code == code
