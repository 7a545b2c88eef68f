"""Many lots at once give what each gives alone, and a supremum where there is no maximum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratedparts.reliability import LifeSample, NoFiniteEstimate, fit_weibull
from ratedparts.reliability.lots.readouts import ReadoutLots
from ratedparts.reliability.lots.right_censored import CensoredLots

LOG_SHAPES = np.linspace(-9.0, 9.0, 361)


def censored(random, lots, columns, shape=1.5):
    """Right-censored lots of any size: tied times, several ends, lots without a failure or with but one."""
    y = np.log(np.round(20.0 * random.weibull(shape, (lots, columns)) + 1.0))
    on_test = random.random((lots, columns)) < random.choice([0.4, 0.8, 1.0], (lots, 1))
    on_test[:, 0] = True
    w = np.where(on_test, random.integers(1, 4, (lots, columns)), 0).astype(float)
    failing = random.random((lots, columns)) < random.choice([0.0, 0.1, 0.5, 1.0], (lots, 1))
    return CensoredLots(y, np.where(failing, np.minimum(w, random.integers(1, 3, w.shape)), 0.0), w)


def looked_at(random, lots):
    """Readout lots: failures in few or many cells, withdrawals, none at all."""
    y = np.log([24.0, 48.0, 168.0, 500.0, 1000.0])
    failed = random.integers(0, 4, (lots, 5)) * (
        random.random((lots, 5)) < random.choice([0.2, 0.6], (lots, 1))
    )
    sound = random.integers(0, 3, (lots, 5)) * (
        random.random((lots, 5)) < random.choice([0.0, 0.4], (lots, 1))
    )
    sound[:, -1] += random.integers(0, 4, lots)
    sound[(failed + sound).sum(axis=1) == 0, -1] = 2
    return ReadoutLots(y, failed.astype(float), sound.astype(float))


def censored_sample(lots, i):
    lower, upper, count = [], [], []
    for y, d, w in zip(np.exp(lots.y[i]), lots.d[i], lots.w[i], strict=True):
        for units, end in ((d, y), (w - d, np.inf)):
            if units:
                lower.append(y), upper.append(end), count.append(units)
    return LifeSample(lower, upper, count)


def readout_sample(lots, i):
    times = [0.0, *np.exp(lots.y)]
    rows = [(times[j], times[j + 1], n) for j, n in enumerate(lots.failed[i]) if n]
    rows += [(times[j + 1], np.inf, n) for j, n in enumerate(lots.sound[i]) if n]
    return LifeSample(*zip(*rows, strict=True))


def constrained_value(lots, q, k):
    return lots.value_at(q, k, lots.constrained_shape(q, k))


def censored_log_likelihood(lots, i, shape, location):
    """The definition on a grid, of ln T less nothing: ``-sum ln t`` is left out of these lots."""
    z = shape[..., None] * (lots.y[i] - location[..., None])
    with np.errstate(over="ignore"):
        hazard = (np.where(lots.w[i] > 0, np.exp(z), 0.0) * lots.w[i]).sum(axis=-1)
    return lots.d[i].sum() * np.log(shape) + (lots.d[i] * z).sum(axis=-1) - hazard


def readout_log_likelihood(lots, i, shape, location):
    with np.errstate(over="ignore", divide="ignore"):
        alive = np.exp(-np.exp(shape[..., None] * (lots.y - location[..., None])))
        lost = -np.diff(alive, axis=-1, prepend=1.0)
        terms = lots.failed[i] * np.log(np.where(lots.failed[i] > 0, lost, 1.0))
        terms += lots.sound[i] * np.log(np.where(lots.sound[i] > 0, alive, 1.0))
    return terms.sum(axis=-1)


KINDS = {
    "censored": (lambda random: censored(random, 40, 8), censored_sample, censored_log_likelihood),
    "readouts": (lambda random: looked_at(random, 40), readout_sample, readout_log_likelihood),
}
kinds = pytest.mark.parametrize(("made", "sample_of", "log_likelihood"), KINDS.values(), ids=KINDS)


@kinds
@pytest.mark.parametrize("seed", range(3))
def test_each_lot_has_the_maximum_that_it_has_alone(made, sample_of, log_likelihood, seed):
    lots = made(np.random.default_rng(seed))
    maxima = lots.maxima()
    for i, finite in enumerate(maxima.finite):
        sample = sample_of(lots, i)
        try:
            alone = fit_weibull(sample)
        except NoFiniteEstimate:
            assert not finite
            continue
        assert finite
        assert maxima.spread[i] == pytest.approx(alone.spread, rel=1e-9)
        assert maxima.location[i] == pytest.approx(alone.location, rel=1e-9, abs=1e-9 * alone.spread)
        exact = sample.lower == sample.upper
        jacobian = float(sample.count[exact] @ np.log(sample.lower[exact]))
        assert maxima.value[i] == pytest.approx(alone.log_likelihood + jacobian, rel=1e-10, abs=1e-9)
    assert 5 < maxima.finite.sum() < len(maxima.finite) - 3


@kinds
def test_a_lot_without_a_finite_maximum_has_its_supremum(made, sample_of, log_likelihood):
    lots = made(np.random.default_rng(10))
    maxima = lots.maxima()
    shape, along = (grid.ravel() for grid in np.meshgrid(np.exp(LOG_SHAPES), np.linspace(-1.0, 13.0, 141)))
    # Steep distributions must be able to stand on, and close beside, each time.
    heights = np.linspace(-12.0, 4.0, 65)
    steep, height, time = (
        grid.ravel() for grid in np.meshgrid(np.exp([5.0, 7.0]), heights, np.unique(lots.y))
    )
    flat, level = (grid.ravel() for grid in np.meshgrid(np.exp([-12.0, -9.0]), heights))
    shape = np.concatenate((shape, steep, flat))
    location = np.concatenate((along, time - height / steep, -level / flat))
    assert (~maxima.finite).any()
    for i in np.flatnonzero(~maxima.finite):
        best = log_likelihood(lots, i, shape, location).max()
        if np.isinf(maxima.value[i]):
            # With every failure at the largest time it grows without end, by ln shape a failure.
            assert best > 5.0 - 3.0 * censored_sample(lots, i).units
            continue
        assert best <= maxima.value[i] + 1e-9
        assert best >= maxima.value[i] - 0.02 * censored_units(lots, i)


def censored_units(lots, i):
    return float(lots.w[i].sum() if isinstance(lots, CensoredLots) else (lots.failed + lots.sound)[i].sum())


@kinds
@pytest.mark.parametrize("k", [-2.25, 0.0, 0.7])
@pytest.mark.parametrize("time", [5.0, 60.0, 700.0])
def test_the_constrained_value_is_the_best_of_all_shapes(made, sample_of, log_likelihood, k, time):
    lots, q = made(np.random.default_rng(20)), float(np.log(time))
    values = constrained_value(lots, q, k)
    shapes = np.exp(LOG_SHAPES)
    free = lots.maxima().value
    for i, value in enumerate(values):
        grid = log_likelihood(lots, i, shapes, q - k / shapes)
        assert grid.max() <= value + 1e-7
        # The grid is a hundredth of ln shape from the best at most.
        assert grid.max() >= value - 0.01 * (1.0 + abs(value))
        assert value <= free[i] + 1e-9 * (1.0 + abs(free[i]))


@pytest.mark.parametrize("k", [-3.0, -20.0, -60.0, -80.0, -90.0])
def test_a_very_steep_constraint_is_met_too(k):
    # One of ten fails just before the end: the best shape is near 100, and overshot it must be found again.
    lots = CensoredLots(np.log([[99.0, 100.0]]), np.array([[1.0, 0.0]]), np.array([[1.0, 9.0]]))
    q, shapes = np.log(40.0), np.exp(np.linspace(0.0, 5.0, 5001))
    grid = censored_log_likelihood(lots, 0, shapes, q - k / shapes)
    assert lots.constrained_shape(q, k)[0] == pytest.approx(shapes[grid.argmax()], rel=2e-3)
    assert constrained_value(lots, q, k)[0] >= grid.max() - 1e-9


@kinds
def test_at_the_quantile_of_the_estimate_the_constraint_costs_nothing(made, sample_of, log_likelihood):
    lots = made(np.random.default_rng(30))
    maxima, k = lots.maxima(), -2.25
    for i in np.flatnonzero(maxima.finite):
        q = float(maxima.location[i] + maxima.spread[i] * k)
        one = lots.part(slice(i, i + 1))
        assert constrained_value(one, q, k)[0] == pytest.approx(maxima.value[i], rel=1e-10, abs=1e-9)
        assert one.constrained_shape(q, k)[0] == pytest.approx(1.0 / maxima.spread[i], rel=1e-5)


@kinds
def test_the_profile_falls_to_the_likelihood_ratio_bound_of_the_lot_alone(made, sample_of, log_likelihood):
    lots = made(np.random.default_rng(40))
    maxima, k = lots.maxima(), float(np.log(-np.log(0.9)))
    for i in np.flatnonzero(maxima.finite)[:12]:
        bound = fit_weibull(sample_of(lots, i)).life_bound(0.1, 0.9, "lower", "likelihood_ratio")
        if not 1e-30 < bound < 1e30:
            continue
        value = constrained_value(lots.part(slice(i, i + 1)), float(np.log(bound)), k)[0]
        assert 2.0 * (maxima.value[i] - value) == pytest.approx(1.2815515655446004**2, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-30.0, 30.0), st.floats(-8.0, 3.0))
def test_far_candidates_and_odd_lots_give_numbers_and_no_warning(seed, q, k):
    random = np.random.default_rng(seed)
    for lots in (censored(random, 10, 6), looked_at(random, 10)):
        maxima = lots.maxima()
        values = constrained_value(lots, q, k)
        assert not np.isnan(values).any()
        assert not np.isnan(maxima.value).any()
        assert np.all(values <= maxima.value + 1e-8 * (1.0 + np.abs(values)))


def test_one_lot_among_many_is_what_it_is_alone():
    random = np.random.default_rng(50)
    for lots in (censored(random, 30, 8), looked_at(random, 30)):
        together = lots.maxima()
        for i in range(30):
            alone = lots.part(slice(i, i + 1)).maxima()
            assert alone.finite[0] == together.finite[i]
            if alone.finite[0]:
                assert alone.spread[0] == pytest.approx(together.spread[i], rel=1e-10)
                assert alone.value[0] == pytest.approx(together.value[i], rel=1e-12, abs=1e-12)
