"""Whether a level is kept up by continued testing, and whether a better one is earned (clause 6.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratedparts.reliability import failure_rate_bound, required_unit_hours

from .decision import Reason
from .failure_rate_levels import BY_CODE, LEVELS, at_most
from .rule_set import MaintenanceRule


@dataclass(frozen=True)
class MaintenancePeriod:
    """What was tested in one period, and nothing of before: failures, and unit-hours at the use condition."""

    ended_on: date
    failures: int
    unit_hours: float


@dataclass(frozen=True)
class KeptLevel:
    """The level after the last period; None: not even the widest is left."""

    level: str | None
    reasons: tuple[Reason, ...]


def judge_maintenance(level: str, periods: Iterable[MaintenancePeriod], rule: MaintenanceRule) -> KeptLevel:
    """Clause 6.7: period by period, the oldest first, each by its own data alone.

    A period without failures that is too short to verify the level takes it down one step; failures may
    take it further, to the best level that the period itself keeps.
    """
    kept: str | None = level
    reasons = []
    for period in sorted(periods, key=lambda one: one.ended_on):
        if kept is None:
            break
        limit = BY_CODE[kept].maximum
        rate = _bound(period, rule)
        met = rate is not None and at_most(rate, limit)
        needed = required_unit_hours(limit, period.failures, rule.confidence)
        before = kept
        if not met:
            kept = _lowered(kept, period, rule)
        parameters = {
            "level": before,
            "becomes": kept or "none",
            "ended_on": period.ended_on.isoformat(),
            "failures": period.failures,
            "missing_unit_hours": max(needed - period.unit_hours, 0.0),
        }
        margin = limit / rate if rate is not None else None
        reasons.append(Reason("R_KEPT", "6.7", met, rate, limit, margin, parameters))
    return KeptLevel(kept, tuple(reasons))


def judge_upgrade(level: str, failures: int, unit_hours: float, confidence: float) -> Reason:
    """Clause 6.7: a better level on all data since the grading, at the confidence that was declared then."""
    limit = BY_CODE[level].maximum
    rate = failure_rate_bound(failures, unit_hours, confidence)
    missing = max(required_unit_hours(limit, failures, confidence) - unit_hours, 0.0)
    met = at_most(rate, limit)
    parameters = {
        "level": level,
        "confidence": confidence,
        "failures": failures,
        "missing_unit_hours": 0.0 if met else missing,
    }
    return Reason("R_UPGRADE", "6.7", met, rate, limit, limit / rate, parameters)


def _bound(period: MaintenancePeriod, rule: MaintenanceRule) -> float | None:
    if period.unit_hours <= 0:
        return None
    return failure_rate_bound(period.failures, period.unit_hours, rule.confidence)


def _lowered(level: str, period: MaintenancePeriod, rule: MaintenanceRule) -> str | None:
    worse = [one for one in LEVELS if one.maximum > BY_CODE[level].maximum]  # the widest first
    if not worse:
        return None
    rate = _bound(period, rule)
    if period.failures == 0:
        return worse[-1].code
    fitting = [one for one in worse if rate is not None and at_most(rate, one.maximum)]
    return fitting[-1].code if fitting else None
