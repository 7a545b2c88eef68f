"""What caps a grade beside its four axes: how the tests were run, and what the maker left undone."""

from __future__ import annotations

from .decision import Reason
from .evidence import Evidence, Report
from .exposure import Exposure
from .failure_rate_levels import at_least
from .rule_set import RuleSet, worse


def judge_flags(
    evidence: Evidence, exposure: Exposure, decreasing: bool, screened: bool, rule_set: RuleSet
) -> tuple[str, tuple[Reason, ...]]:
    """The cap of all flags together, and a reason for each flag that is up."""
    cap = "A+"
    reasons = []
    if decreasing:
        cap = "A+" if screened else worse(cap, rule_set.decreasing_rate_cap)
        reasons.append(Reason("R_DFR", "R7", screened, parameters={"screened": screened, "cap": cap}))
    for report in evidence.reports:
        if not report.live:
            continue
        if not report.test.registered:
            failures = sum(lot.failures for lot in report.test.lots)
            parameters = {"protocol": report.protocol.name, "failures": failures}
            reasons.append(Reason("PLAN_UNREGISTERED", "P1", False, parameters=parameters))
        if report.test.registered and _incomplete(report):
            cap = worse(cap, rule_set.incomplete_cap)
            planned = _planned_duration(report)
            share = report.test.duration / planned
            parameters = {"protocol": report.protocol.name, "cap": rule_set.incomplete_cap}
            reasons.append(
                Reason("PLAN_INCOMPLETE", "6.9", False, report.test.duration, planned, share, parameters)
            )
    capped = {one.protocol.name: one.factor for one in exposure.lots if one.factor.capped}
    for name, factor in capped.items():
        parameters = {"protocol": name}
        share = factor.value / factor.before_cap
        reasons.append(Reason("AF_CAPPED", "R2", True, factor.before_cap, factor.value, share, parameters))
    reasons += [
        Reason("NOT_GRADED", "6.10", True, parameters={"protocol": name})
        for name in dict.fromkeys(evidence.not_graded)
    ]
    return cap, tuple(reasons)


def _incomplete(report: Report) -> bool:
    """Stopped before the planned duration, or before the last readout that the protocol insists on.

    A test in which every unit failed has nothing left to run on.
    """
    planned = _planned_duration(report)
    alive = any(not group.failed for lot in report.test.lots for group in lot.units)
    return planned > 0 and alive and not at_least(report.test.duration, planned)


def _planned_duration(report: Report) -> float:
    if report.test.planned is not None and report.test.planned.duration is not None:
        return report.test.planned.duration
    readouts = report.protocol.readouts
    return max(readouts.mandatory, default=0.0) if readouts else 0.0
