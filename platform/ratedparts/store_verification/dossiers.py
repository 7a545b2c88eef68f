"""Every dossier is the one whose digest is recorded, and its tests are those of the evidence."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select

from ratedparts.db import Work
from ratedparts.evaluations.dossier_building import dossier_test
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.evidence.service import evidence_of_part, withdrawn_evidence_of_part
from ratedparts.proofs import canonical_bytes, digest_of
from ratedparts.submissions.models import TestPlan

from .contained import contained
from .findings import Findings
from .store import Store
from .waiting import parts_waited_for

AT_ONCE = 100


def check_dossiers(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        count = work.session.scalar(select(func.count()).select_from(Evaluation)) or 0
        waited = parts_waited_for(work)
        query = select(Evaluation).order_by(Evaluation.part_id, Evaluation.id)
        rows = work.session.scalars(query.execution_options(yield_per=AT_ONCE))
        for evaluation in findings.each(rows, count):
            place = f"evaluation {evaluation.id}"
            with contained(findings, place):
                if digest_of(canonical_bytes(evaluation.dossier)) != evaluation.dossier_digest:
                    findings.invalid("dossier_digest_differs", place=place)
                decided = None if evaluation.decision is None else evaluation.decision["grade"]
                if decided != evaluation.grade:
                    findings.invalid(
                        "evaluation_grade_differs", place=place, grade=evaluation.grade, decided=decided
                    )
                _check_tests(store, work, evaluation, waited, findings)


def _check_tests(
    store: Store, work: Work, evaluation: Evaluation, waited: set[uuid.UUID], findings: Findings
) -> None:
    counting = [_test(store, one, plan) for one, plan in evidence_of_part(work, evaluation.part_id)]
    withdrawn = [
        _test(store, one, plan) for one, plan, _ in withdrawn_evidence_of_part(work, evaluation.part_id)
    ]
    place = f"evaluation {evaluation.id}"
    for number, test in enumerate(evaluation.dossier["tests"]):
        if test not in counting and test not in withdrawn:
            findings.invalid("dossier_test_without_evidence", place=place, test=number)
    if evaluation.superseded_at is not None:
        return
    if evaluation.part_id in waited:
        findings.note("part_waits_for_job", place=place)
    elif [test for test in counting if test not in evaluation.dossier["tests"]]:
        findings.invalid("evidence_not_in_dossier", place=place)
    elif any(test not in counting for test in evaluation.dossier["tests"] if test in withdrawn):
        findings.invalid("dossier_counts_withdrawn", place=place)


def _test(store: Store, one: Evidence, plan: TestPlan) -> dict[str, Any]:
    return dossier_test(one, plan, store.library)
