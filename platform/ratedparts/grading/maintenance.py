"""Whether a level is kept up by continued testing, and whether a better one is earned (clause 6.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratedparts.reliability import failure_rate_bound, required_unit_hours

from .decision import Reason
from .failure_rate_levels import BY_CODE, LEVELS, at_most, level_of
from .figures import MaintainedFigures, PeriodFigures, RateFigures
from .rule_set import MaintenanceRule


@dataclass(frozen=True)
class KeptLevel:
    """``level``: the best that may be said, or None; ``limits``: whether it holds the rates back."""

    level: str | None
    limits: bool
    reasons: tuple[Reason, ...]


def judge_kept_level(figures: RateFigures, rule: MaintenanceRule) -> KeptLevel:
    """What of the level that was granted is left, or has been added; of figures that have rates.

    Where no period took the level down, all data count together, and what they show is the level.  Where one
    did, only what was tested since can bring it up again: the older tests are what was contradicted.
    """
    granted, rates = figures.maintained, figures.rates
    assert granted is not None
    assert rates is not None
    kept, reasons, lowered_on = judge_periods_since(granted, rule)
    if lowered_on is None:
        rate = rates[granted.confidence]
        reached = level_of(rate)
        if reached is not None and reached.maximum < BY_CODE[granted.level].maximum:
            told = {"level": reached.code, "confidence": granted.confidence, "failures": figures.failures}
            better = Reason("R_UPGRADE", "6.7", True, rate, reached.maximum, reached.maximum / rate, told)
            reasons = (*reasons, better)
        return KeptLevel(kept, False, reasons)
    wanted = [one.code for one in LEVELS if kept is None or one.maximum < BY_CODE[kept].maximum]
    again = [judge_regained(one, granted, lowered_on) for one in wanted]
    met = [one for one in again if one.met]
    if met:
        return KeptLevel(met[-1].parameters["level"], True, (*reasons, met[-1]))
    return KeptLevel(kept, True, (*reasons, *again[:1]))


def judge_periods_since(
    granted: MaintainedFigures, rule: MaintenanceRule
) -> tuple[str | None, tuple[Reason, ...], date | None]:
    """The level after the periods since the last certificate, and the end of the last that cost a step."""
    due = [one for one in granted.periods if one.complete and one.ended_on > granted.judged_to]
    kept, reasons = judge_periods(granted.level, due, rule)
    lost = [date.fromisoformat(one.parameters["ended_on"]) for one in reasons if not one.met]
    return kept, reasons, max(lost, default=granted.lowered_on)


def tested_since(granted: MaintainedFigures, day: date) -> tuple[int, float]:
    """Failures and unit-hours of the periods that ended later."""
    since = [one for one in granted.periods if one.ended_on > day]
    return sum(one.failures for one in since), sum(one.unit_hours for one in since)


def judge_regained(level: str, granted: MaintainedFigures, lowered_on: date) -> Reason:
    """A level on the data since one was lost, at the confidence that was declared with it."""
    failures, unit_hours = tested_since(granted, lowered_on)
    limit = BY_CODE[level].maximum
    rate = _bound(failures, unit_hours, granted.confidence)
    met = rate is not None and at_most(rate, limit)
    missing = required_unit_hours(limit, failures, granted.confidence) - unit_hours
    parameters = {
        "level": level,
        "confidence": granted.confidence,
        "since": lowered_on.isoformat(),
        "failures": failures,
        "missing_unit_hours": 0.0 if met else max(missing, 0.0),
    }
    margin = None if rate is None else limit / rate
    return Reason("R_REGAINED", "6.7", met, rate, limit, margin, parameters)


def judge_periods(
    level: str, periods: Iterable[PeriodFigures], rule: MaintenanceRule
) -> tuple[str | None, tuple[Reason, ...]]:
    """The level after the last period: period by period, the oldest first, each by its own data alone.

    A period without failures that is too short to verify the level takes it down one step; failures may
    take it further, to the best level that the period itself keeps.  None: not even the widest is left.
    """
    kept: str | None = level
    reasons = []
    for period in sorted(periods, key=lambda one: one.ended_on):
        if kept is None:
            break
        limit = BY_CODE[kept].maximum
        rate = _bound(period.failures, period.unit_hours, rule.confidence)
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
    return kept, tuple(reasons)


def _bound(failures: int, unit_hours: float, confidence: float) -> float | None:
    return failure_rate_bound(failures, unit_hours, confidence) if unit_hours > 0 else None


def _lowered(level: str, period: PeriodFigures, rule: MaintenanceRule) -> str | None:
    worse = [one for one in LEVELS if one.maximum > BY_CODE[level].maximum]  # the widest first
    if not worse:
        return None
    rate = _bound(period.failures, period.unit_hours, rule.confidence)
    if period.failures == 0:
        return worse[-1].code
    fitting = [one for one in worse if rate is not None and at_most(rate, one.maximum)]
    return fitting[-1].code if fitting else None
