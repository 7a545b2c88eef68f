"""A run is cut into pieces of neighbouring parts, which any number of workers take in any order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, func, insert, select

from ratedparts.db import Database, Work
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import enqueue

from ..models import Evaluation, ShadowChunk, ShadowPiece, ShadowRun

PARTS: Final = 1000  # of a piece
RUN_WANTED: Final = "shadow_run_wanted"
PIECE_WANTED: Final = "shadow_piece_wanted"
AT_ONCE: Final = 500  # jobs of one transaction


def cut(work: Work, run_id: uuid.UUID, parts: int = PARTS) -> None:
    """Cut the register into pieces, unless it is cut; the last one has no end, for parts that come yet."""
    # Two that cut at once go one after the other.
    work.session.get(ShadowRun, run_id, with_for_update={"key_share": True})
    query = select(ShadowPiece).where(ShadowPiece.run_id == run_id).order_by(ShadowPiece.place.desc())
    last = work.session.scalars(query.limit(1)).first()
    if last is not None and last.last_part_id is None:
        return
    begun = last.last_part_id if last is not None else None
    ends = [*_every_nth(work, begun, parts), None]
    starts = [begun, *ends[:-1]]
    first = last.place + 1 if last is not None else 0
    work.session.execute(
        insert(ShadowPiece),
        [
            {"run_id": run_id, "place": place, "after_part_id": after, "last_part_id": end}
            for place, (after, end) in enumerate(zip(starts, ends, strict=True), first)
        ],
    )


def _every_nth(work: Work, after: uuid.UUID | None, parts: int) -> list[uuid.UUID]:
    """The last part of every piece but the last one."""
    graded = select(
        Evaluation.part_id,
        func.row_number().over(order_by=Evaluation.part_id).label("number"),
        func.count().over().label("all_of_them"),
    ).where(*graded_parts())
    if after is not None:
        graded = graded.where(Evaluation.part_id > after)
    numbered = graded.subquery()
    query = select(numbered.c.part_id).where(
        numbered.c.number % parts == 0, numbered.c.number < numbered.c.all_of_them
    )
    return list(work.session.scalars(query.order_by(numbered.c.part_id)))


def graded_parts() -> tuple[ColumnElement[bool], ...]:
    """The evaluations that a run goes over: those that stand, with a grade."""
    return (Evaluation.superseded_at.is_(None), Evaluation.state == "decided")


def within(piece: ShadowPiece) -> Iterator[ColumnElement[bool]]:
    """The evaluations of a piece."""
    if piece.after_part_id is not None:
        yield Evaluation.part_id > piece.after_part_id
    if piece.last_part_id is not None:
        yield Evaluation.part_id <= piece.last_part_id


def pieces_left(work: Work, run_id: uuid.UUID) -> list[int]:
    """The places of what nobody has regraded yet, in order."""
    done = select(ShadowChunk.place).where(ShadowChunk.run_id == run_id)
    query = select(ShadowPiece.place).where(ShadowPiece.run_id == run_id, ShadowPiece.place.not_in(done))
    return list(work.session.scalars(query.order_by(ShadowPiece.place)))


def ask_for_pieces(database: Database, run_id: uuid.UUID) -> None:
    """Have what is left regraded, each piece by a job, unless one is asked for it already."""
    with database.reading() as work:
        waiting = _jobs_of(run_id).where(Job.event == PIECE_WANTED, Job.state.in_(("queued", "running")))
        asked = {job.parameters["place"] for job in work.session.scalars(waiting)}
        left = [place for place in pieces_left(work, run_id) if place not in asked]
    for start in range(0, len(left), AT_ONCE):
        with database.work() as work:
            for place in left[start : start + AT_ONCE]:
                enqueue(work, PIECE_WANTED, long=True, run_id=str(run_id), place=place)


def pause(work: Work, run_id: uuid.UUID) -> int:
    """Take back what nobody has begun; how many jobs that were.  Asked for again, the run goes on."""
    queued = jobs_in(work, run_id, "queued")
    gone = delete(Job).where(Job.id.in_(queued), Job.state == "queued").returning(Job.id)
    return len(work.session.scalars(gone).all())


def jobs_in(work: Work, run_id: uuid.UUID, state: str) -> list[uuid.UUID]:
    """The jobs of a run that are in a state, the oldest first."""
    query = _jobs_of(run_id).where(Job.state == state).order_by(Job.created_at, Job.id)
    return [job.id for job in work.session.scalars(query)]


def _jobs_of(run_id: uuid.UUID) -> Select[Job]:
    return select(Job).where(
        Job.event.in_((RUN_WANTED, PIECE_WANTED)), Job.parameters["run_id"].as_string() == str(run_id)
    )
