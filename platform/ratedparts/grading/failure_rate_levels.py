"""Failure-rate levels, by a code of the platform's own.

A bare letter is never stored: L, S and B mean different rates in GB/T 1772, in the GJB series and in MIL.
"""

from __future__ import annotations

from dataclasses import dataclass

BAND = 1e-9  # one relative band in favour of the limit being met, for every comparison of a rule


@dataclass(frozen=True)
class FailureRateLevel:
    """``maximum`` is in failures per hour; the symbols are what three bodies of standards print."""

    code: str
    maximum: float
    name_zh: str
    gbt1772: str
    gjb: str | None
    mil: str | None


LEVELS = (
    FailureRateLevel("FR4.5", 3e-5, "亚五级", "Y", "L", None),
    FailureRateLevel("FR5", 1e-5, "五级", "W", "M", "M"),
    FailureRateLevel("FR6", 1e-6, "六级", "L", "P", "P"),
    FailureRateLevel("FR7", 1e-7, "七级", "Q", "R", "R"),
    FailureRateLevel("FR8", 1e-8, "八级", "B", "S", "S"),
    FailureRateLevel("FR9", 1e-9, "九级", "J", None, None),
    FailureRateLevel("FR10", 1e-10, "十级", "S", None, None),
)
BY_CODE = {level.code: level for level in LEVELS}


def at_most(value: float, limit: float) -> bool:
    """Whether ``value`` meets an upper limit, exactly at it included."""
    return value <= limit * (1.0 + BAND)


def at_least(value: float, limit: float) -> bool:
    """Whether ``value`` meets a lower limit, exactly at it included."""
    return value >= limit * (1.0 - BAND)


def level_of(failure_rate: float) -> FailureRateLevel | None:
    """The best level whose limit the rate (per hour) meets; None where it meets not even the widest."""
    met = [level for level in LEVELS if at_most(failure_rate, level.maximum)]
    return met[-1] if met else None
