"""Coverage where every failure is seen when it comes: complete, failure- and time-terminated, several ends.

All methods commute with a change of unit and of shape, and all designs here are set in fractions of the
distribution: the truth is the standard smallest extreme value and the figures hold for every shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from ratedparts.reliability import LifeSample, calibrated_life_bound, fit_weibull_lots
from ratedparts.reliability.calibration.designs import FailureTerminated, design_of
from ratedparts.reliability.calibration.pivotal import pivotal_table
from ratedparts.reliability.calibration.simulated_roots import judge, simulation_of
from ratedparts.reliability.lots.maxima import in_chunks, signed_root
from ratedparts.reliability.lots.right_censored import CensoredLots

CONFIDENCE = 0.90
DRAWS = 999
PIVOTAL_SAMPLES = 100_000  # a closed formula: many more cost nothing


class Cell(NamedTuple):
    design: str  # "complete", "failures", "time" or "several ends"
    units: int
    censored: float
    fraction: float  # the life that is bounded: 0.10 for B10; the same test bounds R at that life
    samples: int


@dataclass(frozen=True)
class Coverage:
    cell: Cell
    wald: float
    likelihood_ratio: float
    calibrated: float
    without_estimate: float  # share of samples with no finite estimate; wald is given for the others


def cells(samples: int) -> list[Cell]:
    designs = [("complete", 0.0), ("failures", 0.5), ("failures", 0.8), ("time", 0.5), ("time", 0.8)]
    found = [
        Cell(design, units, censored, fraction, samples)
        for fraction in (0.10, 0.05)
        for design, censored in designs
        for units in (5, 10, 20, 50, 100)
        if design != "failures" or round(units * (1.0 - censored)) >= 2
    ]
    return found + [Cell("several ends", units, 0.6, 0.10, samples) for units in (20, 50)]


def measure(cell: Cell) -> Coverage:
    random = np.random.default_rng([cell.units, int(100 * cell.censored), int(1000 * cell.fraction)])
    pivotal = cell.design in ("complete", "failures")
    y, failed = _samples(cell, PIVOTAL_SAMPLES if pivotal else cell.samples, random)
    k = float(np.log(-np.log1p(-cell.fraction)))
    lots = CensoredLots(y, failed.astype(float), np.ones_like(y))
    roots = in_chunks(lambda part: signed_root(lots.part(part), k, k), len(y), lots.width)
    fits = fit_weibull_lots(np.exp(y), failed)
    wald = fits.life_bound(cell.fraction, CONFIDENCE, method="wald") <= np.exp(k)
    estimated = ~np.isnan(fits.shape)
    if pivotal:
        r = int(failed[0].sum())
        reach = pivotal_table(cell.units, r, 0).life(k, CONFIDENCE)
        spread = 1.0 / fits.shape
        covered = np.log(fits.scale) + spread * (k - reach) <= k
    else:
        covered = np.array([_kept(y[lot], failed[lot], k, lot) for lot in range(len(y))])
    return Coverage(
        cell,
        100.0 * float(wald[estimated].mean()),
        100.0 * float((roots <= ndtri(CONFIDENCE)).mean()),
        100.0 * float(covered.mean()),
        100.0 * float((~estimated).mean()),
    )


def _samples(cell: Cell, samples: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Log lives (samples, units), cut where each unit's test ends, and which are failures."""
    lives = np.log(-np.log1p(-random.random((samples, cell.units))))
    if cell.design == "complete":
        return lives, np.ones(lives.shape, dtype=bool)
    if cell.design == "failures":
        r = round(cell.units * (1.0 - cell.censored))
        ends = np.sort(lives, axis=1)[:, r - 1 : r]
        return np.minimum(lives, ends), lives <= ends
    if cell.design == "time":
        end = np.full((samples, 1), np.log(-np.log(cell.censored)))
    else:  # half the units leave at a random time, the rest stay to the end
        last = np.log(-np.log(0.5))
        end = np.where(random.random(lives.shape) < 0.5, np.log(random.random(lives.shape)) + last, last)
    return np.minimum(lives, end), lives < end


def _kept(y: np.ndarray, failed: np.ndarray, k: float, seed: int) -> bool:
    """Whether the calibrated lower bound lies at or below the true life."""
    if not failed.any():
        alive = int((y > k).sum())
        return (1.0 - -np.expm1(-np.exp(k))) ** alive > 1.0 - CONFIDENCE
    sample = LifeSample.from_times(np.exp(y), failed)
    design = design_of(sample, 0.0)
    if isinstance(design, FailureTerminated):  # all failed before the end: the sample looks complete
        return calibrated_life_bound(sample, -np.expm1(-np.exp(k)), CONFIDENCE) <= np.exp(k)
    simulation = simulation_of(sample, design, 0.0, seed, DRAWS)
    return judge(simulation, k, k, 1.0, 1.0 - CONFIDENCE).beyond > 1.0 - CONFIDENCE
