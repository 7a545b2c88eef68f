"""From a dossier to a decision: the one place where the axes meet (clause 6.6)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary
from ratedparts.reliability import failure_rate_bound

from .ceg_2026_1 import RULE_SETS
from .decision import FIGURES, Decision, Reason
from .dossier import Dossier
from .dossier_contradictions import require_consistency
from .dossier_shape import read_dossier
from .evidence import Evidence, Standing, add_months, gather
from .exposure import Exposure, by_lot, expose, lots_differ
from .flags import judge_flags
from .hazard_shape import Hazard
from .life_axis import judge_life
from .quality_axis import judge_quality
from .reliability_axis import ReliabilityResult, judge_reliability
from .rule_set import GRADES, RuleSet


def decide_json(value: Any, library: ProtocolLibrary) -> Decision:
    """Read, check and decide a dossier given as parsed JSON.

    Raises
    ------
    RatedPartsError
        ``dossier_refused`` with every fault, or ``unknown_rule_set``.
    """
    return decide(read_dossier(value), library)


def decide(dossier: Dossier, library: ProtocolLibrary) -> Decision:
    """The grade under the rule set that the dossier names, with every reason."""
    rule_set = RULE_SETS.get(dossier.rule_set)
    if rule_set is None:
        raise RatedPartsError("unknown_rule_set", given=dossier.rule_set, known=sorted(RULE_SETS))
    require_consistency(dossier, library, rule_set)
    evidence = gather(dossier, library, rule_set)
    use = rule_set.use_conditions[dossier.part.use_condition]
    rated = rule_set.use_conditions[rule_set.rated_condition]
    everything = expose(evidence.reliability, dossier.part, use, rated)
    exposure, hetero = _graded(everything, rule_set)
    screened = dossier.part.screened and all(
        report.test.screened_units and report.test.screen_document for report in evidence.reliability
    )
    reliability = judge_reliability(
        exposure, everything, rule_set, evidence.family.group, dossier.part.design_life_hours, screened
    )
    shape_range = evidence.reliability[0].protocol.shape if evidence.reliability else None
    fit = reliability.shape.fit if reliability.shape else None
    life = judge_life(exposure, rule_set, fit, shape_range, dossier.part.design_life_hours)
    quality = judge_quality(evidence, rule_set)
    evidence_class, evidence_cap, class_reason = _evidence_class(evidence, rule_set)
    flags_cap, flag_reasons = judge_flags(
        evidence, exposure, reliability.hazard is Hazard.DECREASING, screened, rule_set
    )
    caps = {"R": reliability.cap, "L": life.cap, "Q": quality.cap, "E": evidence_cap, "flags": flags_cap}
    reached = max(caps.values(), key=GRADES.index)
    standing_grade, standing_reasons = _standing(evidence)
    grade = standing_grade or reached
    if grade == "U":
        grade = "U-NONCONFORMING" if quality.failed else "U-INSUFFICIENT"
    binding = () if reached == "A+" else tuple(name for name, cap in caps.items() if cap == reached)
    reasons = (
        *standing_reasons,
        *hetero,
        *reliability.reasons,
        *life.reasons,
        *quality.reasons,
        class_reason,
        *flag_reasons,
    )
    return Decision(
        rule_set.id,
        grade,
        {
            "R": reliability.rests_on,
            "L": life.demonstrated,
            "Q": quality.name,
            "E": evidence_class,
            "use_condition": dossier.part.use_condition,
        },
        caps,
        binding,
        reasons,
        _figures(exposure, reliability, life.figures),
        None if grade.startswith("U") else _valid_until(dossier, evidence, rule_set),
        tuple(dict.fromkeys(test.protocol for test in dossier.tests)),
    )


def _graded(exposure: Exposure, rule_set: RuleSet) -> tuple[Exposure, tuple[Reason, ...]]:
    """Clause R9: where the lots differ, the worst of them alone is graded."""
    differ, probability = lots_differ(exposure, rule_set)
    lots = by_lot(exposure)
    if len(lots) < 2:
        return exposure, ()
    parameters: dict[str, Any] = {"lots": len(lots)}
    if differ:
        exposure = max(lots, key=lambda lot: _rate(lot, rule_set))
        parameters["worst"] = exposure.lots[0].lot.lot_code
    margin = probability / rule_set.significance
    code = "R_HETERO" if differ else "R_LOTS_ALIKE"
    return exposure, (Reason(code, "R9", not differ, probability, rule_set.significance, margin, parameters),)


def _rate(lot: Exposure, rule_set: RuleSet) -> float:
    if lot.unit_hours <= 0:  # lost before the first readout is the worst rate; never on test is none
        return math.inf if lot.failures > lot.unregistered_failures else 0.0
    return failure_rate_bound(lot.failures, lot.unit_hours, max(rule_set.levels_confidences))


def _evidence_class(evidence: Evidence, rule_set: RuleSet) -> tuple[str, str, Reason]:
    """Clause 6.4: the weakest report that the grade depends on."""
    classes = [report.test.evidence_class for report in evidence.mandatory_live]
    weakest = min(classes, default="E0")
    cap = rule_set.evidence_caps[weakest]
    parameters = {"class": weakest, "cap": cap}
    return weakest, cap, Reason("E_CLASS", "6.4", cap == "A+", parameters=parameters)


def _standing(evidence: Evidence) -> tuple[str | None, tuple[Reason, ...]]:
    """Clauses P4 and 6.7: a mandatory protocol with reports, none of them live."""
    reasons = []
    grade = None
    for slot in evidence.family.mandatory:
        reports = evidence.in_slot(slot)
        if not reports or any(report.live for report in reports):
            continue
        if any(report.standing is Standing.VOID for report in reports):
            grade = "U-PCN"
            reasons.append(Reason("PCN", "P4", False, parameters={"protocol": slot}))
        else:
            grade = grade or "U-EXPIRED"
            since = max(report.expired_since for report in reports)
            parameters = {"protocol": slot, "since": since.isoformat()}
            reasons.append(Reason(f"EXPIRED:{slot}", "6.7", False, parameters=parameters))
    return grade, tuple(reasons)


def _figures(
    exposure: Exposure, reliability: ReliabilityResult, life: dict[str, float]
) -> dict[str, float | int | str | None]:
    figures: dict[str, float | int | str | None] = dict.fromkeys(FIGURES)
    if exposure.lots:
        figures["acceleration_factor"] = exposure.acceleration_factor
        figures["unit_hours"] = exposure.unit_hours
        figures["failures"] = exposure.failures
    return {**figures, **reliability.figures, **life}


def _valid_until(dossier: Dossier, evidence: Evidence, rule_set: RuleSet) -> date:
    ends = [add_months(dossier.evaluated_on, rule_set.certificate_months)]
    ends += [report.valid_through for report in evidence.mandatory_live]
    # A change that has been announced voids the evidence on its day.
    ends += [
        notice.effective_on - timedelta(days=1)
        for notice in dossier.change_notices
        if notice.effective_on > dossier.evaluated_on and not notice.delta_qualification
    ]
    return min(ends)
