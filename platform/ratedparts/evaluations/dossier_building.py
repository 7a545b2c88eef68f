"""Puts a part's evidence together into the dossier that a rule set decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ratedparts.calendar_days import day_of
from ratedparts.evidence.models import Evidence
from ratedparts.grading import CEG_2026_1
from ratedparts.grading.dossier_shape import SCHEMA, WITH_GRANTED
from ratedparts.protocols import Layout, ProtocolLibrary
from ratedparts.submissions.models import ChangeNotice, Part, TestPlan


def build_dossier(
    part: Part,
    evidence: Iterable[tuple[Evidence, TestPlan]],
    notices: Sequence[ChangeNotice],
    library: ProtocolLibrary,
    at: datetime,
    granted: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All accepted evidence for the part, whatever it says, and every change of its series.

    ``granted``: what the part's last certificate bears, where there is one.
    """
    dossier: dict[str, Any] = {
        "schema": SCHEMA if granted is None else WITH_GRANTED,
        "rule_set": CEG_2026_1.id,
        "evaluated_on": day_of(at).isoformat(),
        "part": {
            "part_number": part.part_number,
            "maker": part.maker.name_en,
            "family": part.family,
            "attributes": part.attributes,
            "design_life_hours": part.design_life_hours,
            "use_condition": part.use_condition,
            "screened": part.screened,
        },
        "tests": [dossier_test(one, plan, library) for one, plan in evidence],
    }
    if notices:
        dossier["change_notices"] = [_notice(notice) for notice in notices]
    if granted is not None:
        dossier["granted"] = dict(granted)
    return dossier


def _notice(notice: ChangeNotice) -> dict[str, Any]:
    told: dict[str, Any] = {"effective_on": notice.effective_on.isoformat()}
    if notice.delta_qualification is not None:
        told["delta_qualification"] = notice.delta_qualification
    return told


def dossier_test(one: Evidence, plan: TestPlan, library: ProtocolLibrary) -> dict[str, Any]:
    """A piece of evidence as a test of the dossier."""
    protocol = library.protocol(one.protocol)
    test: dict[str, Any] = {
        "protocol": one.protocol,
        "registered_on": day_of(plan.registered_at).isoformat(),
        "started_on": one.started_on.isoformat(),
        "ended_on": one.ended_on.isoformat(),
        "evidence_class": one.evidence_class,
    }
    if protocol.layout is Layout.UNIT_PARAMETERS:
        return {**test, **one.summary, "part_average_testing": plan.part_average_testing}
    test["stress"] = plan.stress
    test["lots"] = one.summary["lots"]
    test["planned"] = {
        "lots": len(plan.lots),
        "units_per_lot": max(lot["units"] for lot in plan.lots),
        "accept": plan.accept,
    }
    if plan.duration is not None:
        test["planned"]["duration"] = plan.duration
    if plan.screen_document is not None:
        test["screened_units"] = True
        test["screen_document"] = plan.screen_document
    return test
