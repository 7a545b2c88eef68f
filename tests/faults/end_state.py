"""What an installation comes to, in words that do not depend on when it came to it, nor on drawn numbers."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ratedparts.audit.models import AuditLine
from ratedparts.catalogue.models import PublishedPart
from ratedparts.certificates.models import CertificateStanding
from ratedparts.db.all_models import metadata
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.review.models import Review
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.models import Submission, Upload
from tests.integration.world import World

# Compared by what they say, below; and what a search may keep for itself or not.
OTHERWISE = {"job", "audit_line"}
SAID = {
    "uploads": (Upload.state, Upload.received_bytes, Upload.checked_bytes),
    "submissions": (Submission.state, Submission.rows),
    "evidence": (Evidence.digest, Evidence.columns_digest),
    "evaluations": (Evaluation.grade, Evaluation.dossier_digest),
    "reviews": (Review.state,),
    "standings": (CertificateStanding.state,),
    "published": (PublishedPart.part_number, PublishedPart.grade),
    "jobs": (Job.event, Job.state),
    "told": (AuditLine.verb, AuditLine.subject_kind),
}


def end_state(world: World) -> dict[str, Any]:
    """Rows by table, what they say counted, letters that wait, files that somebody left."""
    with world.reading() as work:
        rows = {
            name: work.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
            if name not in OTHERWISE
        }
        said = {
            name: _counted(map(str, work.session.execute(select(*columns)).all()))
            for name, columns in SAID.items()
        }
    letters = [
        message_from_bytes(letter.read_bytes(), policy=policy.default)
        for letter in world.installation.outbox.waiting()
    ]
    return {
        "rows": rows,
        **said,
        "letters": _counted(f"{letter['To']}: {letter['Subject']}" for letter in letters),
        "left": _counted(_left(world.installation.settings.var)),
    }


def contradictions(world: World) -> list[str]:
    """What the verification of the store names; nothing, in a good world."""
    report = verify_store(Store.of(world.installation), quick=True)
    return [f"{one.place}: {one.code}" for check in report.checks for one in check.faults]


def _counted(words: Any) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _left(var: Path) -> list[str]:
    """Files and folders under names that nobody reads; a lock is no litter."""
    return [
        str(path.parent.relative_to(var))
        for path in var.rglob("*")
        if path.name.startswith((".", "unfinished", "tmp")) and path.name != ".carrying"
    ]
