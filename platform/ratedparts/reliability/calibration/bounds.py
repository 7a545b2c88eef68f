"""Calibrated bounds of a Weibull life, reliability and shape, whatever the sample.

Complete and failure-terminated samples have exact bounds from a pivot; all others have their signed root
judged by simulation.  Samples without a failure, or without an estimate, have bounds too.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError

from ..arguments import Array, log_hazard, opposite, require_age, require_confidence, require_side
from ..estimation_errors import NoFiniteEstimate
from ..life_sample import LifeSample
from ..lots.right_censored import CensoredLots
from .designs import FailureTerminated, design_of
from .pivotal import PivotalTable, pivotal_table
from .search import Search
from .simulated_roots import Simulation, simulation_of


def calibrated_life_bound(
    sample: LifeSample,
    fraction: float,
    confidence: float = 0.90,
    side: str = "lower",
    *,
    seed: int = 0,
    draws: int | None = None,
) -> float:
    """One-sided bound of the age by which ``fraction`` has failed, in the sample's unit.

    Needs no estimate: without any failure it is the success-run bound, the last age that enough units
    outlived to exclude, at that confidence, that ``fraction`` fails before it, or zero.

    Parameters
    ----------
    sample : LifeSample
        Exact times with suspensions, or readouts on one schedule.
    fraction, confidence : float
        In (0, 1).
    side : str
        ``lower`` or ``upper``.
    seed : int
        Of the simulation: the same call gives the same bound.
    draws : int, optional
        Simulated samples; by default 10,000, fewer where many failures make each costly.

    Raises
    ------
    NoFiniteEstimate
        A failure-terminated sample with fewer than two different failure times carries no information on the
        spread.
    RatedPartsError
        ``calibration_needs_one_kind``, ``calibration_needs_one_schedule``, or an argument out of its range.
    """
    require_confidence(confidence)
    require_side(side)
    k = log_hazard(fraction)
    centre = _centre(sample)
    design = design_of(sample, centre)
    if sample.failures == 0:
        return _life_without_failure(sample, fraction, confidence, side)
    if isinstance(design, FailureTerminated):
        location, spread, table = _pivot(sample, design, centre, seed)
        level = confidence if side == "lower" else 1.0 - confidence
        return _exp(location + spread * (k - table.life(k, level)) + centre)
    search = _life_search(simulation_of(sample, design, centre, seed, draws), k, confidence, side)
    return _exp(search.bound() + centre)


def sketched_life_bound(
    sample: LifeSample, fraction: float, confidence: float, side: str, *, draws: int, seed: int = 0
) -> float:
    """`calibrated_life_bound` after one simulation instead of several: for a line in a drawing."""
    centre = _centre(sample)
    design = design_of(sample, centre)
    if sample.failures == 0 or isinstance(design, FailureTerminated):
        return calibrated_life_bound(sample, fraction, confidence, side, seed=seed)
    simulation = simulation_of(sample, design, centre, seed, draws)
    search = _life_search(simulation, log_hazard(fraction), confidence, side)
    return _exp(search.sketch() + centre)


def _life_search(simulation: Simulation, k: float, confidence: float, side: str) -> Search:
    location, spread = _estimate(simulation)
    sign = 1.0 if side == "lower" else -1.0
    step = -sign * spread * float(ndtri(max(confidence, 0.6)))
    return Search(simulation, lambda q: (q, k), sign, 1.0 - confidence, location + spread * k, step)


def calibrated_log_hazard_bound(
    sample: LifeSample,
    age: float,
    confidence: float = 0.90,
    side: str = "upper",
    *,
    seed: int = 0,
    draws: int | None = None,
) -> float:
    """One-sided bound of ``ln(-ln R(age))``; arguments and errors as of `calibrated_life_bound`."""
    require_confidence(confidence)
    require_side(side)
    require_age(age)
    centre = _centre(sample)
    q = float(np.log(age)) - centre
    design = design_of(sample, centre)
    if sample.failures == 0:
        return _log_hazard_without_failure(sample, age, confidence, side)
    if isinstance(design, FailureTerminated):
        location, spread, table = _pivot(sample, design, centre, seed)
        level = confidence if side == "upper" else 1.0 - confidence
        return table.log_hazard((q - location) / spread, level)
    simulation = simulation_of(sample, design, centre, seed, draws)
    location, spread = _estimate(simulation)
    sign = 1.0 if side == "upper" else -1.0
    step = sign * float(ndtri(max(confidence, 0.6)))
    start = (q - location) / spread
    return Search(simulation, lambda k: (q, k), sign, 1.0 - confidence, start, step).bound()


def calibrated_reliability_bound(
    sample: LifeSample,
    age: float,
    confidence: float = 0.90,
    side: str = "lower",
    *,
    seed: int = 0,
    draws: int | None = None,
) -> float:
    """One-sided bound of the fraction that survives ``age``; see `calibrated_life_bound`."""
    require_confidence(confidence)
    require_side(side)
    k = calibrated_log_hazard_bound(sample, age, confidence, opposite(side), seed=seed, draws=draws)
    return float(np.exp(-_exp(k)))


def calibrated_shape_bound(
    sample: LifeSample, confidence: float = 0.95, side: str = "lower", *, seed: int = 0
) -> float:
    """One-sided bound of the shape of a complete or failure-terminated sample, exact.

    Raises
    ------
    RatedPartsError
        ``calibration_needs_a_pivot`` for any other sample: use the likelihood ratio there.
    """
    require_confidence(confidence)
    require_side(side)
    design = design_of(sample, 0.0)
    if not isinstance(design, FailureTerminated):
        raise RatedPartsError("calibration_needs_a_pivot")
    _, spread, table = _pivot(sample, design, 0.0, seed)
    return 1.0 / (spread * table.shape_ratio(confidence if side == "lower" else 1.0 - confidence))


def mean_shape_ratio(units: int, failures: int, seed: int = 0) -> float:
    """Mean of shape estimate over true shape in tests of ``units`` stopped at failure number ``failures``.

    Dividing an estimate by it removes the bias of a small sample; nothing here does so unasked.
    """
    if not 2 <= failures <= units:
        raise RatedPartsError("sample_too_small", given=failures, needed=2)
    return pivotal_table(units, failures, seed).mean_shape_ratio


def _pivot(
    sample: LifeSample, design: FailureTerminated, centre: float, seed: int
) -> tuple[float, float, PivotalTable]:
    maxima = CensoredLots.of(sample, centre).maxima()
    if not maxima.finite[0]:
        raise NoFiniteEstimate(
            "failures_share_one_instant",
            failures=sample.failures,
            earliest=float(sample.upper.min()),
            latest=float(sample.upper.min()),
        )
    return (
        float(maxima.location[0]),
        float(maxima.spread[0]),
        pivotal_table(design.units, design.failures, seed),
    )


def _estimate(simulation: Simulation) -> tuple[float, float]:
    """Location and spread where the search starts; without an estimate from the last time seen."""
    maxima = simulation.observed.maxima()
    location, spread = float(maxima.location[0]), float(maxima.spread[0])
    if not (np.isfinite(location) and 1e-6 < spread < 1e6):
        return float(np.max(simulation.observed.y)), 1.0
    return location, spread


def _life_without_failure(sample: LifeSample, fraction: float, confidence: float, side: str) -> float:
    if side == "upper":
        return float(np.inf)
    ages, alive = _alive(sample)
    enough = alive * -np.log1p(-fraction) >= -np.log1p(-confidence)
    return float(ages[enough].max(initial=0.0))


def _log_hazard_without_failure(sample: LifeSample, age: float, confidence: float, side: str) -> float:
    ages, alive = _alive(sample)
    outlived = float(alive[ages >= age].max(initial=0.0))
    if side == "lower":
        return float(-np.inf)
    return float(np.log(-np.log1p(-confidence) / outlived)) if outlived > 0 else float(np.inf)


def _alive(sample: LifeSample) -> tuple[Array, Array]:
    """Ages at which units were last seen, rising, and how many had been seen sound at or after each."""
    merged = sample.merged
    ages, position = np.unique(merged.lower, return_inverse=True)
    left = np.bincount(position, weights=merged.count)
    return ages, np.asarray(np.cumsum(left[::-1])[::-1], dtype=float)


def _centre(sample: LifeSample) -> float:
    """A log time in the middle of the sample, so that the unit of time drops out."""
    merged = sample.merged
    seen = np.where(np.isfinite(merged.upper), merged.upper, merged.lower)
    known = seen > 0
    return float(np.average(np.log(seen[known]), weights=merged.count[known])) if known.any() else 0.0


def _exp(x: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(x))
