"""What the running period still needs, so that a level that was granted is kept (clause 6.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ratedparts.protocols import ProtocolLibrary
from ratedparts.reliability import required_unit_hours

from .dossier import Dossier
from .evidence import gather
from .failure_rate_levels import BY_CODE
from .graded import what_is_graded
from .maintenance import judge_periods_since
from .maintenance_periods import measure_maintenance
from .rule_set import RuleSet


@dataclass(frozen=True)
class Upkeep:
    """``missing_unit_hours``: at the use condition, by ``ends_on``, if nothing further fails; 0: enough."""

    level: str
    confidence: float
    ends_on: date
    failures: int
    unit_hours: float
    missing_unit_hours: float


def upkeep_of(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> Upkeep | None:
    """On the day of the dossier; None where no level was granted, or none is left."""
    evidence = gather(dossier, library, rule_set)
    graded, rule = what_is_graded(evidence, dossier.part, rule_set), rule_set.maintenance
    if dossier.granted is None or graded.by_units:
        return None
    granted = measure_maintenance(
        dossier.granted, evidence, graded.everything, rule.period_months, dossier.evaluated_on
    )
    level, _, _ = judge_periods_since(granted, rule)
    if level is None:
        return None
    running = granted.periods[-1]
    needed = required_unit_hours(BY_CODE[level].maximum, running.failures, rule.confidence)
    return Upkeep(
        level,
        granted.confidence,
        running.ended_on,
        running.failures,
        running.unit_hours,
        max(needed - running.unit_hours, 0.0),
    )
