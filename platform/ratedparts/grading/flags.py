"""What caps a grade beside its four axes: how the tests were run, and what the maker left undone."""

from __future__ import annotations

from .decision import Reason
from .evidence import Evidence, Report
from .exposure import Exposure
from .failure_rate_levels import at_least
from .figures import FlagFigures, PlanFlag
from .rule_set import RuleSet, worse


def measure_flags(evidence: Evidence, exposure: Exposure, screened: bool) -> FlagFigures:
    """What is wrong with the plans; and what a reader has to know of the acceleration."""
    plans = []
    for report in evidence.reports:
        if not report.live:
            continue
        if not report.test.registered:
            failures = sum(lot.failures for lot in report.test.lots)
            plans.append(PlanFlag(report.protocol.name, failures=failures))
        elif is_incomplete(report):
            plans.append(
                PlanFlag(report.protocol.name, reached=_shortest(report), planned=_planned_duration(report))
            )
    reasons = []
    if exposure.fitted is not None:
        for name in exposure.fitted.fitted:
            value = float(exposure.fitted.fit.coefficients[name])
            used = exposure.lots[0].protocol.life_of(evidence.family.code)[0]
            default = used.default(name) if used is not None else None
            parameters = {"parameter": name, "default": default}
            reasons.append(Reason("AF_FITTED", "R2", True, value, parameters=parameters))
    capped = {one.protocol.name: one.factor for one in exposure.lots if one.factor.capped}
    for protocol, factor in capped.items():
        share = factor.value / factor.before_cap
        reasons.append(
            Reason("AF_CAPPED", "R2", True, factor.before_cap, factor.value, share, {"protocol": protocol})
        )
    reasons += [
        Reason("NOT_GRADED", "6.10", True, parameters={"protocol": name})
        for name in dict.fromkeys(evidence.not_graded)
    ]
    return FlagFigures(screened, tuple(plans), tuple(reasons))


def judge_flags(figures: FlagFigures, decreasing: bool, rule_set: RuleSet) -> tuple[str, tuple[Reason, ...]]:
    """The cap of all flags together, and a reason for each flag that is up."""
    cap = "A+"
    reasons = []
    if decreasing:
        screened = figures.screened
        cap = "A+" if screened else worse(cap, rule_set.decreasing_rate_cap)
        reasons.append(Reason("R_DFR", "R7", screened, parameters={"screened": screened, "cap": cap}))
    for plan in figures.plans:
        if plan.failures is not None:
            parameters = {"protocol": plan.protocol, "failures": plan.failures}
            reasons.append(Reason("PLAN_UNREGISTERED", "P1", False, parameters=parameters))
            continue
        cap = worse(cap, rule_set.incomplete_cap)
        incomplete = {"protocol": plan.protocol, "cap": rule_set.incomplete_cap}
        if plan.reached is None or plan.planned is None:
            # All that were there ran on; some were never there.
            reasons.append(Reason("PLAN_INCOMPLETE", "6.9", False, parameters=incomplete))
        else:
            share = plan.reached / plan.planned
            reasons.append(
                Reason("PLAN_INCOMPLETE", "6.9", False, plan.reached, plan.planned, share, incomplete)
            )
    return cap, (*reasons, *figures.reasons)


def is_incomplete(report: Report) -> bool:
    """Fewer lots or units than planned, or a unit taken off before the planned duration.

    A unit that failed, or left for an external cause, has done its part; without a plan nothing is cut short.
    """
    planned = report.test.planned
    if planned is None:
        return False
    lots = report.test.lots
    too_few_lots = planned.lots is not None and len(lots) < planned.lots
    per_lot = planned.units_per_lot or 0
    return too_few_lots or any(lot.unit_count < per_lot for lot in lots) or _shortest(report) is not None


def _shortest(report: Report) -> float | None:
    """The earliest time at which a sound unit was taken off before the planned duration; None: none was."""
    planned = _planned_duration(report)
    times = [
        group.lower
        for lot in report.test.lots
        for group in lot.units
        if not group.failed and group.removed is None and not at_least(group.lower, planned)
    ]
    return min(times, default=None)


def _planned_duration(report: Report) -> float:
    planned = report.test.planned
    return planned.duration if planned is not None and planned.duration is not None else 0.0
