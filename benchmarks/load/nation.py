"""An installation with parts to be found, a certificate, and fifty laboratories with plans that wait."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from tests.integration.world import MEASURED, World

from ratedparts.app import create_app
from ratedparts.catalogue.models import PublishedPart
from ratedparts.demonstration.generated_parts import generate
from ratedparts.organisations import register, signing_in
from ratedparts.organisations.actor import Actor
from ratedparts.web.requests import EXTENSION

PARTS, LABORATORIES, UNITS = 2000, 50, 77
PART_PAGES = 60
SEARCHES = [
    "/parts?family=mlcc_class2&capacitance_nf_min=10&capacitance_nf_max=1000&sort=failure_rate_90",
    "/parts?family=mlcc_class2&rated_voltage_v_min=25&grade_at_least=B",
    "/parts?grade_at_least=A&sort=failure_rate_90",
    "/parts?q=X7R",
    "/parts",
]


@dataclass(frozen=True)
class Sending:
    """What a laboratory is going to send, twice: in its turn, and with all the others."""

    token: str
    plans: tuple[str, str]
    files: tuple[bytes, bytes]


def nation(url: str, var: Path) -> tuple[World, list[Sending]]:
    world = World.at(url, var)
    world.found()
    world.rate()
    world.certify()
    generate(world.database, world.library, PARTS, lambda step: None)
    world.find()  # the columns are on the disk, for whoever serves them
    now = world.clock.now
    world.clock.now = MEASURED.replace(year=2026, month=1, day=6)  # plans come before what they plan
    sendings = [_laboratory(world, number) for number in range(LABORATORIES)]
    world.clock.now = now
    return world, sendings


def _laboratory(world: World, number: int) -> Sending:
    with world.work() as work:
        administrator = world.cast["administrator"]
        laboratory = register.register_organisation(
            work, administrator, kind="laboratory", name_en=f"Laboratory {number}", name_zh=f"实验室{number}",
            example=True,
        )  # fmt: skip
        world.accredit(work, administrator, laboratory.id, "MLCC-HTL")
        person, _ = register.invite(
            work,
            administrator,
            email=f"laboratory{number}@example.org",
            name=f"Laboratory {number}",
            organisation_id=laboratory.id,
            roles=["laboratory"],
        )
        person.password_hash = work.session.get_one(
            type(person), world.cast["laboratory"].person_id
        ).password_hash
        actor: Actor = signing_in.roles_of(work, person.id).acting()
        world.cast[f"laboratory {number}"] = actor
        world.calibrate(work, by=f"laboratory {number}")
        token = signing_in.create_access_token(work, actor, "load")
    part_id = world.register_part(f"LOAD-{number:03d}")
    plans = tuple(
        world.register_plan(slot="MLCC-HTL", part_id=part_id, laboratory=f"laboratory {number}", units=UNITS)
        for _ in range(2)
    )
    first, second = plans
    return Sending(token, (first, second), (_file(world, first), _file(world, second)))


def _file(world: World, plan: str) -> bytes:
    return world.example("MLCC-HTL", plan, 3 * UNITS)


def mixed_pages(world: World) -> list[str]:
    """Two searches for a part page, and now and then a certificate."""
    with world.reading() as work:
        numbers = work.session.scalars(select(PublishedPart.part_id).limit(PART_PAGES)).all()
    parts = [f"/parts/{one}" for one in numbers]
    certificate = f"/certificates/{world.facts['number']}"
    return [*(2 * len(parts) // len(SEARCHES) * SEARCHES), *parts, *([certificate] * (len(parts) // 6))]


def statements_of(world: World, paths: list[str]) -> list[list[tuple[str, Any]]]:
    """What each page says to the database, once everything that is read once has been read."""
    app = create_app(world.installation.settings, world.clock)
    database, client = app.extensions[EXTENSION].database, app.test_client()
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    found = {}
    for path in dict.fromkeys(paths):
        client.get(path)
        said.clear()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found[path] = [one for one in said if not one[0].startswith(("BEGIN", "PRAGMA", "SET "))]
    database.dispose()
    return [found[path] for path in paths]
