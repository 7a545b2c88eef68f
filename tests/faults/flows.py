"""What people and workers do, each so that it can be said again by somebody who never heard the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ratedparts.catalogue.open_data import nightly
from ratedparts.certificates import key_rotation
from ratedparts.certificates.signing_keys import key_rows
from ratedparts.errors import RatedPartsError
from ratedparts.mail.delivery import Delivery
from ratedparts.settings import MailServer
from tests.integration.sending import begin, found, piece
from tests.integration.world import MEASURED, World

PIECES = 3


@dataclass(frozen=True)
class Flow:
    """``begun``: of a world at that stage; ``prepare`` is done undisturbed, ``do`` is what may fail.

    ``done`` are the refusals by which somebody who says it again is told that it was done already.
    """

    begun: str
    prepare: Callable[[World], object]
    do: Callable[[World], object]
    done: tuple[str, ...] = ()

    def again(self, world: World) -> None:
        """Say it again, until it is taken or was taken before; then let the workers do theirs."""
        try:
            self.do(world)
        except RatedPartsError as error:
            if error.code not in self.done:
                raise
        world.run_jobs()


def _planned(world: World) -> None:
    world.facts["part_id"] = world.register_part()
    world.facts["plan"] = world.register_plan(units=2)
    world.facts["content"] = world.example("PAR-CPK", world.facts["plan"], 6)
    world.clock.now = MEASURED


def _submit(world: World) -> None:
    world.submit(world.facts["plan"], world.facts["content"])


def _announced(world: World) -> None:
    _planned(world)
    world.facts["upload"] = begin(world)


def _upload(world: World) -> None:
    number, content = world.facts["upload"], world.facts["content"]
    size = -(-len(content) // PIECES)
    while (upload := found(world, number)).state == "arriving":
        offset = upload.received_bytes
        piece(world, number, offset, content[offset : offset + size])


def _submitted(world: World) -> None:
    _planned(world)
    _submit(world)


def _applied(world: World) -> None:
    world.facts["review_id"] = world.apply()


def _judge(world: World) -> None:
    world.judge(world.facts["review_id"])


def _approved(world: World) -> None:
    world.facts["review_id"] = world.approve()
    world.run_jobs()


def _issue(world: World) -> None:
    world.issue(world.facts["review_id"])


def _rebuild(world: World) -> None:
    with world.reading() as work:
        world.installation.read_model.rebuild(work)


def _revoke(world: World) -> None:
    world.take_back()


def _night(world: World) -> None:
    world.run_jobs()
    with world.work() as work:
        nightly.ask_for_next(work, work.at, besides=("queued",))


def _rotate(world: World) -> None:
    keys = world.installation.keys
    with world.work() as work:
        # Whoever heard nothing looks first: a day later the same order would mean one more change.
        if len(key_rows(work, "certificates", keys.environment)) == 1:
            key_rotation.rotate(work, keys, "certificates", None)


def _written(world: World) -> None:
    world.take_back()
    world.run_jobs()


def _carry(world: World) -> None:
    server = MailServer(
        "smtp", "127.0.0.1", int(world.facts["mail_port"]), "", "", sender="a@authority.example"
    )
    Delivery(world.installation.outbox.folder, server).carry()


def _nothing(world: World) -> None:
    """What waits is done by the workers, which every flow ends with."""


FLOWS = {
    "submit": Flow("founded", _planned, _submit),
    "upload": Flow("founded", _announced, _upload),
    "evaluate": Flow("founded", _submitted, _nothing),
    "apply": Flow("rated", _nothing, lambda world: world.apply(), done=("already_applied",)),
    "judge": Flow("rated", _applied, _judge, done=("review_step_impossible",)),
    "issue": Flow("rated", _approved, _issue),
    "revoke": Flow("certified", _nothing, _revoke, done=("standing_step_impossible",)),
    "columns": Flow("certified", _nothing, _rebuild),
    "export": Flow("certified", _night, _nothing),
    "rotate": Flow("certified", _nothing, _rotate),
    "letters": Flow("certified", _written, _carry),
}
