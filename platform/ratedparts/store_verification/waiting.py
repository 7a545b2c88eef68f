"""Parts of which something is still to be done: what is derived of them may be behind for the moment."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.jobs.models import Job


def parts_waited_for(work: Work) -> set[uuid.UUID]:
    """Those that a job is about which is due, or being done, or tried again."""
    found = set()
    query = select(Job).where(Job.state.in_(("queued", "running")))
    for job in work.session.scalars(query):
        if "part_id" in job.parameters and (job.not_before <= work.at or job.attempts):
            found.add(uuid.UUID(job.parameters["part_id"]))
    return found
