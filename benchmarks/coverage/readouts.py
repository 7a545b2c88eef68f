"""Coverage where failures are known to the readout: 77 units on the protocols' schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from ratedparts.protocols import load_library
from ratedparts.reliability import LifeSample, fit_weibull_readout_lots
from ratedparts.reliability.calibration.designs import design_of
from ratedparts.reliability.calibration.simulated_roots import judge, simulation_of
from ratedparts.reliability.lots.maxima import in_chunks, signed_root
from ratedparts.reliability.lots.readouts import ReadoutLots

CONFIDENCE = 0.90
UNITS = 77
DRAWS = 999
ORACLE_DRAWS = 40_000
MOST_READOUT_SAMPLES = 2_000  # each costs three simulations


class Cell(NamedTuple):
    protocol: str
    shape: float
    failing: float  # share of the units that fails by the last readout
    fraction: float
    samples: int


@dataclass(frozen=True)
class Coverage:
    """``forced``: what the test covers where the shape is known, so that only the readouts coarsen it."""

    cell: Cell
    readouts: tuple[float, ...]
    wald: float
    likelihood_ratio: float
    calibrated: float
    forced: float
    without_estimate: float


def cells(samples: int) -> list[Cell]:
    return [
        Cell(protocol, shape, failing, fraction, min(samples, MOST_READOUT_SAMPLES))
        for protocol in ("MLCC-BH@1", "SEMI-HTOL@1")
        for fraction in (0.01, 0.10)
        for failing in (0.05, 0.2, 0.6)
        for shape in (0.5, 1.0, 2.0, 4.0)
    ]


def measure(cell: Cell) -> Coverage:
    schedule = load_library().protocol(cell.protocol).readouts
    times = np.array([float(time) for time in schedule.at if time > 0])
    random = np.random.default_rng(
        [len(times), *(int(1000 * part) for part in (cell.shape, cell.failing, cell.fraction))]
    )
    scale = times[-1] * (-np.log1p(-cell.failing)) ** (-1.0 / cell.shape)
    k = float(np.log(-np.log1p(-cell.fraction)))
    q = float(np.log(scale)) + k / cell.shape
    y = np.log(times)
    probabilities = np.diff(-np.expm1(-((times / scale) ** cell.shape)), prepend=0.0)
    probabilities = np.append(probabilities, 1.0 - probabilities.sum())
    drawn = random.multinomial(UNITS, probabilities, cell.samples)
    outcomes, count = np.unique(drawn, axis=0, return_counts=True)
    lots = _lots(y, outcomes)
    roots = in_chunks(lambda part: signed_root(lots.part(part), q, k), len(outcomes), lots.width)
    fits = fit_weibull_readout_lots(times, outcomes[:, :-1], outcomes[:, -1])
    estimated = ~np.isnan(fits.shape)
    wald = fits.life_bound(cell.fraction, CONFIDENCE, method="wald") <= np.exp(q)
    kept = np.array([_kept(times, outcome, q, k, seed) for seed, outcome in enumerate(outcomes)])
    oracle, times_seen = np.unique(
        random.multinomial(UNITS, probabilities, ORACLE_DRAWS), axis=0, return_counts=True
    )
    known = _lots(y, oracle)
    of_oracle = in_chunks(lambda part: signed_root(known.part(part), q, k), len(oracle), known.width)
    return Coverage(
        cell,
        tuple(times.tolist()),
        _share(wald[estimated], count[estimated]),
        _share(roots <= ndtri(CONFIDENCE), count),
        _share(kept, count),
        _forced(of_oracle, times_seen),
        100.0 - _share(estimated, count),
    )


def _lots(y: np.ndarray, outcomes: np.ndarray) -> ReadoutLots:
    sound = np.zeros((len(outcomes), y.size))
    sound[:, -1] = outcomes[:, -1]
    return ReadoutLots(y, outcomes[:, :-1].astype(float), sound)


def _kept(times: np.ndarray, outcome: np.ndarray, q: float, k: float, seed: int) -> bool:
    """Whether the calibrated lower bound lies at or below the true life."""
    if not outcome[:-1].any():
        excluded = np.exp(-np.exp(k) * UNITS) <= 1.0 - CONFIDENCE and np.log(times[-1]) > q
        return not excluded
    edges = np.concatenate(([0.0], times, [np.inf]))
    seen = outcome > 0
    sample = LifeSample(edges[:-1][seen], edges[1:][seen], outcome[seen], readouts=times)
    centre = float(np.log(times).mean())
    simulation = simulation_of(sample, design_of(sample, centre), centre, seed, DRAWS)
    return judge(simulation, q - centre, k, 1.0, 1.0 - CONFIDENCE).beyond > 1.0 - CONFIDENCE


def _forced(roots: np.ndarray, count: np.ndarray) -> float:
    order = np.argsort(-roots)
    rising = np.cumsum(count[order]) / count.sum()
    # Roots that tie share the last of their ranks.
    last = np.searchsorted(-roots[order], -roots[order] + 1e-6, side="right") - 1
    return _share(rising[last] > 1.0 - CONFIDENCE, count[order])


def _share(covered: np.ndarray, count: np.ndarray) -> float:
    return 100.0 * float(count[covered].sum() / count.sum()) if count.sum() else float("nan")
