"""The bound of a sum of rates: what it is where that is known exactly, and what it is made of."""

import math

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.few_failures import failure_rate_bound
from ratedparts.reliability.sum_of_rates import counts_behind, sum_of_rates_bound


@pytest.mark.parametrize("failures", [0, 1, 2, 7, 40, 1000])
@pytest.mark.parametrize("confidence", [0.6, 0.9, 0.99])
def test_one_part_alone_has_its_own_bound(failures: int, confidence: float) -> None:
    own = failure_rate_bound(failures, 2e6, confidence)
    assert sum_of_rates_bound([failures], [1 / 2e6], confidence) == pytest.approx(own, rel=1e-12)


def test_without_a_failure_the_part_of_the_least_evidence_decides() -> None:
    weights = [1e-8, 4e-8, 2e-8]
    assert sum_of_rates_bound([0, 0, 0], weights, 0.9) == pytest.approx(4e-8 * math.log(10), rel=1e-12)


def test_counts_of_alike_parts_are_counted_together() -> None:
    together = sum_of_rates_bound([1, 0, 3], [1e-7] * 3, 0.9)
    assert together == pytest.approx(failure_rate_bound(4, 1e7, 0.9), rel=1e-12)


def test_it_lies_below_the_sum_of_the_bounds_and_above_the_rate_that_was_seen() -> None:
    failures, weights = np.array([0.0, 2.0, 5.0, 1.0]), np.array([3e-8, 1e-8, 2e-9, 4e-8])
    bound = sum_of_rates_bound(failures, weights, 0.9)
    apart = sum(failure_rate_bound(int(r), 1 / w, 0.9) for r, w in zip(failures, weights, strict=True))
    assert failures @ weights < bound < apart


@pytest.mark.parametrize("failures", [0, 1, 2, 3, 10, 250, 60_000])
def test_the_counts_behind_two_bounds_are_found_again(failures: int) -> None:
    bounds = [[failure_rate_bound(failures, 3.7e8, one)] for one in (0.6, 0.9)]
    found, weights = counts_behind(*bounds)
    assert found[0] == failures
    assert weights[0] == pytest.approx(1 / 3.7e8, rel=1e-9)


def test_other_bounds_keep_what_they_say_at_90_percent() -> None:
    high = np.array([9e-9, 9e-9, 9e-9])
    failures, weights = counts_behind([1e-9, 6e-9, 9e-9], high)  # too far apart, between two counts, the same
    assert failures[0] == 0
    assert failures[1] != np.round(failures[1])
    assert failures[2] > 1e6
    for one in range(3):
        alone = sum_of_rates_bound(failures[[one]], weights[[one]], 0.9)
        assert alone == pytest.approx(high[one], rel=1e-9)
    assert sum_of_rates_bound(failures[[1]], weights[[1]], 0.6) == pytest.approx(6e-9, rel=1e-6)


def test_nothing_has_no_counts() -> None:
    failures, weights = counts_behind([], [])
    assert failures.size == weights.size == 0


@pytest.mark.parametrize(
    ("failures", "weights", "code"),
    [
        ([], [], "sample_too_small"),
        ([1], [1e-9, 1e-9], "life_sample_shape"),
        ([-1], [1e-9], "number_negative"),
        ([1], [0.0], "number_not_positive"),
        ([math.nan], [1e-9], "not_finite"),
    ],
)
def test_nonsense_is_refused(failures: list[float], weights: list[float], code: str) -> None:
    with pytest.raises(RatedPartsError) as raised:
        sum_of_rates_bound(failures, weights, 0.9)
    assert raised.value.code == code
