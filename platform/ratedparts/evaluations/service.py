"""Evaluating a part, and reading what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from ratedparts.audit.service import record
from ratedparts.calendar_days import end_of
from ratedparts.db import Work
from ratedparts.evidence.service import evidence_of_part
from ratedparts.grading import CEG_2026_1, Decision, judge, measure, read_dossier
from ratedparts.grading.maintenance_periods import running_period
from ratedparts.jobs.queue import enqueue
from ratedparts.proofs import canonical_bytes, digest_of
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.models import Part

from .dossier_building import build_dossier
from .life_analysis import analyse
from .models import Evaluation
from .stored_figures import engine_version, measuring_digest, store_figures

PERIOD_ENDED = "maintenance_period_ended"


def evaluate_part(
    work: Work, library: ProtocolLibrary, part_id: uuid.UUID, granted: Mapping[str, Any] | None
) -> Evaluation | None:
    """Decide a part on all its evidence.  The current evaluation stands where nothing has changed.

    ``granted``: the level that its last certificate bears, as a dossier states it; None where there is none.
    """
    part = work.session.get_one(Part, part_id)
    evidence = evidence_of_part(work, part_id)
    if not evidence:
        _let_lapse(work, part_id)
        return None
    notices = change_notices_of(work, part.series_id)
    dossier = build_dossier(part, evidence, notices, library, work.at, granted)
    digest = digest_of(canonical_bytes(dossier))
    current = current_evaluation(work, part_id)
    if current is not None:
        # Another day alone is no other evidence: what was reviewed stays what it was.
        unchanged = {**dossier, "evaluated_on": current.dossier["evaluated_on"]} == current.dossier
        unchanged = unchanged and _has_come_about(dossier) == _has_come_about(current.dossier)
        if unchanged and current.engine_version == engine_version():
            return current
        current.superseded_at = work.at
        work.session.flush()
    graded = any(library.protocol(test["protocol"]).graded for test in dossier["tests"])
    decision = _decide(work, library, dossier, digest) if graded else None
    evaluation = Evaluation(
        id=work.new_id(),
        part=part,
        state="decided" if decision else "analysed",
        engine_version=engine_version(),
        rule_set=CEG_2026_1.id,
        dossier=dossier,
        dossier_digest=digest,
        grade=decision.grade if decision else None,
        decision=decision.as_json() if decision else None,
        analysis=analyse(dossier, library.family(part.family).reliability_protocol, library),
        evaluated_at=work.at,
    )
    work.session.add(evaluation)
    work.session.flush()
    record(
        work,
        "evaluate",
        "evaluation",
        evaluation.id,
        actor_id=None,
        part=str(part_id),
        grade=evaluation.grade,
        dossier=digest,
    )
    enqueue(work, "part_evaluated", part_id=str(part_id))
    if granted is not None:
        ends_on = _period_ends(dossier)
        enqueue(work, PERIOD_ENDED, not_before=end_of(ends_on), part_id=str(part_id))
    return evaluation


def _let_lapse(work: Work, part_id: uuid.UUID) -> None:
    """Nothing is left that counts: what was decided on it stands no longer."""
    current = current_evaluation(work, part_id)
    if current is None:
        return
    current.superseded_at = work.at
    work.session.flush()
    record(work, "lapse", "evaluation", current.id, actor_id=None, part=str(part_id))
    enqueue(work, "part_evaluated", part_id=str(part_id))


def _decide(work: Work, library: ProtocolLibrary, dossier: dict[str, Any], digest: str) -> Decision:
    """Under the rule set in force; what was computed for it is kept, to be decided on again."""
    figures = measure(read_dossier(dossier), library, CEG_2026_1)
    store_figures(work, (digest, measuring_digest(CEG_2026_1)), figures)
    return judge(figures, CEG_2026_1)


def _has_come_about(dossier: dict[str, Any]) -> tuple[int, date | None]:
    """What a day alone can change of a decision: changes in effect, and the period of maintenance."""
    notices = dossier.get("change_notices", [])
    in_effect = sum(notice["effective_on"] <= dossier["evaluated_on"] for notice in notices)
    return in_effect, _period_ends(dossier) if "granted" in dossier else None


def _period_ends(dossier: dict[str, Any]) -> date:
    on, evaluated_on = (
        date.fromisoformat(day) for day in (dossier["granted"]["on"], dossier["evaluated_on"])
    )
    return running_period(on, CEG_2026_1.maintenance.period_months, evaluated_on)


def current_evaluation(work: Work, part_id: uuid.UUID) -> Evaluation | None:
    query = select(Evaluation).where(Evaluation.part_id == part_id, Evaluation.superseded_at.is_(None))
    return work.session.scalars(query).first()
