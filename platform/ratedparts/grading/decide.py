"""From a dossier to a decision: the one place where the axes meet (clause 6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary, ShapeRange

from .ceg_2026_1 import RULE_SETS
from .decision import FIGURES, Decision, Reason
from .dossier import Dossier, Part
from .dossier_contradictions import require_consistency
from .dossier_shape import read_dossier
from .evidence import Evidence, Standing, add_months, gather
from .flags import judge_flags
from .graded import Graded, what_is_graded
from .hazard_shape import Hazard
from .life_axis import NOT_ASKED, judge_life
from .quality_axis import judge_quality
from .reliability_axis import ReliabilityResult, judge_reliability
from .rule_set import GRADES, RuleSet
from .success_run import judge_success_run
from .weibull_grading import GradedLot, graded_lots


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
    rated = rule_set.use_conditions[rule_set.rated_condition]
    own_rates = graded_lots([report for report in evidence.reports if report.live], dossier.part, rated)
    screened = _screened(evidence, dossier.part, own_rates)
    graded = what_is_graded(evidence, dossier.part, rule_set)
    group = evidence.family.group
    if graded.by_units:
        reliability = judge_success_run(graded.exposure, graded.everything, rule_set, group)
        life = NOT_ASKED
    else:
        design_life_hours = dossier.part.design_life_hours
        reliability = judge_reliability(
            graded.exposure, graded.everything, rule_set, group, design_life_hours, screened
        )
        fit = reliability.shape.fit if reliability.shape else None
        life = judge_life(graded.exposure, rule_set, fit, _shape_range(evidence), dossier.part)
    quality = judge_quality(evidence, rule_set, own_rates)
    evidence_class, evidence_cap, class_reason = _evidence_class(evidence, rule_set)
    flags_cap, flag_reasons = judge_flags(
        evidence, graded.exposure, reliability.hazard is Hazard.DECREASING, screened, rule_set
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
        *graded.reasons,
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
        _figures(graded, reliability, life.figures),
        None if grade.startswith("U") else _valid_until(dossier, evidence, rule_set),
        tuple(dict.fromkeys(test.protocol for test in dossier.tests)),
    )


def _screened(evidence: Evidence, part: Part, own_rates: Sequence[GradedLot]) -> bool:
    """A documented screen of every unit; or every tested lot passed by its own rate (clause 6.10.11)."""
    if part.screened and all(
        report.test.screened_units and report.test.screen_document for report in evidence.reliability
    ):
        return True
    passed = {lot.lot_code for lot in own_rates if lot.passed and lot.registered}
    tested = {lot.lot_code for report in evidence.reliability for lot in report.test.lots}
    return bool(tested) and tested <= passed


def _shape_range(evidence: Evidence) -> ShapeRange | None:
    if not evidence.reliability:
        return None
    return evidence.reliability[0].protocol.life_of(evidence.family.code)[1]


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
    graded: Graded, reliability: ReliabilityResult, life: dict[str, float]
) -> dict[str, float | int | str | None]:
    figures: dict[str, float | int | str | None] = dict.fromkeys(FIGURES)
    exposure = graded.exposure
    if exposure.lots:
        figures["failures"] = exposure.failures
    if exposure.lots and not graded.by_units:
        figures["acceleration_factor"] = exposure.acceleration_factor
        figures["unit_hours"] = exposure.unit_hours
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
