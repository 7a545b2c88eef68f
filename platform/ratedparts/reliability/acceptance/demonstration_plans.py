"""How many units, and how long, a demonstration takes before a test has begun."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arguments import Array, require_confidence, require_fraction, require_positive, require_shape
from ..few_failures import Termination, poisson_bound, proportion_upper_bound
from .sampling import ltpd_sample_size


def weibull_demonstration_size(
    reliability: float, confidence: float, *, test_to_mission: float, shape: float, failures_allowed: int = 0
) -> int:
    """Units that demonstrate a reliability over the mission in a test longer or shorter than it.

    With a stated Weibull shape a unit that meets the mission survives the test with probability
    ``reliability ** (test_to_mission ** shape)``; the size is the smallest for which that many failures or
    fewer are no likelier than ``1 - confidence``.  With none allowed it is
    ``ln(1 - confidence) / (test_to_mission ** shape  ln reliability)``, rounded up.

    Parameters
    ----------
    reliability : float
        Over the mission, in (0, 1).
    confidence : float
        One-sided, in (0, 1).
    test_to_mission : float
        Duration of the test over that of the mission (accelerated hours count as use hours), above zero.
    shape : float
        The Weibull shape that is taken as known.
    failures_allowed : int
        Failures with which the demonstration still succeeds.

    Raises
    ------
    RatedPartsError
        ``fraction_outside_unit_interval``, ``confidence_outside_unit_interval``, ``number_not_positive``,
        ``shape_not_positive`` or ``count_negative``; ``fraction_outside_unit_interval`` also where the test
        is so short, or so long, that a unit would survive it with certainty, or never.

    References
    ----------
    Lipson & Sheth, *Statistical Design and Analysis of Engineering Experiments* (1973); Abernethy, *The New
    Weibull Handbook* ch. 6; IEC 61649.
    """
    require_fraction(reliability)
    require_confidence(confidence)
    require_positive(test_to_mission)
    require_shape(shape)
    # An extremely long test overflows to a failing fraction of 1, which is refused as such.
    with np.errstate(over="ignore"):
        failing = -np.expm1(np.power(test_to_mission, shape) * np.log(reliability))
    return ltpd_sample_size(float(failing), failures_allowed, confidence)


def weibull_demonstration_time(
    reliability: float, confidence: float, *, units: int, shape: float, failures_allowed: int = 0
) -> float:
    """Test duration over mission duration with which ``units`` demonstrate ``reliability``.

    The same plan as ``weibull_demonstration_size``, solved for the time: exact, no rounding.
    """
    require_fraction(reliability)
    require_shape(shape)
    failing = proportion_upper_bound(failures_allowed, units, confidence)
    # Not attainable in any time where every unit may fail.
    require_fraction(failing)
    return float((np.log1p(-failing) / np.log(reliability)) ** (1.0 / shape))


def demonstration_time_factors(
    failures: Sequence[int], confidences: Sequence[float], *, termination: Termination = "time"
) -> Array:
    """Unit-hours of a demonstration, in multiples of the mean life to demonstrate.

    Row ``i``, column ``j`` belongs to ``failures[i]`` allowed and ``confidences[j]``: the test-length guide
    of NIST/SEMATECH e-Handbook 8.3.1.1, for a constant failure rate.
    """
    rows = [[poisson_bound(r, c, termination=termination) for c in confidences] for r in failures]
    return np.array(rows, dtype=float).reshape(len(failures), len(confidences))
