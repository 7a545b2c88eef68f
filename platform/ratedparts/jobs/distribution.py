"""On PostgreSQL, procrastinate carries each job to whoever is free, on whichever host.

The row of `job` says what is to be done and what became of it, as on the embedded database.  Procrastinate
keeps, in a schema of its own, only that a job waits and who is at it: written in the transaction that writes
the row, and gone once the job was done or put back.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Text, cast, column, exists, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Mapper

from ratedparts.db import Database

from .models import Job, waits

if TYPE_CHECKING:
    from procrastinate import App

SCHEMA: Final = "procrastinate"
TASK: Final = "ratedparts.job"
HEARTBEAT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 20.0  # a worker that was not heard for so long is taken for dead
LOOK_SECONDS: Final = 5.0  # between two looks for jobs of the dead
STOP_SECONDS: Final = 0.25
BEHIND: Final = -1  # of long work: somebody waits for what is short

Perform = Callable[[uuid.UUID], object]


def carries(database: Database) -> bool:
    """Whether jobs of that database are carried; those of the embedded one are looked for."""
    return database.url.startswith("postgresql")


def announce(mapper: Mapper[Job], connection: Connection, job: Job) -> None:
    """Whoever writes that a job waits announces it in the same transaction; a listener of the row."""
    if job.state != "queued" or connection.dialect.name != "postgresql":
        return
    _defer(connection, job)


def announce_forgotten(database: Database) -> int:
    """Announce what waits and nobody carries; how many jobs that was.

    Such are jobs of a backup that was laid back, and those whose worker could not even say that it failed.
    """
    carried = table("procrastinate_jobs", column("args", JSONB), column("status"), schema=SCHEMA)
    underway = exists().where(
        carried.c.args["job_id"].astext == cast(Job.id, Text),
        cast(carried.c.status, Text).in_(("todo", "doing")),
    )
    with database.work() as work:
        query = select(Job).where(waits(work.at), ~underway).order_by(Job.created_at, Job.id)
        forgotten = work.session.scalars(query.with_for_update(skip_locked=True)).all()
        for job in forgotten:
            _defer(work.session.connection(), job)
        return len(forgotten)


def _defer(connection: Connection, job: Job) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    carried = _application().configure_task(
        TASK,
        connection=driver,
        queue=job.event,
        schedule_at=job.not_before if job.not_before > job.created_at else None,
        priority=BEHIND if job.long else 0,
    )
    driver.execute(f"SET LOCAL search_path = {SCHEMA}")
    carried.defer(job_id=str(job.id))
    driver.execute("SET LOCAL search_path TO DEFAULT")


@cache
def _application() -> App:
    """One that can announce: whoever does so lends it the connection of the transaction."""
    return _application_of(None, lambda job_id: None)


def _application_of(database: Database | None, perform: Perform) -> App:
    import procrastinate

    address = {} if database is None else _address(database)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(**address))

    @app.task(name=TASK)
    def job(job_id: str) -> None:
        perform(uuid.UUID(job_id))

    return app


def _address(database: Database) -> dict[str, Any]:
    url = make_url(database.url).set(drivername="postgresql")
    return {
        "conninfo": url.render_as_string(hide_password=False),
        "kwargs": {"options": f"-c search_path={SCHEMA}"},
        "min_size": 1,
        "max_size": 4,
    }


def listen(database: Database, perform: Perform, stop: threading.Event) -> None:
    """Do what is announced, one job at a time, until told to stop; the job that is under way is done first.

    Raises what the database raises where it is not to be had.
    """
    asyncio.run(_listen(database, perform, stop))


async def _listen(database: Database, perform: Perform, stop: threading.Event) -> None:
    app = _application_of(database, perform)
    async with app.open_async():
        worker = app.run_worker_async(
            install_signal_handlers=False,
            delete_jobs="always",
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=SILENT_SECONDS,
        )
        tasks = [asyncio.create_task(one) for one in (worker, _inherit(app, database), _told_to(stop))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _told_to(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(STOP_SECONDS)


async def _inherit(app: App, database: Database) -> None:
    """Have the jobs of workers that died done by others, without waiting for their leases to run out."""
    from procrastinate.exceptions import ConnectorException

    while True:
        for carried in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
            await asyncio.to_thread(_let_go, database, uuid.UUID(str(carried.task_kwargs["job_id"])))
            with suppress(ConnectorException):  # another worker saw it, too, and was faster
                await app.job_manager.retry_job(carried)
        await asyncio.sleep(LOOK_SECONDS)


def _let_go(database: Database, job_id: uuid.UUID) -> None:
    """End the lease of a dead worker; should it live, it finds its job taken, and keeps nothing of it."""
    with database.work() as work:
        query = select(Job).where(Job.id == job_id, Job.state == "running").with_for_update()
        job = work.session.scalars(query).first()
        if job is not None and job.lease_until is not None:
            job.lease_until = min(job.lease_until, work.at - timedelta(microseconds=1))
