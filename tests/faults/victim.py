"""A process that is killed: `python -m tests.faults.victim`, told on its standard input what to do.

It does a task again and again, each time in a child that dies by SIGKILL one step later than the one before:
before its first change to the database, before its second, …, before each commit, until one child lives to
the end.  (Dying before a query is dying before the change that comes next.)  After every death it looks
whether anything was left half done.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from ratedparts.audit.models import AuditLine
from ratedparts.audit.service import first_broken_line
from ratedparts.certificates.models import (
    Certificate,
    CertificateStanding,
    IssuanceIntent,
    LogCheckpoint,
    LogEntry,
)
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import LEASE
from ratedparts.organisations import signing_in
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.models import Submission
from tests.integration.world import World

ROOT = Path(__file__).parents[2]


def opened(order: dict[str, Any], later: timedelta = timedelta(0)) -> World:
    """The world of the order, as a process sees it that has just begun."""
    world = World.at(order["url"], Path(order["var"]))
    world.clock.now = datetime.fromisoformat(order["now"]) + later
    with world.reading() as work:
        for name, person_id in order["people"].items():
            world.cast[name] = signing_in.roles_of(work, uuid.UUID(person_id)).acting()
    return world


def do(world: World, order: dict[str, Any]) -> None:
    if order["task"] == "submit":
        world.submit(order["plan"], order["content"].encode())
    elif order["task"] == "issue":
        world.issue(uuid.UUID(order["review"]))
    elif order["task"] == "work":
        world.run_jobs()


def die_at(world: World, step: int) -> None:
    """From now on count changes and commits; at the given one the process is gone."""
    steps = iter(range(1, step))

    def count(*_: Any) -> None:
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def count_changes(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            count()

    event.listen(world.database.engine, "before_cursor_execute", count_changes)
    event.listen(world.database.engine, "commit", count)


def state(world: World) -> dict[str, Any]:
    """What is on record, counted."""
    with world.reading() as work:

        def many(table: Any, *conditions: Any) -> int:
            return work.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

        told = {
            verb: many(AuditLine, AuditLine.verb == verb)
            for verb in ("accept_results", "evaluate", "intend_to_issue", "issue")
        }
        return {
            "broken_line": first_broken_line(work),
            "told": told,
            "accepted": many(Submission, Submission.state == "accepted"),
            "refused": many(Submission, Submission.state == "refused"),
            "evidence": many(Evidence),
            "evidence_jobs": many(Job, Job.event == "evidence_accepted"),
            "evaluations": many(Evaluation),
            "evaluation_jobs": many(Job, Job.event == "part_evaluated"),
            "failed_jobs": many(Job, Job.state == "failed"),
            "intents": many(IssuanceIntent),
            "certificates": many(Certificate),
            "standings": many(CertificateStanding),
            "leaves": many(LogEntry),
            "checkpoints": many(LogCheckpoint),
            "certificate_jobs": many(Job, Job.event == "certificate_changed"),
            "numbers": sorted(work.session.scalars(select(IssuanceIntent.number))),
        }


def half_done(world: World) -> list[str]:
    """What contradicts itself; nothing, in a good world."""
    found = state(world)
    alike = [
        ("accepted", "evidence", "evidence_jobs"),
        ("evaluations", "evaluation_jobs"),
        ("certificates", "standings", "leaves", "checkpoints", "certificate_jobs"),
    ]
    wrong = [f"{names}: {[found[name] for name in names]}" for names in alike if not _same(found, names)]
    for verb, name in (
        ("accept_results", "accepted"),
        ("evaluate", "evaluations"),
        ("intend_to_issue", "intents"),
        ("issue", "certificates"),
    ):
        if found["told"][verb] != found[name]:
            wrong.append(f"{name} {found[name]}, told {found['told'][verb]}")
    if found["broken_line"] is not None:
        wrong.append(f"audit line {found['broken_line']}")
    verified = verify_store(Store.of(world.installation), quick=True)
    wrong += [f"{one.place}: {one.code}" for check in verified.checks for one in check.faults]
    return wrong


def _witnessed(order: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """What is half done, and what is on record.

    Looked at in a child as well: the store of blobs starts threads, and a process that is forked after that
    would wait for them for ever.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        witness = opened(order)
        with os.fdopen(writing, "w") as told:
            json.dump([half_done(witness), state(witness)], told)
        witness.database.dispose()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    os.waitpid(child, 0)
    contradictions, final = json.loads(answer)
    return contradictions, final


def _same(found: dict[str, Any], names: tuple[str, ...]) -> bool:
    return len({found[name] for name in names}) == 1


def killed_in(world: World, statements: str) -> None:
    """Run Python in another process that ends with SIGKILL: it has `world`, `order` and `die()`."""
    program = (
        "import os, signal, sys, json, uuid\n"
        "from tests.faults.victim import opened\n"
        "order = json.load(sys.stdin)\n"
        "world = opened(order)\n"
        "def die(): os.kill(os.getpid(), signal.SIGKILL)\n" + statements
    )
    order = {
        "url": world.installation.settings.database_url,
        "var": str(world.installation.settings.var),
        "now": world.clock.now.isoformat(),
        "people": {name: str(actor.person_id) for name, actor in world.cast.items()},
        "facts": {name: str(fact) for name, fact in world.facts.items() if name != "content"},
        "content": world.facts.get("content", b"").decode(),
    }
    world.database.dispose()
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def main() -> None:
    order = json.load(sys.stdin)
    step, wrong, numbers = 0, [], []
    while True:
        step += 1
        # A dead worker's lease has to be over before its job is taken up again.
        later = (LEASE + timedelta(seconds=1)) * step if order["task"] == "work" else timedelta(seconds=step)
        child = os.fork()
        if child == 0:
            victim = opened(order, later)
            die_at(victim, step)
            do(victim, order)
            victim.database.dispose()
            os._exit(0)
        ending = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        contradictions, final = _witnessed(order)
        wrong += [f"step {step}: {one}" for one in contradictions]
        numbers += [number for number in final["numbers"] if number not in numbers]
        if ending != -signal.SIGKILL or step > 500:
            break
    json.dump(
        {"steps": step, "ending": ending, "wrong": wrong, "numbers": numbers, "final": final}, sys.stdout
    )


if __name__ == "__main__":
    main()
