"""Samples like a given one, drawn from its own fit by its own design: units, ends of test and readouts."""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

from .calibration.designs import FailureTerminated, Readouts, design_of
from .calibration.order_statistics import OrderStatistics
from .calibration.simulated_roots import MonitoredSimulation, ReadoutSimulation
from .fits.weibull import WeibullFit
from .lots.readouts import ReadoutLots
from .lots.right_censored import CensoredLots

SimulatedLots = CensoredLots | ReadoutLots


def simulated_samples(fit: WeibullFit, draws: int, seed: int) -> tuple[SimulatedLots, SimulatedLots]:
    """The sample of a fit, as one lot, and ``draws`` lots simulated at the fitted location and spread.

    A complete or failure-terminated test stops at the same number of failures in every lot; its lots are
    standard ones, since no statistic of theirs that is free of location and scale depends on either.

    Raises
    ------
    RatedPartsError
        ``calibration_needs_one_kind``, ``calibration_needs_one_schedule``, or ``sample_too_small`` where no
        draws are asked for.
    """
    if draws < 1:
        raise RatedPartsError("sample_too_small", given=draws, needed=1)
    sample, centre = fit.sample, fit.surface.lives.centre
    design = design_of(sample, centre)
    location = fit.location - centre
    if isinstance(design, FailureTerminated):
        y = OrderStatistics(draws, design.units, seed).first(design.failures)
        weight = np.ones_like(y)
        weight[:, -1] += design.units - design.failures
        return CensoredLots.of(sample, centre), CensoredLots(y, np.ones_like(y), weight)
    if isinstance(design, Readouts):
        looked_at = ReadoutSimulation(sample, design, centre, seed, draws)
        return looked_at.observed, looked_at.draw(location, fit.spread)
    monitored = MonitoredSimulation(sample, design, centre, seed, draws)
    return monitored.observed, monitored.draw(location, fit.spread)
