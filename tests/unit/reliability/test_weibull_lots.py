"""Arrays of lots: the same numbers as one lot at a time, whatever the chunks."""

import numpy as np
import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import (
    LifeSample,
    NoFiniteEstimate,
    fit_weibull,
    fit_weibull_lots,
    fit_weibull_readout_lots,
)
from ratedparts.reliability.lots import weibull_lots

READOUTS = np.array([48.0, 168.0, 500.0, 1000.0])


def exact_lots(lots, units, one_end):
    random = np.random.default_rng(lots)
    lives = 800.0 * random.weibull(1.5, (lots, units))
    ends = np.full((lots, units), 500.0) if one_end else random.uniform(200.0, 1500.0, (lots, units))
    return np.minimum(lives, ends), lives < ends


def readout_lots(lots, units=40):
    cells = np.searchsorted(READOUTS, 700.0 * np.random.default_rng(7).weibull(0.9, (lots, units)))
    counts = np.stack([(cells == cell).sum(axis=1) for cell in range(5)], axis=1)
    return counts[:, :-1], counts[:, -1]


def check_against_one_at_a_time(fitted, samples):
    wald, ratio = (fitted.life_bound(0.1, 0.9, "lower", method) for method in ("wald", "likelihood_ratio"))
    upper = fitted.life_bound(0.1, 0.95, "upper")
    for lot, sample in enumerate(samples):
        try:
            alone = fit_weibull(sample)
        except NoFiniteEstimate:
            assert np.isnan([fitted.shape[lot], fitted.scale[lot], fitted.log_likelihood[lot]]).all()
            assert np.isnan([wald[lot], ratio[lot], upper[lot]]).all()
            continue
        assert fitted.shape[lot] == pytest.approx(alone.shape, rel=1e-9)
        assert fitted.scale[lot] == pytest.approx(alone.scale, rel=1e-9)
        assert fitted.log_likelihood[lot] == pytest.approx(alone.log_likelihood, rel=1e-9)
        assert fitted.covariance[lot] == pytest.approx(alone.covariance, rel=1e-7)
        assert fitted.life(0.1)[lot] == pytest.approx(alone.life(0.1), rel=1e-9)
        assert wald[lot] == pytest.approx(alone.life_bound(0.1, 0.9, "lower", "wald"), rel=1e-8)
        assert ratio[lot] == pytest.approx(alone.life_bound(0.1, 0.9, "lower"), rel=1e-8)
        assert upper[lot] == pytest.approx(alone.life_bound(0.1, 0.95, "upper"), rel=1e-8)


@pytest.mark.parametrize("one_end", [True, False])
@pytest.mark.parametrize("units", [3, 12])
def test_exact_lots_are_what_each_is_alone(one_end, units):
    times, failed = exact_lots(60, units, one_end)
    samples = [LifeSample.from_times(times[lot], failed[lot]) for lot in range(60)]
    check_against_one_at_a_time(fit_weibull_lots(times, failed), samples)


def test_readout_lots_are_what_each_is_alone():
    failed, sound = readout_lots(60, 6)
    edges = np.concatenate(([0.0], READOUTS, [np.inf]))
    counts = np.column_stack((failed, sound))
    samples = [LifeSample(edges[:-1][row > 0], edges[1:][row > 0], row[row > 0]) for row in counts]
    check_against_one_at_a_time(fit_weibull_readout_lots(READOUTS, failed, sound), samples)


def test_short_lots_are_padded_with_nan():
    times, failed = exact_lots(4, 10, one_end=True)
    padded = np.column_stack((times, np.full((4, 3), np.nan)))
    flags = np.column_stack((failed, np.zeros((4, 3), dtype=bool)))
    assert fit_weibull_lots(padded, flags).shape == pytest.approx(
        fit_weibull_lots(times, failed).shape, rel=1e-12
    )


def test_chunks_make_no_difference(monkeypatch):
    times, failed = exact_lots(50, 9, one_end=False)
    whole = fit_weibull_lots(times, failed)
    monkeypatch.setattr(weibull_lots, "MEMORY_OF_A_CHUNK", 60)
    parts = fit_weibull_lots(times, failed)
    assert len(parts.parts) > len(whole.parts) == 1
    assert parts.shape == pytest.approx(whole.shape, rel=1e-12, nan_ok=True)
    assert parts.life_bound(0.1) == pytest.approx(whole.life_bound(0.1), rel=1e-10, nan_ok=True)


@pytest.mark.parametrize("factor", [1e-9, 3600.0])
def test_the_unit_of_time_does_not_matter(factor):
    times, failed = exact_lots(20, 15, one_end=True)
    ours, scaled = fit_weibull_lots(times, failed), fit_weibull_lots(factor * times, failed)
    assert scaled.shape == pytest.approx(ours.shape, rel=1e-9, nan_ok=True)
    for method in ("wald", "likelihood_ratio"):
        assert scaled.life_bound(0.1, method=method) == pytest.approx(
            factor * ours.life_bound(0.1, method=method), rel=1e-9, nan_ok=True
        )


@pytest.mark.parametrize(
    ("times", "failed", "code"),
    [
        ([1.0, 2.0], [True, False], "lots_shape"),
        ([[1.0, 2.0]], [[True]], "lots_shape"),
        (np.empty((0, 3)), np.empty((0, 3), dtype=bool), "lots_shape"),
        ([[1.0, 2.0], [0.0, 3.0]], [[True, True], [True, True]], "lots_time_not_positive"),
        ([[1.0, 2.0], [-1.0, 3.0]], [[True, True], [False, True]], "lots_time_not_positive"),
        ([[1.0, 2.0], [np.inf, 3.0]], [[True, True], [False, True]], "lots_time_not_positive"),
        ([[1.0, 2.0], [np.nan, 3.0]], [[True, True], [True, True]], "lots_time_not_positive"),
    ],
)
def test_lots_that_make_no_sense_are_refused_with_the_lot(times, failed, code):
    with pytest.raises(RatedPartsError) as refusal:
        fit_weibull_lots(times, failed)
    assert refusal.value.code == code
    if code == "lots_time_not_positive":
        assert refusal.value.parameters["lot"] == 1


@pytest.mark.parametrize(
    ("readouts", "failed", "sound", "code"),
    [
        ([48.0, 168.0], [[1, 2, 3]], [4], "lots_shape"),
        ([48.0, 168.0], [[1, 2]], [[4]], "lots_shape"),
        ([168.0, 48.0], [[1, 2]], [4], "readouts_not_rising"),
        ([0.0, 48.0], [[1, 2]], [4], "readouts_not_rising"),
        ([48.0, 168.0], [[1, -2]], [4], "lots_count"),
        ([48.0, 168.0], [[1, 0.5]], [4], "lots_count"),
        ([48.0, 168.0], [[1, np.nan]], [4], "lots_count"),
    ],
)
def test_readout_lots_that_make_no_sense_are_refused(readouts, failed, sound, code):
    with pytest.raises(RatedPartsError) as refusal:
        fit_weibull_readout_lots(readouts, failed, sound)
    assert refusal.value.code == code
