"""How an installation is doing: its jobs, its certificates, its room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, text

from ratedparts.certificates.models import CertificateStanding
from ratedparts.db import Work
from ratedparts.evaluations.reevaluation import Reevaluation, reevaluation
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.jobs.models import Job, waits
from ratedparts.settings import Settings


@dataclass(frozen=True)
class JobCount:
    """Jobs of one event: ``due`` wait and could be done now, ``later`` wait for their time."""

    event: str
    due: int
    later: int
    running: int
    failed: int


@dataclass(frozen=True)
class Overview:
    """``oldest_due``: since when the job waits that has waited longest; None: none waits.  Sizes in bytes."""

    engine: str
    jobs: tuple[JobCount, ...]
    oldest_due: datetime | None
    certificates: Mapping[str, int]
    reevaluation: Reevaluation
    database_bytes: int
    free_bytes: int
    letters_waiting: int


def overview(work: Work, settings: Settings) -> Overview:
    """All of it at one moment; jobs that are done are not counted."""
    standings = select(CertificateStanding.state, func.count().label("many")).group_by(
        CertificateStanding.state
    )
    letters = settings.outbox.glob("*.eml") if settings.outbox.is_dir() else ()
    return Overview(
        engine_version(),
        tuple(_jobs(work)),
        work.session.scalar(select(func.min(Job.not_before)).where(waits(work.at), Job.state == "queued")),
        {row.state: row.many for row in work.session.execute(standings)},
        reevaluation(work),
        _database_bytes(work),
        shutil.disk_usage(settings.var).free,
        sum(1 for _ in letters),
    )


def _jobs(work: Work) -> list[JobCount]:
    due = func.sum(case((Job.not_before <= work.at, 1), else_=0))
    query = select(Job.event, Job.state, func.count(), due).where(Job.state != "done")
    found: dict[str, dict[str, int]] = {}
    for event, state, count, now in work.session.execute(query.group_by(Job.event, Job.state)):
        of_event = found.setdefault(event, dict.fromkeys(("due", "later", "running", "failed"), 0))
        of_event |= {"due": now, "later": count - now} if state == "queued" else {state: count}
    return [JobCount(event, **counts) for event, counts in sorted(found.items())]


def _database_bytes(work: Work) -> int:
    embedded = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    other = "SELECT pg_database_size(current_database())"
    dialect = work.session.get_bind().dialect.name
    return int(work.session.scalar(text(embedded if dialect == "sqlite" else other)) or 0)
