"""Whether a Weibull distribution explains a sample, judged by samples drawn from the fit and fitted again.

No table serves under censoring, and none takes into account that the parameters were estimated from the same
lives: so the statistic is compared with its own distribution under the fitted model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import xlogy

from ratedparts.errors import RatedPartsError

from ..arguments import Array
from ..fits.one_population import fit_weibull
from ..life_sample import LifeSample
from ..lots.maxima import in_chunks
from ..lots.readouts import ReadoutLots
from ..lots.right_censored import CensoredLots
from ..simulated_samples import simulated_samples

TIE = 1e-9  # statistics this close, relatively, are one outcome seen twice
LOOSE = 1e-8
NEARLY_ONE = 1.0 - 1e-12  # where the sum over a complete sample ends: Minitab's closing point


@dataclass(frozen=True)
class GoodnessOfFit:
    """``statistic`` (``anderson_darling`` or ``deviance``) and the share of simulated ones at or beyond it.

    ``draws``: how many simulated samples had an estimate and were counted.
    """

    kind: str
    statistic: float
    p_value: float
    draws: int


def goodness_of_fit(sample: LifeSample, draws: int = 999, seed: int = 0) -> GoodnessOfFit:
    """Test the Weibull distribution by a parametric bootstrap in which each simulated sample is refitted.

    Parameters
    ----------
    sample : LifeSample
        Exact times with suspensions, or readouts on one schedule.
    draws : int
        Simulated samples; the p-value is a multiple of ``1 / (draws + 1)``.
    seed : int
        The same call gives the same p-value.

    Returns
    -------
    GoodnessOfFit
        Of exact times: the adjusted Anderson-Darling statistic of Minitab, ``N`` times the squared distance
        between fitted and plotted (Johnson, Benard) fractions, with N the number of units on test, failed or
        not.  Of readouts: twice the log-likelihood that the product-limit estimate gains over the fit.

    Raises
    ------
    NoFiniteEstimate
        There is no Weibull fit; see `fit_weibull`.
    RatedPartsError
        ``calibration_needs_one_kind``, ``calibration_needs_one_schedule``, ``sample_too_small`` for no draws.

    Notes
    -----
    Under censoring the sum ends at the last failure.  Minitab adds the stretch from there to infinity, where
    nothing was seen: that term says how many failed and little else, and in complete samples both agree.
    Programs differ in N as well: some take the number of failures.  The p-value depends on neither.
    Simulated samples without an estimate of their own are left out, as the sample itself would have been.

    References
    ----------
    Anderson & Darling (1954); D'Agostino & Stephens, *Goodness-of-Fit Techniques* (1986); Minitab, Methods
    and formulas for goodness-of-fit.  Checked against: 0.89498 for the ball bearings of Lieblein & Zelen.
    """
    observed, lots = simulated_samples(fit_weibull(sample), draws, seed)
    statistic = float(_statistics(observed, slice(None))[0])
    simulated = in_chunks(partial(_statistics, lots), draws, lots.width)
    counted = simulated[~np.isnan(simulated)]
    beyond = int((counted >= statistic - TIE * abs(statistic)).sum())
    kind = "deviance" if isinstance(lots, ReadoutLots) else "anderson_darling"
    return GoodnessOfFit(kind, statistic, (beyond + 1.0) / (counted.size + 1.0), counted.size)


def minitab_anderson_darling(sample: LifeSample) -> float:
    """The adjusted Anderson-Darling statistic as Minitab prints it, for comparison with older reports.

    Of exact times with suspensions; N is the number of units.  Under censoring it is no test: the stretch
    from the last failure to infinity outweighs all the others, and a plain mixture passes.  Raises
    ``calibration_needs_one_kind`` for readouts and what `fit_weibull` raises.
    """
    if not sample.exactly_monitored:
        raise RatedPartsError("calibration_needs_one_kind")
    centre = fit_weibull(sample).surface.lives.centre
    return float(_anderson_darling(CensoredLots.of(sample, centre), to_the_end=True)[0])


def _statistics(lots: CensoredLots | ReadoutLots, part: slice) -> Array:
    """The statistic of each lot of the part; nan where it has no estimate."""
    some = lots.part(part)
    return _deviance(some) if isinstance(some, ReadoutLots) else _anderson_darling(some)


def _deviance(lots: ReadoutLots) -> Array:
    maxima = lots.maxima(LOOSE)
    left = np.cumsum((lots.failed + lots.sound)[:, ::-1], axis=1)[:, ::-1]
    share = lots.failed / np.maximum(left, 1.0)
    saturated = xlogy(lots.failed, share) + xlogy(left - lots.failed, 1.0 - share)
    return np.where(maxima.finite, 2.0 * (saturated.sum(axis=1) - maxima.value), np.nan)


def _anderson_darling(lots: CensoredLots, to_the_end: bool = False) -> Array:
    """Units times the sum, between plotted points, of ``(F - fitted)² / (fitted (1 - fitted))``.

    F is constant between two failures, so each stretch has a closed form; failures that share a time end in
    a stretch of no length.  A complete sample's last stretch reaches one.
    """
    maxima = lots.maxima(LOOSE)
    suspended = lots.d == 0
    order = np.lexsort((suspended, lots.y), axis=-1)
    y, d, w = (np.take_along_axis(values, order, axis=1) for values in (lots.y, lots.d, lots.w))
    watched = np.cumsum(w[:, ::-1], axis=1)[:, ::-1]
    units = watched[:, :1]
    beyond = np.cumprod((watched - d + 1.0) / (watched + 1.0), axis=1)
    plotted = ((units + 1.0) * (1.0 - beyond) - 0.3) / (units + 0.4)
    failed = d > 0
    # A column without a failure repeats the point before it: a stretch of no length.
    last = np.maximum.accumulate(np.where(failed, np.arange(y.shape[1]), -1), axis=1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        hazard = np.exp((y - maxima.location[:, None]) / maxima.spread[:, None])
        none = np.zeros_like(units)
        known = last >= 0
        last = np.maximum(last, 0)
        hazards = np.where(known, np.take_along_axis(hazard, last, axis=1), 0.0)
        steps = np.where(known, np.take_along_axis(plotted, last, axis=1), 0.0)
        complete = to_the_end | (w.sum(axis=1) == d.sum(axis=1))[:, None]
        closing = -np.log1p(-NEARLY_ONE)
        end = np.where(complete, np.maximum(closing, hazards[:, -1:]), hazards[:, -1:])
        ends = np.hstack((none, hazards, end))
        steps = np.hstack((none, steps))
        z = -np.expm1(-ends)
        low, high = z[:, :-1], z[:, 1:]
        gained = np.diff(ends, axis=1)  # ln(1 - low) - ln(1 - high)
        upper = gained - np.diff(z, axis=1) - 2.0 * steps * gained
        logs = np.where(steps > 0, np.log(high) - np.log(low), 0.0)
        squares = steps * steps * (logs + gained)
    total = units[:, 0] * (upper + np.where(steps > 0, squares, 0.0)).sum(axis=1)
    return np.where(maxima.finite, total, np.nan)
