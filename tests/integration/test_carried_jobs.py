"""On PostgreSQL jobs are carried: announced with their cause, done by anybody free, inherited of the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from ratedparts.db import Work
from ratedparts.jobs import distribution
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import LongWork, enqueue, run_named
from ratedparts.store_verification import Store, verify_store
from ratedparts.worker import start_beside
from tests.integration.world import World

pytestmark = pytest.mark.carried_jobs

WITHIN = text("SET LOCAL search_path = procrastinate")

HANGS = """
import sys, threading, time
from pathlib import Path
from ratedparts.db import Database
from ratedparts.jobs.distribution import listen
from ratedparts.jobs.queue import run_named

def hang(work, parameters):
    Path(sys.argv[2]).touch()
    time.sleep(600)

database = Database(sys.argv[1])
listen(database, lambda job_id: run_named(database, {"something": hang}, job_id), threading.Event())
"""


def carried(world: World) -> list[Any]:
    """What procrastinate knows: the job, when it is due, and whether somebody is at it."""
    query = "SELECT args ->> 'job_id' AS job, scheduled_at, status FROM procrastinate_jobs ORDER BY id"
    with world.reading() as work:
        work.session.execute(WITHIN)
        return list(work.session.execute(text(query)))


def enqueued(world: World, event: str = "something", **more: Any) -> uuid.UUID:
    with world.work() as work:
        return enqueue(work, event, **more).id


def jobs_in(world: World, state: str) -> int:
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(Job).where(Job.state == state)) or 0


def until(there: Callable[[], object], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.05)


@contextmanager
def listening(world: World, handlers: dict[str, Any]) -> Iterator[None]:
    stop, database = threading.Event(), world.database
    thread = threading.Thread(
        target=distribution.listen,
        args=(database, lambda job_id: run_named(database, handlers, job_id), stop),
    )
    thread.start()
    yield
    stop.set()
    thread.join()


def test_a_job_is_announced_with_its_cause_or_not_at_all(founded: World) -> None:
    before = len(carried(founded))
    with founded.work() as work:
        enqueue(work, "something")
        work.session.flush()
        work.session.rollback()
    assert len(carried(founded)) == before
    job_id = enqueued(founded)
    assert carried(founded)[before:] == [(str(job_id), None, "todo")]


def test_what_is_put_back_is_announced_for_its_next_attempt(founded: World) -> None:
    def broken(work: Work, parameters: Any) -> None:
        raise ValueError("cannot")

    job_id = enqueued(founded)
    assert run_named(founded.database, {"something": broken}, job_id)
    with founded.reading() as work:
        due = work.session.get_one(Job, job_id).not_before
    assert due > founded.clock.now
    assert carried(founded)[-1] == (str(job_id), due, "todo")


def test_what_is_announced_is_done_and_nothing_is_left_of_its_announcement(founded: World) -> None:
    founded.run_jobs()
    seen: list[Any] = []
    later = founded.clock.now + timedelta(hours=1)
    with listening(founded, {"something": lambda work, parameters: seen.append(parameters["number"])}):
        enqueued(founded, number=1)
        until(lambda: jobs_in(founded, "queued") == 0)
        enqueued(founded, number=2)
        until(lambda: jobs_in(founded, "queued") == 0)
        enqueued(founded, number=3, not_before=later)
        until(lambda: not [one for one in carried(founded) if one.status == "doing"])
    assert seen == [1, 2]
    assert jobs_in(founded, "queued") == 1


def test_short_work_that_waits_is_done_before_long_work(founded: World) -> None:
    founded.run_jobs()
    seen: list[str] = []

    def keep(name: str) -> Any:
        return lambda work, parameters: seen.append(name)

    long = LongWork(lambda database, parameters, lease: keep("long"), keep("given up"))
    enqueued(founded, "long", long=True)
    enqueued(founded, "short")
    enqueued(founded, "short")
    with listening(founded, {"long": long, "short": keep("short")}):
        until(lambda: len(seen) == 3)
    assert seen == ["short", "short", "long"]


def test_whoever_asks_for_long_work_says_so(rated: World) -> None:
    long = {event for event, handler in rated.installation.handlers.items() if isinstance(handler, LongWork)}
    with rated.reading() as work:
        query = text("SELECT queue_name, priority FROM procrastinate.procrastinate_jobs")
        announced = {(row.queue_name, row.priority) for row in work.session.execute(query)}
    assert {priority for event, priority in announced if event in long} == {distribution.BEHIND}
    assert {priority for event, priority in announced if event not in long} == {0}


def test_what_nobody_carries_is_announced_again_and_once(founded: World) -> None:
    founded.run_jobs()
    assert distribution.announce_forgotten(founded.database) == 0
    first, second = enqueued(founded), enqueued(founded)
    assert distribution.announce_forgotten(founded.database) == 0
    with founded.work() as work:
        work.session.execute(WITHIN)
        query = text("DELETE FROM procrastinate_jobs WHERE args ->> 'job_id' = :id")
        work.session.execute(query, {"id": str(first)})
    assert [distribution.announce_forgotten(founded.database) for _ in range(2)] == [1, 0]
    assert [one.job for one in carried(founded)][-2:] == [str(second), str(first)]


def test_the_job_of_a_worker_that_was_killed_is_inherited_at_once(
    founded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded.run_jobs()
    job_id, begun = enqueued(founded), tmp_path / "begun"
    dead = subprocess.Popen([sys.executable, "-c", HANGS, founded.database.url, str(begun)])
    until(begun.exists)
    dead.kill()
    dead.wait()
    monkeypatch.setattr(distribution, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(distribution, "LOOK_SECONDS", 0.2)
    seen = []
    with listening(founded, {"something": lambda work, parameters: seen.append(work.at)}):
        until(lambda: seen)
        until(lambda: not carried(founded))
    with founded.reading() as work:
        job = work.session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("done", 2)


def test_a_worker_waits_for_a_database_that_is_away_and_ends_when_told(founded: World) -> None:
    stop = start_beside(founded.installation)
    with founded.work() as work:
        work.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
        )
    enqueued(founded, "certificate_changed", part_id=str(uuid.uuid4()))
    until(lambda: jobs_in(founded, "queued") == 0 or jobs_in(founded, "running"))
    stop.set()
    until(lambda: not [one for one in threading.enumerate() if one.name in ("worker", "forgotten jobs")])


def test_three_workers_do_everything_though_one_is_killed(rated: World) -> None:
    """Processes of their own; what they leave behind is derived again, and nothing contradicts the rest."""
    rated.run_jobs()
    wanted = 60
    with rated.work() as work:
        for _ in range(wanted):
            enqueue(work, "evidence_accepted", part_id=str(rated.facts["part_id"]))
    done = jobs_in(rated, "done")
    environ = {
        **os.environ,
        "DATABASE_URL": rated.database.url,
        "RATEDPARTS_VAR": str(rated.installation.settings.var),
        "RATEDPARTS_ENVIRONMENT": "test",
    }
    program = Path(sys.executable).with_name("ratedparts")
    with ExitStack() as killed:
        workers = [subprocess.Popen([program, "worker"], env=environ) for _ in range(3)]
        for one in workers:
            killed.callback(one.kill)
        until(lambda: jobs_in(rated, "done") >= done + wanted // 4)
        workers[0].kill()
        until(lambda: jobs_in(rated, "done") >= done + wanted, seconds=120)
        until(lambda: not jobs_in(rated, "running"))
        for one in workers[1:]:
            one.send_signal(signal.SIGTERM)
        assert [one.wait(60) for one in workers] == [-signal.SIGKILL, 0, 0]
    assert jobs_in(rated, "failed") == 0
    assert verify_store(Store.of(rated.installation)).clean
