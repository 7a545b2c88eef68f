"""What is on record, counted, and what of it contradicts itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ratedparts.audit.models import AuditLine
from ratedparts.audit.service import first_broken_line
from ratedparts.certificates.models import (
    Certificate,
    CertificateStanding,
    IssuanceIntent,
    LogCheckpoint,
    LogEntry,
)
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.submissions.models import Submission
from tests.integration.world import World

from .end_state import contradictions


def state(world: World) -> dict[str, Any]:
    """What is on record, counted."""
    with world.reading() as work:

        def many(table: Any, *conditions: Any) -> int:
            return work.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

        told = {
            verb: many(AuditLine, AuditLine.verb == verb)
            for verb in ("accept_results", "evaluate", "intend_to_issue", "issue")
        }
        return {
            "broken_line": first_broken_line(work),
            "told": told,
            "accepted": many(Submission, Submission.state == "accepted"),
            "refused": many(Submission, Submission.state == "refused"),
            "evidence": many(Evidence),
            "evidence_jobs": many(Job, Job.event == "evidence_accepted"),
            "evaluations": many(Evaluation),
            "evaluation_jobs": many(Job, Job.event == "part_evaluated"),
            "failed_jobs": many(Job, Job.state == "failed"),
            "intents": many(IssuanceIntent),
            "certificates": many(Certificate),
            "standings": many(CertificateStanding),
            "leaves": many(LogEntry),
            "checkpoints": many(LogCheckpoint),
            "certificate_jobs": many(Job, Job.event == "certificate_changed"),
            "numbers": sorted(work.session.scalars(select(IssuanceIntent.number))),
        }


def half_done(world: World) -> list[str]:
    """What contradicts itself; nothing, in a good world."""
    found = state(world)
    alike = [
        ("accepted", "evidence", "evidence_jobs"),
        ("evaluations", "evaluation_jobs"),
        ("certificates", "standings", "leaves", "checkpoints", "certificate_jobs"),
    ]
    wrong = [f"{names}: {[found[name] for name in names]}" for names in alike if not _same(found, names)]
    for verb, name in (
        ("accept_results", "accepted"),
        ("evaluate", "evaluations"),
        ("intend_to_issue", "intents"),
        ("issue", "certificates"),
    ):
        if found["told"][verb] != found[name]:
            wrong.append(f"{name} {found[name]}, told {found['told'][verb]}")
    if found["broken_line"] is not None:
        wrong.append(f"audit line {found['broken_line']}")
    return wrong + contradictions(world)


def _same(found: dict[str, Any], names: tuple[str, ...]) -> bool:
    return len({found[name] for name in names}) == 1
