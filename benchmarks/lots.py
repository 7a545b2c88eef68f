"""Thousands of lots at once, and the simulation behind one calibrated bound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from fits import peer_bounds, right_censored
from surpyval import Weibull
from timing import Row, best_of

from ratedparts.reliability import (
    LifeSample,
    calibrated_life_bound,
    fit_weibull_lots,
    fit_weibull_readout_lots,
)

UNITS, FAILURES = 77, 15
PEER_LOTS = 25  # the peer is timed on so many and scaled up


def rows() -> Iterator[Row]:
    for lots in (200, 2_000, 20_000):
        times, failed = censored_lots(lots)
        theirs = best_of(lambda: _peer_wald(times, failed), 2) * lots / PEER_LOTS  # noqa: B023
        with_ratio = best_of(lambda: _peer_both(times, failed), 2) * lots / PEER_LOTS  # noqa: B023
        ours = best_of(lambda: fit_weibull_lots(times, failed).life_bound(0.10, method="wald"))  # noqa: B023
        both = best_of(lambda: _both(times, failed))  # noqa: B023
        target = (2000, 500) if lots == 2_000 else (None, None)
        yield Row(f"{lots:,} lots × 77 units, 80 % censored, Wald bound", ours, "surpyval", theirs, target[0])
        yield Row("the same with likelihood-ratio bounds", both, "surpyval", with_ratio, target[1])
    readouts, found, sound = readout_lots(2_000)
    ours = best_of(lambda: fit_weibull_readout_lots(readouts, found, sound).life_bound(0.10))
    yield Row("2,000 lots × 77 units on 5 readouts, LR bounds", ours, "surpyval", with_ratio / 10)
    yield calibrated()


def calibrated() -> Row:
    """Ten thousand resamples of one time-terminated lot; the peer would refit as many."""
    times, failed = right_censored(UNITS, 0.8)
    sample = LifeSample.from_times(times, failed)
    ours = best_of(lambda: calibrated_life_bound(sample, 0.10, draws=10_000), 5)
    one = best_of(lambda: Weibull.fit(x=times, c=(~failed).astype(int)), 5)
    return Row("calibrated B10 bound, 77 units, 10,000 resamples", ours, "10,000 surpyval fits", 10_000 * one)


def censored_lots(lots: int) -> tuple[np.ndarray, np.ndarray]:
    """Each lot stops between its fifteenth and sixteenth failure."""
    random = np.random.default_rng(lots)
    shape, scale = random.uniform(0.8, 3.0, lots), random.uniform(500.0, 5000.0, lots)
    lives = scale[:, None] * random.weibull(shape[:, None], (lots, UNITS))
    ordered = np.sort(lives, axis=1)
    end = 0.5 * (ordered[:, FAILURES - 1] + ordered[:, FAILURES])[:, None]
    return np.minimum(lives, end), lives < end


def readout_lots(lots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    readouts = np.array([48.0, 168.0, 500.0, 1000.0, 2000.0])
    lives = 3000.0 * np.random.default_rng(lots).weibull(1.2, (lots, UNITS))
    cells = np.searchsorted(readouts, lives)
    counts = np.stack([(cells == cell).sum(axis=1) for cell in range(6)], axis=1)
    return readouts, counts[:, :-1], counts[:, -1]


def _both(times: np.ndarray, failed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fitted = fit_weibull_lots(times, failed)
    return fitted.life_bound(0.10, method="wald"), fitted.life_bound(0.10)


def _peer_wald(times: np.ndarray, failed: np.ndarray) -> None:
    for lot in range(PEER_LOTS):
        fitted = Weibull.fit(x=times[lot], c=(~failed[lot]).astype(int))
        fitted.quantile_cb(0.10, alpha_ci=0.10, bound="lower")


def _peer_both(times: np.ndarray, failed: np.ndarray) -> None:
    for lot in range(PEER_LOTS):
        peer_bounds(x=times[lot], c=(~failed[lot]).astype(int))
