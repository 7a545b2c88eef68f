"""Plotting positions and the line through them."""

import numpy as np
import pytest
from scipy.stats import binom

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample, NoFiniteEstimate
from ratedparts.reliability.checks.plotting_positions import plotting_positions
from ratedparts.reliability.checks.rank_regression import fit_weibull_by_ranks

from ...reference.test_weibull_cases import CASES, sample_of

SIX = next(case for case in CASES if case["id"] == "rank_regression_six_units")


@pytest.mark.parametrize("ranks", ["exact", "benard"])
@pytest.mark.parametrize(("regress", "name"), [("y_on_x", "RRY"), ("x_on_y", "RRX")])
def test_the_six_units_of_reliawiki(regress, name, ranks):
    line = fit_weibull_by_ranks(sample_of(SIX), regress, ranks)
    expected = SIX["expected"][f"{name}_{ranks}"]
    assert line.shape == pytest.approx(expected["beta"], rel=1e-9)
    assert line.scale == pytest.approx(expected["eta"], rel=1e-9)
    assert line.correlation == pytest.approx(expected["rho"], rel=1e-9)


def test_the_exact_median_ranks_of_six_units():
    positions = plotting_positions(sample_of(SIX))
    assert positions.fraction == pytest.approx(SIX["expected"]["median_ranks_exact"], rel=1e-9)


def test_a_median_rank_is_the_fraction_that_leaves_even_odds():
    # At the true fraction F the i-th of n failures has come with probability 1/2: P[Bin(n, F) >= i] = 1/2.
    positions = plotting_positions(LifeSample(np.arange(1.0, 12.0), np.arange(1.0, 12.0)))
    assert binom.sf(positions.rank - 1.0, 11, positions.fraction) == pytest.approx(np.full(11, 0.5))


def johnson(times, failed):
    """One unit after the other, as Johnson's rule is told."""
    order = sorted(range(len(times)), key=lambda i: (times[i], not failed[i]))
    rank, ranks = 0.0, []
    for place, unit in enumerate(order):
        if failed[unit]:
            rank += (len(times) + 1.0 - rank) / (1.0 + len(times) - place)
            ranks.append(rank)
    return ranks


@pytest.mark.parametrize("seed", range(10))
def test_ranks_are_johnsons_with_ties_and_suspensions(seed):
    random = np.random.default_rng(seed)
    times = random.integers(1, 8, 25).astype(float)
    failed = random.random(25) < 0.6
    each = plotting_positions(LifeSample.from_times(times, failed), each=True)
    assert each.rank == pytest.approx(johnson(times, failed))
    together = plotting_positions(LifeSample.from_times(times, failed))
    last = np.cumsum(together.count).astype(int) - 1
    assert together.rank == pytest.approx(each.rank[last])
    assert np.array_equal(together.end, each.end[last])


def test_failures_between_readouts_stand_at_the_end_of_their_interval():
    sample = LifeSample([0.0, 10.0, 10.0, 20.0], [10.0, 20.0, np.inf, np.inf], [2, 1, 1, 6])
    positions = plotting_positions(sample, "benard")
    assert positions.start.tolist() == [0.0, 10.0]
    assert positions.end.tolist() == [10.0, 20.0]
    assert positions.rank == pytest.approx([2.0, 2.0 + 9.0 / 8.0])


def test_the_line_knows_no_unit_of_time_and_turns_with_powers_of_it():
    random = np.random.default_rng(1)
    times, failed = random.weibull(2.0, 30), random.random(30) < 0.7
    line = fit_weibull_by_ranks(LifeSample.from_times(times, failed))
    hours = fit_weibull_by_ranks(LifeSample.from_times(1e6 * times, failed))
    assert (hours.shape, hours.scale / 1e6) == pytest.approx((line.shape, line.scale))
    squared = fit_weibull_by_ranks(LifeSample.from_times(times**2, failed))
    assert (squared.shape * 2.0, squared.scale**0.5) == pytest.approx((line.shape, line.scale))
    flat = fit_weibull_by_ranks(LifeSample.from_times(times, failed), "y_on_x")
    assert flat.shape / line.shape == pytest.approx(line.correlation**2)


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (LifeSample([5.0], [np.inf]), "no_failures"),
        (LifeSample([5.0, 9.0], [5.0, np.inf], [3, 1]), "failures_share_one_instant"),
    ],
)
def test_one_point_makes_no_line(sample, code):
    with pytest.raises(NoFiniteEstimate) as refusal:
        fit_weibull_by_ranks(sample)
    assert refusal.value.code == code


@pytest.mark.parametrize("terms", [("sideways", "exact"), ("y_on_x", "hazen")])
def test_unknown_ways_are_named(terms):
    with pytest.raises(RatedPartsError) as refusal:
        fit_weibull_by_ranks(sample_of(SIX), *terms)
    assert refusal.value.code == "unknown_method"
    assert refusal.value.parameters["given"] in terms
