"""The port to whoever does the work: enqueue in the causing transaction, claim, finish, try again."""

from __future__ import annotations

import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, event, select

from ratedparts.db import Database, Work
from ratedparts.disk import is_full
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.fault_points import fault_point

from .distribution import announce
from .models import Job, waits

Parameters = Mapping[str, Any]
Handler = Callable[[Work, Parameters], None]

for _written in ("after_insert", "after_update"):
    event.listen(Job, _written, announce)

LEASE = timedelta(minutes=10)
SHORT_LEASE = timedelta(minutes=1)  # of long work, which says from time to time that it is alive
ATTEMPTS = 5  # a handler that raises so often is given up
TAKEOVERS = 20  # workers die of restarts too, and disks fill up: such a thing counts less than an error
LONGEST_PAUSE = 9  # before another attempt, as a power of two in seconds; so all of them take two hours


class Lease:
    """A worker's hold on its job."""

    def __init__(self, database: Database, job: Job) -> None:
        self._database = database
        self._job = job

    def extend(self) -> None:
        """Say that the worker is alive; raises ``LookupError`` where another has taken the job over."""
        with self._database.work() as work:
            job = _still_mine(work, self._job)
            if job is None:
                raise LookupError("the lease ran out while the work was being done")
            job.lease_until = work.at + SHORT_LEASE


@dataclass(frozen=True)
class LongWork:
    """What takes longer than a transaction may be held open.

    ``prepare`` does the long part, outside any transaction, and answers what is to be kept: a verb for the
    one transaction in which the job becomes done too.  ``given_up`` is said of a job that failed for good.
    """

    prepare: Callable[[Database, Parameters, Lease], Handler]
    given_up: Handler


Handlers = Mapping[str, Handler | LongWork]


def in_turn(*handlers: Handler) -> Handler:
    """Several answers to one event, one after the other: all of them are kept, or none."""

    def handle(work: Work, parameters: Parameters) -> None:
        for handler in handlers:
            handler(work, parameters)

    return handle


def enqueue(
    work: Work, event: str, *, not_before: datetime | None = None, long: bool = False, **parameters: Any
) -> Job:
    """Record that ``event`` has happened: it is acted on if, and only if, this transaction is kept.

    ``not_before``: when it is to be acted on, where that is not at once.  ``long``: that is `LongWork`, and
    comes after short work.
    """
    job = Job(
        id=work.new_id(),
        event=event,
        parameters=parameters,
        state="queued",
        attempts=0,
        created_at=work.at,
        not_before=not_before or work.at,
    )
    job.long = long
    work.session.add(job)
    return job


def run_one(database: Database, handlers: Handlers) -> bool:
    """Claim the oldest waiting job, short work before long, and do it; False where none waits.

    What a handler does and the note that it is done are one transaction, so a worker that dies in the middle
    leaves nothing half done: its lease runs out and another starts afresh.
    """
    return _do(database, handlers, _claim(database, _long(handlers)))


def run_named(database: Database, handlers: Handlers, job_id: uuid.UUID) -> bool:
    """The same of the job of that id; False where it does not wait, or not any more."""
    return _do(database, handlers, _claim(database, _long(handlers), Job.id == job_id))


def _long(handlers: Handlers) -> dict[str, LongWork]:
    return {event: handler for event, handler in handlers.items() if isinstance(handler, LongWork)}


def _do(database: Database, handlers: Handlers, job: Job | None) -> bool:
    if job is None:
        return False
    long = _long(handlers)
    try:
        keep = handlers[job.event]
        if isinstance(keep, LongWork):
            keep = keep.prepare(database, job.parameters, Lease(database, job))
            fault_point("long_work.prepared")
        with database.work() as work:
            keep(work, job.parameters)
            mine = _still_mine(work, job)
            if mine is None:
                raise LookupError("the lease ran out while the work was being done")
            mine.state, mine.lease_until, mine.finished_at = "done", None, work.at
    except Exception as error:  # whatever it was is recorded with the job, and shown to the administrator
        down = is_full(error) or (isinstance(error, RatedPartsError) and error.kind is Kind.UNAVAILABLE)
        _put_back(database, job, traceback.format_exc(limit=-4), long, TAKEOVERS if down else ATTEMPTS)
    return True


def run_all(database: Database, handlers: Handlers) -> int:
    """Do everything that waits; how many jobs that was."""
    count = 0
    while run_one(database, handlers):
        count += 1
    return count


def _claim(database: Database, long: Mapping[str, LongWork], *narrower: ColumnElement[bool]) -> Job | None:
    with database.work() as work:
        # Short work first: somebody waits for a decision, and it is done before a long check has begun.
        order = (Job.event.in_(list(long)), Job.created_at, Job.id)
        query = select(Job).where(waits(work.at), *narrower).order_by(*order).limit(1)
        job = work.session.scalars(query.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        if job.state == "running" and job.attempts >= TAKEOVERS:
            # Each time it was begun the worker died: a job like that would take every worker with it.
            job.lease_until, job.error = None, job.error or "every worker that began it died"
            _give_up(work, job, long)
            return None
        lease = SHORT_LEASE if job.event in long else LEASE
        job.state, job.attempts, job.lease_until = "running", job.attempts + 1, work.at + lease
        return job


def _put_back(
    database: Database, claimed: Job, error: str, long: Mapping[str, LongWork], attempts: int
) -> None:
    with database.work() as work:
        job = _still_mine(work, claimed)
        if job is None:
            return  # another worker has taken it over: what became of it is for that one to say
        job.lease_until, job.error, job.long = None, error, job.event in long
        if job.attempts >= attempts:
            _give_up(work, job, long)
        else:
            job.state, job.not_before = (
                "queued",
                work.at + timedelta(seconds=2 ** min(job.attempts, LONGEST_PAUSE)),
            )


def _give_up(work: Work, job: Job, long: Mapping[str, LongWork]) -> None:
    job.state, job.finished_at = "failed", work.at
    if job.event in long:
        long[job.event].given_up(work, job.parameters)


def _still_mine(work: Work, claimed: Job) -> Job | None:
    """The job as it was claimed; None where the lease ran out and another worker has it."""
    query = select(Job).where(Job.id == claimed.id, Job.state == "running", Job.attempts == claimed.attempts)
    return work.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def failed_jobs(work: Work) -> list[Job]:
    """Jobs that were given up, newest first: somebody has to look."""
    query = select(Job).where(Job.state == "failed").order_by(Job.finished_at.desc())
    return list(work.session.scalars(query))
