"""A job that was given up is done again, because somebody has seen to its reason."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from ratedparts.db import Work, held
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.jobs.models import Job
from ratedparts.organisations.actor import Actor, not_found, record_by


def try_again(work: Work, actor: Actor, job_id: uuid.UUID, long: Collection[str]) -> Job:
    """Let the workers have it as if it had never been begun; ``long``: the events of long work.

    Raises ``role_needed``, ``not_found``, ``job_not_given_up`` (state).
    """
    actor.require("administrator")
    job = held(work, Job, job_id)
    if job is None:
        raise not_found("job", job_id)
    if job.state != "failed":
        raise RatedPartsError("job_not_given_up", kind=Kind.CONFLICT, state=job.state)
    job.state, job.attempts, job.finished_at, job.not_before = "queued", 0, None, work.at
    job.long = job.event in long
    work.session.flush()
    record_by(work, actor, "try_again", "job", job.id, event=job.event)
    return job
