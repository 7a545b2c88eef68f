"""Two at once on one object, step by step in one thread: whoever would have to wait is told so at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ratedparts.db import Work
from ratedparts.errors import RatedPartsError

from .world import World

Verb = Callable[[World, Work], object]
# The same a moment later may well succeed; what was done of it is undone.
AGAIN = ("database_busy", "at_the_same_moment")


class Turn:
    """One person's unit of work: begun with what is done in it, ended with the word that it is kept."""

    def __init__(self, world: World, verb: Verb) -> None:
        self._world, self._verb = world, verb
        self._open: AbstractContextManager[Work] | None = None
        self.outcome = ""

    def step(self) -> None:
        """What comes next of two: do it, and keep it.  Nothing, for one who was refused."""
        if not self.outcome:
            self._told(self._do)
        elif self._open is not None:
            self._told(self._keep)

    def again(self) -> None:
        """The same from the beginning, for one who was told to come again."""
        if self.outcome in AGAIN:
            self.outcome = ""
            self.step()
            self.step()

    def _do(self) -> None:
        opened = self._world.database.work()
        work = opened.__enter__()
        try:
            self._verb(self._world, work)
            work.session.flush()
        except Exception as error:
            opened.__exit__(type(error), error, error.__traceback__)  # says it in our words
            raise
        self._open, self.outcome = opened, "under way"

    def _keep(self) -> None:
        assert self._open is not None
        opened, self._open = self._open, None
        opened.__exit__(None, None, None)
        self.outcome = "done"

    def _told(self, step: Callable[[], None]) -> None:
        try:
            step()
        except RatedPartsError as error:
            self._open, self.outcome = None, error.code


def carried_out(world: World, verbs: dict[str, Verb], steps: str) -> dict[str, Any]:
    """What two are told, by name: ``"ABAB"`` is one who does, another who does, and then each keeps it.

    Whoever is told to come again does so when both have ended; ``met``: whether that was so.
    """
    turns = {name: Turn(world, verb) for name, verb in verbs.items()}
    for name in steps:
        turns[name].step()
    met = any(turn.outcome in AGAIN for turn in turns.values())
    for turn in turns.values():
        turn.again()
    return {**{name: turn.outcome for name, turn in turns.items()}, "met": met}
