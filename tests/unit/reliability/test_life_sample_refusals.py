"""Whatever cannot be a life, a count or a verdict is refused by the name of its argument."""

from decimal import Decimal

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample

NOT_TIMES = {
    "a negative time": [-1.0, 2.0],
    "no number": [np.nan, 2.0],
    "nothing": [None, 2.0],
    "an empty list": [],
    "words": ["a", "b"],
    "numbers as words": ["1.0", "2.0"],
    "a table": [[1.0, 2.0]],
    "a ragged table": [[1.0], [2.0, 3.0]],
    "a single number": 3.0,
    "truth values": [True, True],
    "objects": np.array([object(), 1.0]),
    "complex numbers": np.array([1.0 + 2.0j, 2.0 + 0.0j]),
    "dates": np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]"),
    "a mapping": {"lower": 1.0},
    "a masked time": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
}


def refusal_of(*arguments, **named):
    with pytest.raises(RatedPartsError) as refusal:
        LifeSample(*arguments, **named)
    return refusal.value


@pytest.mark.parametrize("given", NOT_TIMES.values(), ids=NOT_TIMES)
def test_what_is_no_vector_of_times_is_refused_as_lower(given):
    refusal = refusal_of(given, [5.0, 5.0])
    assert refusal.code.startswith("life_sample_")
    assert refusal.parameters["argument"] == "lower"


@pytest.mark.parametrize("given", NOT_TIMES.values(), ids=NOT_TIMES)
def test_what_is_no_vector_of_times_is_refused_as_upper(given):
    refusal = refusal_of([0.0, 0.0], given)
    assert refusal.code.startswith("life_sample_")
    assert refusal.parameters["argument"] == "upper"


@pytest.mark.parametrize("given", NOT_TIMES.values(), ids=NOT_TIMES)
def test_what_is_no_vector_of_times_is_refused_as_readouts(given):
    refusal = refusal_of([0.0], [5.0], readouts=given)
    assert refusal.code.startswith("life_sample_")
    assert refusal.parameters["argument"] == "readouts"


@pytest.mark.parametrize("given", [v for k, v in NOT_TIMES.items()], ids=NOT_TIMES)
def test_what_is_no_vector_of_counts_is_refused_as_count(given):
    refusal = refusal_of([1.0, 2.0], [1.0, 2.0], given)
    assert refusal.code.startswith("life_sample_")
    assert refusal.parameters["argument"] == "count"


@pytest.mark.parametrize("count", [0, -1, 0.5, 1.5, np.nan, np.inf, -np.inf])
def test_a_count_is_a_positive_whole_number(count):
    refusal = refusal_of([1.0, 2.0], [1.0, 2.0], [1, count])
    assert refusal.code == "life_sample_count"
    assert (refusal.parameters["argument"], refusal.parameters["position"]) == ("count", 1)


@pytest.mark.parametrize(
    ("lower", "upper", "code", "argument"),
    [
        ([1.0, 3.0], [1.0, 2.0], "life_sample_empty_interval", "upper"),
        ([1.0, 0.0], [1.0, 0.0], "life_sample_empty_interval", "upper"),
        ([1.0, np.inf], [1.0, np.inf], "life_sample_not_a_number", "lower"),
        ([1.0, -np.inf], [1.0, 1.0], "life_sample_not_a_number", "lower"),
        ([1.0, 0.0], [1.0, -np.inf], "life_sample_empty_interval", "upper"),
        ([1.0, -0.5], [1.0, 1.0], "life_sample_negative", "lower"),
    ],
)
def test_the_first_offending_row_is_named(lower, upper, code, argument):
    refusal = refusal_of(lower, upper)
    assert refusal.code == code
    assert (refusal.parameters["argument"], refusal.parameters["position"]) == (argument, 1)


@pytest.mark.parametrize("readouts", [[0.0], [-1.0], [np.inf], [np.nan], []])
def test_a_readout_is_a_finite_time_after_the_start(readouts):
    refusal = refusal_of([1.0], [2.0], readouts=readouts)
    assert refusal.parameters["argument"] == "readouts"


@pytest.mark.parametrize(
    ("upper", "count", "argument"),
    [([1.0, 2.0, 3.0], None, "upper"), ([1.0, 2.0], [1], "count"), ([1.0, 2.0], [1, 1, 1], "count")],
)
def test_vectors_of_different_lengths_are_refused_by_the_one_that_differs(upper, count, argument):
    refusal = refusal_of([1.0, 2.0], upper, count)
    assert refusal.code == "life_sample_shape"
    assert refusal.parameters["argument"] == argument


@pytest.mark.parametrize(
    "failed",
    [
        ["yes", "no"],
        ["True", "False"],
        [np.nan, 1.0],
        [2, 0],
        [None, True],
        [0.5, 1.0],
        [True],
        [[True, False]],
    ],
    ids=str,
)
def test_what_is_no_verdict_of_each_unit_is_refused_as_failed(failed):
    with pytest.raises(RatedPartsError) as refusal:
        LifeSample.from_times([1.0, 2.0], failed)
    assert refusal.value.parameters["argument"] == "failed"


@pytest.mark.parametrize("failed", [[True, False], [1, 0], [1.0, 0.0], np.array([True, False])], ids=str)
def test_verdicts_are_truth_values_or_ones_and_zeros(failed):
    assert LifeSample.from_times([1.0, 2.0], failed).failures == 1


@pytest.mark.parametrize(
    "times",
    [
        [1, 2],
        (1.0, 2.0),
        range(1, 3),
        np.array([1, 2], dtype=np.int16),
        np.array([1, 2], dtype=np.float32),
        np.array([1, 2], dtype=object),
        [Decimal(1), Decimal(2)],
        np.ma.masked_array([1.0, 2.0], mask=False),
        np.array([1.0, 9.0, 2.0, 9.0])[::2],
    ],
    ids=lambda times: type(times).__name__,
)
def test_every_usual_way_to_write_numbers_is_taken(times):
    sample = LifeSample(times, times)
    assert sample.lower.tolist() == sample.upper.tolist() == [1.0, 2.0]
    assert sample.lower.dtype == sample.count.dtype == np.float64


def test_what_was_given_stays_the_callers():
    lower, upper, count = np.array([1.0, 2.0]), np.array([1.0, np.inf]), np.array([1.0, 3.0])
    sample = LifeSample(lower, upper, count)
    lower[0], upper[0], count[0] = 9.0, 9.0, 9.0
    assert (sample.lower[0], sample.upper[0], sample.count[0]) == (1.0, 1.0, 1.0)
