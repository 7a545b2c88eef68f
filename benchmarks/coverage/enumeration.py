"""Exact coverage of readout bounds in a test small enough to enumerate: no simulation at all.

Every outcome of the test has its signed root at the true life and its probability at every shape, so the
share of roots beyond it is a sum, and the coverage of each rule a sum of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtri, xlogy

from ratedparts.reliability.calibration.simulated_roots import NEAR
from ratedparts.reliability.lots.maxima import in_chunks, signed_root
from ratedparts.reliability.lots.readouts import ReadoutLots

CONFIDENCE = 0.90
LN_SHAPES = np.linspace(np.log(0.05), np.log(60.0), 161)


class Cell(NamedTuple):
    units: int
    readouts: tuple[float, ...]
    shape: float
    failing: float
    fraction: float


@dataclass(frozen=True)
class Coverage:
    """``plugged_in``: judged at the constrained estimate of the shape; ``forced``: at the true shape."""

    cell: Cell
    likelihood_ratio: float
    plugged_in: float
    calibrated: float
    forced: float


def cells() -> list[Cell]:
    tests = [(77, (168.0, 500.0, 1000.0)), (20, (48.0, 168.0, 500.0, 1000.0, 2000.0)), (40, (500.0, 1000.0))]
    return [
        Cell(units, readouts, shape, failing, fraction)
        for units, readouts in tests
        for fraction in (0.01, 0.05, 0.10)
        for failing in (0.05, 0.1, 0.2, 0.3, 0.6, 0.75, 0.9)
        for shape in (0.5, 1.0, 2.0, 4.0)
    ]


def measure(cell: Cell) -> Coverage:
    y = np.log(np.array(cell.readouts))
    scale = cell.readouts[-1] * (-np.log1p(-cell.failing)) ** (-1.0 / cell.shape)
    k = float(np.log(-np.log1p(-cell.fraction)))
    q = float(np.log(scale)) + k / cell.shape
    outcomes = _outcomes(cell.units, y.size)
    sound = np.zeros((len(outcomes), y.size))
    sound[:, -1] = outcomes[:, -1]
    lots = ReadoutLots(y, outcomes[:, :-1].astype(float), sound)
    roots = in_chunks(lambda part: signed_root(lots.part(part), q, k), len(outcomes), lots.width).round(6)
    order = np.argsort(-roots, kind="stable")
    tied_until = np.searchsorted(-roots[order], -roots[order], side="right") - 1

    def beyond(probabilities: np.ndarray) -> np.ndarray:
        share = np.empty_like(probabilities)
        share[order] = np.cumsum(probabilities[order])[tied_until]
        return share

    # Outcomes without a failure have their bound from the success run, whatever the shape.
    none = outcomes[:, -1] == cell.units
    kept = not ((1.0 - cell.fraction) ** cell.units <= 1.0 - CONFIDENCE and y[-1] > q)
    logs = np.stack([_log_probability(outcomes, y, q, k, np.exp(s)) for s in LN_SHAPES])
    shares = np.stack([beyond(np.exp(row)) for row in logs])
    drop = 2.0 * (logs.max(axis=0) - logs)
    truth = np.exp(_log_probability(outcomes, y, q, k, cell.shape))
    best = np.take_along_axis(shares, logs.argmax(axis=0)[None, :], axis=0)[0]
    near = np.where(drop <= NEAR, shares, 0.0).max(axis=0)

    def covered(share: np.ndarray) -> float:
        return 100.0 * float(truth[np.where(none, kept, share > 1.0 - CONFIDENCE)].sum())

    return Coverage(
        cell,
        100.0 * float(truth[roots <= ndtri(CONFIDENCE)].sum()),
        covered(best),
        covered(near),
        100.0 * float(truth[beyond(truth) > 1.0 - CONFIDENCE].sum()),
    )


def _outcomes(units: int, readouts: int) -> np.ndarray:
    """Every way to spread the units over the readouts and the survivors, (outcomes, readouts + 1)."""
    found = np.zeros((1, 0), dtype=int)
    for _ in range(readouts):
        left = units - found.sum(axis=1)
        rows = np.repeat(np.arange(len(found)), left + 1)
        first = np.repeat(np.cumsum(left + 1) - (left + 1), left + 1)
        found = np.column_stack((found[rows], np.arange(rows.size) - first))
    return np.column_stack((found, units - found.sum(axis=1)))


def _log_probability(outcomes: np.ndarray, y: np.ndarray, q: float, k: float, shape: float) -> np.ndarray:
    failed = -np.expm1(-np.exp(np.minimum(shape * (y - q) + k, 600.0)))
    cells = np.maximum(np.diff(failed, prepend=0.0, append=1.0), 0.0)
    counts = gammaln(outcomes.sum(axis=1) + 1.0) - gammaln(outcomes + 1.0).sum(axis=1)
    return counts + xlogy(outcomes, cells).sum(axis=1)
