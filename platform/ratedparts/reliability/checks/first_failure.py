"""Whether the first failure belongs to the population of the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from ..arguments import Array
from ..fits.one_population import fit_weibull
from ..life_sample import LifeSample
from ..lots.maxima import in_chunks
from ..lots.right_censored import CensoredLots
from ..simulated_samples import SimulatedLots, simulated_samples

LOOSE = 1e-8
TIE = 1e-9  # chances this close, relatively, are one outcome seen twice


@dataclass(frozen=True)
class FirstFailure:
    """``age`` of the first failure, or the readout at which it was known, in the unit of the sample.

    ``chance`` that the first of so many units would have failed by then under the fit to the others, and
    ``p_value``: in what share of samples from one population that chance would be so small.
    """

    age: float
    chance: float
    p_value: float


def first_failure_test(sample: LifeSample, draws: int = 999, seed: int = 0) -> FirstFailure:
    """Compare the first failure with a Weibull distribution fitted to all other units.

    The others are all that came later, so their fit puts a sound first failure too low: of ten good units
    one sample in six has a ``chance`` below 5 %.  The ``p_value`` takes that into account; it compares the
    chance with that of simulated samples, each without its own first failure.

    Raises
    ------
    NoFiniteEstimate
        The sample, or the sample without its first failure, has no Weibull fit.
    RatedPartsError
        ``calibration_needs_one_kind``, ``calibration_needs_one_schedule``, ``sample_too_small``.
    """
    fit = fit_weibull(sample)
    merged = sample.merged
    first = int(np.argmin(merged.upper))
    count = merged.count.copy()
    count[first] -= 1.0
    left = count > 0
    fit_weibull(LifeSample(merged.lower[left], merged.upper[left], count[left]))
    observed, lots = simulated_samples(fit, draws, seed)
    chance = float(_chances(observed, slice(None))[0])
    simulated = in_chunks(partial(_chances, lots), draws, lots.width)
    counted = simulated[~np.isnan(simulated)]
    below = int((counted <= chance * (1.0 + TIE)).sum())
    return FirstFailure(float(merged.upper[first]), chance, (below + 1.0) / (counted.size + 1.0))


def _chances(lots: SimulatedLots, part: slice) -> Array:
    """Of each lot of the part: the chance of so early a failure under the fit to its other units, or nan."""
    some = lots.part(part)
    if isinstance(some, CensoredLots):
        y, failed, units = some.y, some.d.copy(), some.w
        rows = np.arange(len(failed))
        first = np.where(failed > 0, y, np.inf).argmin(axis=1)
        some_failed = failed[rows, first] > 0
        failed[rows[some_failed], first[some_failed]] -= 1.0
        left = units.copy()
        left[rows[some_failed], first[some_failed]] -= 1.0
        maxima = CensoredLots(y, failed, left).maxima(LOOSE)
        age = y[rows, first]
    else:
        y, failed = np.broadcast_to(some.y, some.failed.shape), some.failed.copy()
        units = some.failed + some.sound
        rows = np.arange(len(failed))
        first = (failed > 0).argmax(axis=1)
        some_failed = failed[rows, first] > 0
        failed[rows[some_failed], first[some_failed]] -= 1.0
        maxima = type(some)(some.y, failed, some.sound).maxima(LOOSE)
        age = some.y[first]
    finite = maxima.finite & some_failed
    location, spread = np.where(finite, maxima.location, 0.0), np.where(finite, maxima.spread, 1.0)
    with np.errstate(over="ignore"):
        hazard = np.exp((np.minimum(y, age[:, None]) - location[:, None]) / spread[:, None])
        chance = -np.expm1(-(units * hazard).sum(axis=1))
    return np.where(finite, chance, np.nan)
