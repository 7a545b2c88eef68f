"""Every part that another engine decided is decided again: a job a part, by however many workers there are.

What each comes to depends on its evidence alone, so neither the number of workers nor their order shows in
the result.  It may be broken off and gone on with at any time: what is left is what another engine decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select

from ratedparts.db import Database, Work
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import enqueue

from .models import Evaluation
from .stored_figures import engine_version

EVENT: Final = "engine_changed"
AT_ONCE: Final = 500  # jobs of one transaction


@dataclass(frozen=True)
class Reevaluation:
    """Parts: ``done`` by this engine, ``left`` of another, ``failed`` of them given up; then jobs."""

    done: int
    left: int
    queued: int
    running: int
    failed: int

    @property
    def share(self) -> float:
        """0 to 1 of the parts."""
        return self.done / (self.done + self.left) if self.left else 1.0


def reevaluation(work: Work) -> Reevaluation:
    """How far it has come."""
    standing = select(func.count()).where(Evaluation.superseded_at.is_(None))
    outdated = standing.where(Evaluation.engine_version != engine_version())
    every, left = work.session.scalar(standing) or 0, work.session.scalar(outdated) or 0
    given_up = _parts_asked_for(work, "failed")
    failed = work.session.scalar(outdated.where(Evaluation.part_id.in_(given_up))) if given_up else 0
    queued, running = (len(_parts_asked_for(work, one)) for one in ("queued", "running"))
    return Reevaluation(every - left, left, queued, running, failed or 0)


def request_reevaluation(database: Database) -> int:
    """Ask for every part that is left and has not been asked for; how many those are."""
    asked = 0
    for some in _left(database):
        with database.work() as work:
            for part_id in some:
                enqueue(work, EVENT, part_id=str(part_id))
        asked += len(some)
    return asked


def pause_reevaluation(work: Work) -> int:
    """Take back what nobody has begun; how many parts that leaves for later."""
    waiting = delete(Job).where(Job.event == EVENT, Job.state == "queued").returning(Job.id)
    return len(work.session.scalars(waiting).all())


def _left(database: Database) -> Iterator[list[uuid.UUID]]:
    with database.reading() as work:
        asked = _parts_asked_for(work, "queued", "running")
        outdated = select(Evaluation.part_id).where(
            Evaluation.superseded_at.is_(None), Evaluation.engine_version != engine_version()
        )
        every = work.session.scalars(outdated.order_by(Evaluation.part_id))
        left = [one for one in every if one not in asked]
    for start in range(0, len(left), AT_ONCE):
        yield left[start : start + AT_ONCE]


def _parts_asked_for(work: Work, *states: str) -> set[uuid.UUID]:
    query = select(Job.parameters).where(Job.event == EVENT, Job.state.in_(states))
    return {uuid.UUID(parameters["part_id"]) for parameters in work.session.scalars(query)}
