import numpy as np
import pytest
from scipy.stats import CensoredData

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample


@pytest.mark.parametrize(
    ("lower", "upper", "count", "code"),
    [
        ([1.0, np.nan], [1.0, 2.0], None, "life_sample_not_a_number"),
        ([1.0, 1.0], [1.0, np.nan], None, "life_sample_not_a_number"),
        ([np.inf], [np.inf], None, "life_sample_not_a_number"),
        (["a"], [1.0], None, "life_sample_not_a_number"),
        ([-1.0], [1.0], None, "life_sample_negative"),
        ([2.0], [1.0], None, "life_sample_empty_interval"),
        ([0.0], [0.0], None, "life_sample_empty_interval"),
        ([1.0, 2.0], [1.0], None, "life_sample_shape"),
        ([[1.0]], [[1.0]], None, "life_sample_shape"),
        ([1.0], [1.0], [1, 2], "life_sample_shape"),
        ([1.0], [1.0], [0], "life_sample_count"),
        ([1.0], [1.0], [1.5], "life_sample_count"),
        ([], [], None, "life_sample_empty"),
    ],
)
def test_a_row_that_says_nothing_sensible_is_refused(lower, upper, count, code):
    with pytest.raises(RatedPartsError) as refusal:
        LifeSample(lower, upper, count)
    assert refusal.value.code == code


def test_equal_rows_are_merged_and_counted():
    sample = LifeSample([500, 100, 500, 500], [np.inf, 100, np.inf, np.inf], [2, 1, 3, 4])
    assert sample.lower.tolist() == [500, 100, 500, 500]  # as given: covariates stand beside the rows
    assert sample.merged.lower.tolist() == [100, 500]
    assert sample.merged.count.tolist() == [1, 9]
    assert (sample.units, sample.failures) == (10, 1)


def test_a_scipy_sample_is_the_same_sample():
    censored = CensoredData(uncensored=[5.0, 7.0], right=[9.0], left=[2.0], interval=[[3.0, 4.0]])
    sample = LifeSample.from_censored_data(censored)
    assert sorted(zip(sample.lower, sample.upper, strict=True)) == [
        (0, 2),
        (3, 4),
        (5, 5),
        (7, 7),
        (9, np.inf),
    ]
    assert not sample.exactly_monitored


def test_a_sample_cannot_be_changed():
    sample = LifeSample.from_times([1.0, 2.0], [True, False])
    assert sample.exactly_monitored
    with pytest.raises(ValueError, match="read-only"):
        sample.lower[0] = 3.0
