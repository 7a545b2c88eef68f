"""What is to be done can be done: somebody answers every event, and what it is about is there."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.jobs.models import Job
from ratedparts.submissions.models import Part

from .contained import contained
from .findings import Findings
from .store import Store

AT_ONCE = 1000
FINISHED = ("done", "failed")


def check_jobs(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        query = select(Job).order_by(Job.created_at, Job.id).execution_options(yield_per=AT_ONCE)
        for job in work.session.scalars(query):
            findings.looked()
            with contained(findings, f"job {job.id}"):
                _check_one(store, work, job, findings)


def _check_one(store: Store, work: Work, job: Job, findings: Findings) -> None:
    place = f"job {job.id}"
    if (job.state == "running") != (job.lease_until is not None):
        findings.invalid("job_lease_differs", place=place, event=job.event, state=job.state)
    if (job.state in FINISHED) != (job.finished_at is not None):
        findings.invalid("job_end_differs", place=place, event=job.event, state=job.state)
    if job.state == "failed":
        findings.note("job_given_up", place=place, event=job.event)
    if job.state in FINISHED:
        return
    if job.event not in store.events:
        findings.invalid("job_without_handler", place=place, event=job.event)
    part_id = job.parameters.get("part_id")
    if part_id is not None and work.session.get(Part, uuid.UUID(part_id)) is None:
        findings.invalid("job_about_nothing", place=place, event=job.event)
    if job.lease_until is not None and job.lease_until < work.at:
        findings.note("job_lease_over", place=place, event=job.event)
