"""Two at once on one object, step by step: whoever would have to wait for the other is told so at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from ratedparts.db import Work
from ratedparts.errors import RatedPartsError

from .world import World

Verb = Callable[[World, Work], object]
# The same a moment later may well succeed; what was done of it is undone.
AGAIN = ("database_busy", "at_the_same_moment")
CHANGES = ("INSERT", "UPDATE", "DELETE")
HOLDS = ("FOR UPDATE", "FOR NO KEY UPDATE", "pg_advisory")


class Turn:
    """One person's unit of work, in three steps: what is read, what is held and changed, and that it is kept.

    It lives in a thread of its own, which goes on only while somebody waits for its next step.
    """

    def __init__(self, world: World, verb: Verb) -> None:
        self._world, self._verb = world, verb
        self._may_go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._reading = True
        self.outcome = ""
        self.thread = threading.Thread(target=self._live)

    def step(self) -> None:
        """Take the next step; none, for one who has ended."""
        if self.outcome:
            return
        if self.thread.ident is None:
            self.thread.start()
        else:
            self._may_go.release()
        self._stands.acquire()

    def before(self, statement: str) -> None:
        """Stand still before the first statement that holds or changes anything."""
        if self._reading and (statement.startswith(CHANGES) or any(word in statement for word in HOLDS)):
            self._reading = False
            self._stand()

    def _stand(self) -> None:
        self._stands.release()
        self._may_go.acquire()

    def _live(self) -> None:
        try:
            with self._world.database.work() as work:
                self._verb(self._world, work)
                work.session.flush()
                self._stand()
            self.outcome = "done"
        except RatedPartsError as error:
            self.outcome = error.code
        except BaseException as error:
            self.outcome = f"broke: {error!r}"
        self._stands.release()


@contextmanager
def _stopped(world: World, turns: dict[str, Turn]) -> Iterator[None]:
    """The turns stand still where they have to."""

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for turn in turns.values():
            if turn.thread is threading.current_thread():
                turn.before(statement)

    event.listen(world.database.engine, "before_cursor_execute", before)
    yield
    event.remove(world.database.engine, "before_cursor_execute", before)


def carried_out(world: World, verbs: dict[str, Verb], steps: str) -> tuple[dict[str, str], bool]:
    """What each of two is told in the end, and whether one of them had to come again.

    ``"ABAABB"``: one has read, then the other; the one does and keeps it, and then the other tries.
    """
    turns = {name: Turn(world, verb) for name, verb in verbs.items()}
    with _stopped(world, turns):
        for name in steps:
            turns[name].step()
        while not all(turn.outcome for turn in turns.values()):
            for turn in turns.values():  # a verb that held nothing has a step more
                turn.step()
    told = {name: turn.outcome for name, turn in turns.items()}
    for name in told:
        turns[name].thread.join()
        if told[name] in AGAIN:
            again = Turn(world, verbs[name])
            while not again.outcome:
                again.step()
            again.thread.join()
            told[name] = again.outcome
    return told, any(turn.outcome in AGAIN for turn in turns.values())
