"""From a dossier to its figures: all the statistics, and none of the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from ratedparts.protocols import ProtocolLibrary, ShapeRange

from .decision import FIGURES, Reason
from .dossier import Dossier, Part
from .dossier_contradictions import require_consistency
from .evidence import Evidence, Standing, gather
from .exposure import Exposure
from .figures import Figures, LifeFigures, RateFigures, RunFigures
from .flags import measure_flags
from .graded import what_is_graded
from .hazard_shape import find_hazard_shape
from .life_axis import measure_life
from .maintenance_periods import measure_maintenance, running_period
from .quality_figures import measure_quality
from .reliability_axis import measure_reliability
from .rule_set import RuleSet
from .success_run import measure_success_run
from .weibull_grading import GradedLot, graded_lots


def measure(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> Figures:
    """What `judge` decides on.  Of the rule set only what `RuleSet.measuring` names is looked at.

    Raises
    ------
    RatedPartsError
        ``dossier_refused`` with every contradiction.
    """
    require_consistency(dossier, library, rule_set)
    part = dossier.part
    evidence = gather(dossier, library, rule_set)
    rated = rule_set.use_conditions[rule_set.rated_condition]
    own_rates = graded_lots([report for report in evidence.reports if report.live], part, rated)
    screened = is_screened(evidence, part, own_rates)
    graded = what_is_graded(evidence, part, rule_set)
    exposure, everything = graded.exposure, graded.everything
    reliability: RateFigures | RunFigures
    life: LifeFigures | None = None
    if graded.by_units:
        reliability = measure_success_run(exposure, everything, rule_set)
    else:
        shape = find_hazard_shape(exposure, rule_set) if exposure.unit_hours > 0 else None
        reliability = measure_reliability(
            exposure, everything, shape, rule_set, part.design_life_hours, screened
        )
        fit = shape.fit if shape is not None else None
        life = measure_life(exposure, rule_set, fit, shape_range(evidence), part)
        if dossier.granted is not None:
            months, today = rule_set.maintenance.period_months, dossier.evaluated_on
            maintained = measure_maintenance(dossier.granted, evidence, everything, months, today)
            reliability = replace(reliability, maintained=maintained)
    refused_as, refused_reasons = _standing(evidence)
    return Figures(
        evidence.family.group,
        part.use_condition,
        part.design_life_hours,
        dossier.evaluated_on,
        tuple(dict.fromkeys(test.protocol for test in dossier.tests)),
        reliability,
        life,
        measure_quality(evidence, rule_set, own_rates),
        measure_flags(evidence, exposure, screened),
        # Clause 6.4: the weakest report that the grade depends on.
        min((report.test.evidence_class for report in evidence.mandatory_live), default="E0"),
        refused_as,
        refused_reasons,
        graded.reasons,
        _printed(exposure, reliability, life),
        _ends_on(dossier, evidence, rule_set),
    )


def is_screened(evidence: Evidence, part: Part, own_rates: Sequence[GradedLot]) -> bool:
    """A documented screen of every unit; or every tested lot passed by its own rate (clause 6.10.11)."""
    if part.screened and all(
        report.test.screened_units and report.test.screen_document for report in evidence.reliability
    ):
        return True
    passed = {lot.lot_code for lot in own_rates if lot.passed and lot.registered}
    tested = {lot.lot_code for report in evidence.reliability for lot in report.test.lots}
    return bool(tested) and tested <= passed


def shape_range(evidence: Evidence) -> ShapeRange | None:
    if not evidence.reliability:
        return None
    return evidence.reliability[0].protocol.life_of(evidence.family.code)[1]


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


def _printed(
    exposure: Exposure, reliability: RateFigures | RunFigures, life: LifeFigures | None
) -> dict[str, float | int | str | None]:
    printed: dict[str, float | int | str | None] = dict.fromkeys(FIGURES)
    if exposure.lots:
        printed["failures"] = exposure.failures
    if exposure.lots and isinstance(reliability, RateFigures):
        printed["acceleration_factor"] = exposure.acceleration_factor
        printed["unit_hours"] = exposure.unit_hours
    printed.update(reliability.printed or {})
    if life is not None:
        printed.update(b1_lower_90=life.b1, b10_lower_90=life.b10)
    return printed


def _ends_on(dossier: Dossier, evidence: Evidence, rule_set: RuleSet) -> date | None:
    """The last day before the first report expires, or an announced change voids the evidence.

    Nor does a level that is kept up outlast its period: then the tests of that period are judged.
    """
    ends = [report.valid_through for report in evidence.mandatory_live]
    ends += [
        notice.effective_on - timedelta(days=1)
        for notice in dossier.change_notices
        if notice.effective_on > dossier.evaluated_on and not notice.delta_qualification
    ]
    if dossier.granted is not None:
        months = rule_set.maintenance.period_months
        ends.append(running_period(dossier.granted.on, months, dossier.evaluated_on))
    return min(ends, default=None)
