"""What of the evidence is graded: all lots together, or the worst where they differ (clause R9)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ratedparts.reliability import failure_rate_bound

from .decision import Reason
from .dossier import Part
from .evidence import Evidence
from .exposure import Exposure, by_lot, expose, lots_differ
from .rule_set import RuleSet
from .success_run import expose_run, shown_reliability


@dataclass(frozen=True)
class Graded:
    """``exposure`` is graded, of ``everything``; ``by_units``: it only passes or fails, and has no hours."""

    exposure: Exposure
    everything: Exposure
    by_units: bool
    reasons: tuple[Reason, ...]


def what_is_graded(evidence: Evidence, part: Part, rule_set: RuleSet) -> Graded:
    if evidence.family.group in rule_set.run_targets:
        return _worst_where_they_differ(expose_run(evidence.reliability, part), rule_set, by_units=True)
    use = rule_set.use_conditions[part.use_condition]
    rated = rule_set.use_conditions[rule_set.rated_condition]
    return grade_rates(expose(evidence.reliability, part, use, rated), rule_set)


def grade_rates(everything: Exposure, rule_set: RuleSet) -> Graded:
    """Of hours on test that have been brought to a use."""
    return _worst_where_they_differ(everything, rule_set, by_units=False)


def _worst_where_they_differ(everything: Exposure, rule_set: RuleSet, *, by_units: bool) -> Graded:
    lots = by_lot(everything)
    if len(lots) < 2:
        return Graded(everything, everything, by_units, ())
    differ, probability = lots_differ(everything, rule_set, by_units=by_units)
    parameters: dict[str, Any] = {"lots": len(lots)}
    exposure = everything
    if differ:
        exposure = max(lots, key=lambda lot: _badness(lot, rule_set, by_units=by_units))
        parameters["worst"] = exposure.lots[0].lot.lot_code
    code = "R_HETERO" if differ else "R_LOTS_ALIKE"
    margin = probability / rule_set.significance
    reason = Reason(code, "R9", not differ, probability, rule_set.significance, margin, parameters)
    return Graded(exposure, everything, by_units, (reason,))


def _badness(lot: Exposure, rule_set: RuleSet, *, by_units: bool) -> float:
    confidence = max(rule_set.levels_confidences)
    if by_units:
        return 1.0 - shown_reliability(lot, confidence)
    if lot.unit_hours <= 0:  # lost before the first readout is the worst rate; never on test is none
        return math.inf if lot.failures > lot.unregistered_failures else 0.0
    return failure_rate_bound(lot.failures, lot.unit_hours, confidence)
