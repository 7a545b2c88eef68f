"""Calibrated bounds of a Weibull life, reliability and shape, whatever the sample.

Complete and failure-terminated samples have exact bounds from a pivot; all others have their signed root
judged by simulation.  Samples without a failure, or without an estimate, have bounds too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError

from ..estimation_errors import NoFiniteEstimate
from ..life_sample import Array, LifeSample
from ..lots.right_censored import CensoredLots
from .designs import FailureTerminated, design_of
from .pivotal import PivotalTable, pivotal_table
from .simulated_roots import Simulation, Verdict, judge, simulation_of

SIDES = ("lower", "upper")
FARTHEST = 700.0  # beyond it exp() is 0 or inf, and so is the bound
PRECISION = 1e-8  # of a bound's logarithm, in units of the spread


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
    _check(confidence, side)
    k = _log_hazard(fraction)
    centre = _centre(sample)
    design = design_of(sample, centre)
    if sample.failures == 0:
        return _life_without_failure(sample, fraction, confidence, side)
    if isinstance(design, FailureTerminated):
        location, spread, table = _pivot(sample, design, centre, seed)
        level = confidence if side == "lower" else 1.0 - confidence
        return _exp(location + spread * (k - table.life(k, level)) + centre)
    simulation = simulation_of(sample, design, centre, seed, draws)
    estimate, reach = _estimate(simulation, lambda location, spread: (location + spread * k, spread))
    sign = 1.0 if side == "lower" else -1.0
    q = _boundary(
        lambda x: judge(simulation, x, k, sign, 1.0 - confidence),
        estimate,
        -sign * reach * float(ndtri(max(confidence, 0.6))),
        simulation.discrete,
        1.0 - confidence,
    )
    return _exp(q + centre)


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
    _check(confidence, side)
    if not (np.isfinite(age) and age > 0):
        raise RatedPartsError("age_not_positive", given=age)
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
    estimate, reach = _estimate(simulation, lambda location, spread: ((q - location) / spread, 1.0))
    sign = 1.0 if side == "upper" else -1.0
    return _boundary(
        lambda x: judge(simulation, q, x, sign, 1.0 - confidence),
        estimate,
        sign * reach * float(ndtri(max(confidence, 0.6))),
        simulation.discrete,
        1.0 - confidence,
    )


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
    _check(confidence, side)
    turned = SIDES[1 - SIDES.index(side)]
    with np.errstate(over="ignore"):
        hazard = np.exp(calibrated_log_hazard_bound(sample, age, confidence, turned, seed=seed, draws=draws))
    return float(np.exp(-hazard))


def calibrated_shape_bound(
    sample: LifeSample, confidence: float = 0.95, side: str = "lower", *, seed: int = 0
) -> float:
    """One-sided bound of the shape of a complete or failure-terminated sample, exact.

    Raises
    ------
    RatedPartsError
        ``calibration_needs_a_pivot`` for any other sample: use the likelihood ratio there.
    """
    _check(confidence, side)
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
    merged = sample.merged
    known = merged.lower > 0
    y = np.log(merged.lower[known]) - centre
    failed = np.where(np.isinf(merged.upper[known]), 0.0, merged.count[known])
    maxima = CensoredLots(y[None, :], failed[None, :], merged.count[known][None, :]).maxima()
    if not maxima.finite[0]:
        raise NoFiniteEstimate(
            "failures_share_one_instant",
            failures=sample.failures,
            earliest=float(merged.upper.min()),
            latest=float(merged.upper.min()),
        )
    return (
        float(maxima.location[0]),
        float(maxima.spread[0]),
        pivotal_table(design.units, design.failures, seed),
    )


def _estimate(
    simulation: Simulation, of: Callable[[float, float], tuple[float, float]]
) -> tuple[float, float]:
    """Where to start the search and how far to step, without an estimate from the last time seen."""
    maxima = simulation.observed.maxima()
    location, spread = float(maxima.location[0]), float(maxima.spread[0])
    if not (np.isfinite(location) and 1e-6 < spread < 1e6):
        location, spread = float(np.max(simulation.observed.y)), 1.0
    return of(location, spread)


def _boundary(
    verdict: Callable[[float], Verdict],
    estimate: float,
    first_step: float,
    discrete: bool,
    level: float,
) -> float:
    """Where candidates stop being kept, walking from the estimate; infinite where they never do."""

    def excluded(x: float) -> float:
        """Positive where the candidate is excluded; its size says how clearly, where roots are continuous."""
        found = verdict(x)
        return level - found.beyond if discrete else found.gap

    near, near_gap = estimate, excluded(estimate)
    step = first_step
    if near_gap > 0:  # the estimate itself is excluded: walk back to what is kept
        step = -step
        first_step = -first_step
    far = near + step
    far_gap = excluded(far)
    while (far_gap > 0) == (near_gap > 0):
        near, near_gap = far, far_gap
        step *= 1.6
        far += step
        if abs(far - estimate) > FARTHEST:
            return float(np.copysign(np.inf, step))
        far_gap = excluded(far)
    from scipy.optimize import brentq

    precision = PRECISION * abs(first_step)
    return float(brentq(excluded, near, far, xtol=precision, rtol=1e-12))


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


def _log_hazard(fraction: float) -> float:
    if not 0.0 < fraction < 1.0:
        raise RatedPartsError("fraction_outside_unit_interval", given=fraction)
    return float(np.log(-np.log1p(-fraction)))


def _check(confidence: float, side: str) -> None:
    if not 0.0 < confidence < 1.0:
        raise RatedPartsError("confidence_outside_unit_interval", given=confidence)
    if side not in SIDES:
        raise RatedPartsError("unknown_side", given=side, known=SIDES)


def _exp(x: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(x))
