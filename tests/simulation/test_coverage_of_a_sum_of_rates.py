"""The bound of a sum of rates covers the truth at least as often as it says."""

import numpy as np
import pytest

from ratedparts.reliability.sum_of_rates import sum_of_rates_bound

TRIALS = 4000


@pytest.mark.parametrize("parts", [2, 10, 100])
@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])  # of ln weight
@pytest.mark.parametrize("expected", [0.05, 0.5, 5.0])  # failures of the whole test
@pytest.mark.parametrize("confidence", [0.6, 0.9])
def test_it_covers(parts: int, spread: float, expected: float, confidence: float) -> None:
    random = np.random.default_rng([parts, int(10 * spread), int(100 * expected)])
    weights = np.exp(spread * random.standard_normal(parts))
    means = expected * random.dirichlet(np.full(parts, 0.5))
    truth = means @ weights
    counts = random.poisson(means, size=(TRIALS, parts))
    different, often = np.unique(counts, axis=0, return_counts=True)
    covered = sum(
        many
        for one, many in zip(different, often, strict=True)
        if sum_of_rates_bound(one, weights, confidence) >= truth
    )
    error = np.sqrt(confidence * (1 - confidence) / TRIALS)
    assert covered / TRIALS >= confidence - 3 * error
