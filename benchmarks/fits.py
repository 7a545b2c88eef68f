"""One fit with its bounds, from ten units to a hundred thousand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import survreg
from surpyval import Weibull
from timing import Row, best_of

from ratedparts.reliability import LifeSample, fit_weibull

SIZES = (10, 100, 1000, 10_000)


def rows() -> Iterator[Row]:
    for units in SIZES:
        times, failed = right_censored(units, 0.5)
        ours = best_of(lambda: bounds_of(LifeSample.from_times(times, failed)), 20)  # noqa: B023
        theirs = best_of(lambda: peer_bounds(x=times, c=(~failed).astype(int)), 3)  # noqa: B023
        yield Row(f"fit, Wald and LR B10 bounds, {units:,} units, half failed", ours, "surpyval", theirs, 30)
        yield from _against_r(times, failed, units)
    for units in SIZES:
        edges, counts = grouped(units)
        ours = best_of(lambda: bounds_of(sample_of(edges, counts)), 20)  # noqa: B023
        theirs = best_of(lambda: peer_bounds(**peer_form(edges, counts)), 3)  # noqa: B023
        yield Row(f"the same, {units:,} units in 10 readouts", ours, "surpyval", theirs, 30)
    times, failed = right_censored(100_000, 0.7)
    ours = best_of(lambda: bounds_of(LifeSample.from_times(times, failed)))
    theirs = best_of(lambda: peer_bounds(x=times, c=(~failed).astype(int)), 2)
    yield Row("the same, 100,000 rows, 70 % censored", ours, "surpyval", theirs, 8)


def right_censored(units: int, censored: float) -> tuple[np.ndarray, np.ndarray]:
    """Weibull(2, 1000) lives, cut where that share has not failed."""
    lives = 1000.0 * np.random.default_rng(units).weibull(2.0, units)
    end = float(np.quantile(lives, 1.0 - censored))
    return np.minimum(lives, end), lives <= end - 1e-9


def grouped(units: int) -> tuple[np.ndarray, np.ndarray]:
    """Readout times, and how many failed at each, with the survivors last."""
    edges = np.linspace(150.0, 1500.0, 10)
    lives = 1000.0 * np.random.default_rng(units).weibull(2.0, units)
    return edges, np.bincount(np.searchsorted(edges, lives), minlength=11)


def sample_of(edges: np.ndarray, counts: np.ndarray) -> LifeSample:
    """One row a unit, as a laboratory's file has it."""
    at = np.repeat(np.arange(11), counts)
    return LifeSample(np.concatenate(([0.0], edges))[at], np.concatenate((edges, [np.inf]))[at])


def peer_form(edges: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    """surpyval's: an interval a row, -1 left-censored, 1 right-censored, 2 between; counts beside them."""
    low, high = np.concatenate(([0.0], edges)), np.concatenate((edges, [edges[-1]]))
    kind = np.full(11, 2)
    kind[0], kind[-1] = -1, 1
    low[0] = high[0]
    seen = counts > 0
    return {"x": np.column_stack((low, high))[seen], "c": kind[seen], "n": counts[seen]}


def bounds_of(sample: LifeSample) -> tuple[float, float]:
    fitted = fit_weibull(sample)
    return fitted.life_bound(0.10, method="wald"), fitted.life_bound(0.10, method="likelihood_ratio")


def peer_bounds(**data: np.ndarray) -> tuple[object, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = Weibull.fit(**data)
        terms = {"alpha_ci": 0.10, "bound": "lower"}
        return fitted.quantile_cb(0.10, **terms), fitted.quantile_cb(0.10, method="lr", **terms)


def _against_r(times: np.ndarray, failed: np.ndarray, units: int) -> Iterator[Row]:
    """R has no likelihood-ratio bound: its Wald bound alone against both of ours."""
    theirs = survreg.seconds(times, failed)
    if theirs is not None:
        ours = best_of(lambda: bounds_of(LifeSample.from_times(times, failed)), 20)
        yield Row(f"the same, {units:,} units, R without its LR bound", ours, "R survreg", theirs, 1)
