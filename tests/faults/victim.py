"""A process that dies to order: `python -m tests.faults.victim`, one order a line on its standard input.

Every order is carried out in a child, which is killed at the place that the order names, or told there that
the disk is full; another, as a process begun afterwards, looks what is on record, does the same again, and
looks once more.  What both saw is answered in one line.  The parent itself opens nothing: the store of blobs
starts threads, and a process that is forked after that would wait for them for ever.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from ratedparts.certificates import pdf_signature, typesetting
from ratedparts.fault_points import watched_by
from ratedparts.jobs.queue import LEASE
from ratedparts.organisations import signing_in
from tests.faults.end_state import contradictions, end_state
from tests.faults.flows import FLOWS
from tests.integration.world import World

# Loaded once, here, and not in every child.
LOADED = (pdf_signature, typesetting)
# A dead worker's lease has to be over before its job is taken up again, and so has a pause after a failure.
AFTERWARDS = LEASE + timedelta(seconds=1)


def order_of(world: World, **more: Any) -> dict[str, Any]:
    """What another process needs in order to see this world."""
    facts = {name: str(fact) for name, fact in world.facts.items() if isinstance(fact, (str, int, uuid.UUID))}
    return {
        "url": world.installation.settings.database_url,
        "var": str(world.installation.settings.var),
        "now": world.clock.now.isoformat(),
        "people": {name: str(actor.person_id) for name, actor in world.cast.items()},
        "facts": facts,
        "content": world.facts.get("content", b"").decode(),
        **more,
    }


def opened(order: dict[str, Any], later: timedelta = timedelta(0)) -> World:
    """The world of the order, as a process sees it that has just begun."""
    world = World.at(order["url"], Path(order["var"]))
    world.clock.now = datetime.fromisoformat(order["now"]) + later
    world.facts = {**order["facts"], "content": order["content"].encode()}
    for name in ("part_id", "review_id"):
        if name in world.facts:
            world.facts[name] = uuid.UUID(world.facts[name])
    with world.reading() as work:
        for name, person_id in order["people"].items():
            world.cast[name] = signing_in.roles_of(work, uuid.UUID(person_id)).acting()
    return world


class Place:
    """Counts what is reached, by name; at the given place, counted from 1, it ends."""

    def __init__(self, at: int | None, end: Callable[[], None]) -> None:
        self.reached: list[str] = []
        self._at = at
        self._end = end

    def __call__(self, name: str) -> None:
        self.reached.append(name)
        if len(self.reached) == self._at:
            self._end()

    def changes_of(self, world: World) -> None:
        """Reckon every change to the database as a place, too: before it, nothing of it is there."""

        def change(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            verb, _, rest = statement.partition(" ")
            if verb in ("INSERT", "UPDATE", "DELETE"):
                table = rest.replace("INTO ", "").replace("FROM ", "").split(None, 1)[0]
                self(f"{verb.lower()} {table}")

        event.listen(world.database.engine, "before_cursor_execute", change)


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _failed() -> None:
    raise OSError(errno.EIO, "a device failed to order")


def _disturbed(order: dict[str, Any]) -> dict[str, Any]:
    """The flow, ended where the order says; and, where this process outlives that, the flow again."""
    world = opened(order)
    flow = FLOWS[order["flow"]]
    place = Place(order["at"], _killed if order["way"] == "killed" else _failed)
    place.changes_of(world)
    told: dict[str, Any] = {"error": None}
    with watched_by(place):
        try:
            flow.again(world)
        except OSError as error:
            told["error"] = str(error)
    if order["way"] == "failed":
        told["wrong"] = contradictions(world)
        world.clock.now += AFTERWARDS
        flow.again(world)
        told |= {"wrong_again": contradictions(world), "state": end_state(world)}
    return {**told, "reached": place.reached}


def _afterwards(order: dict[str, Any]) -> dict[str, Any]:
    """What a process finds that is begun when the first one is gone; and what it comes to."""
    world = opened(order, AFTERWARDS)
    wrong = contradictions(world)
    FLOWS[order["flow"]].again(world)
    return {"wrong": wrong, "wrong_again": contradictions(world), "state": end_state(world)}


def _in_a_child(do: Callable[[dict[str, Any]], dict[str, Any]], order: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answer = do(order)
        with os.fdopen(writing, "w") as told:
            json.dump(answer, told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    ending = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"ending": ending, **(json.loads(text) if text else {})}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        answer = _in_a_child(_disturbed, order)
        if order["way"] == "killed":
            answer |= _in_a_child(_afterwards, order) | {"ending": answer["ending"]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
