"""An installation in which everything has happened once: what its verification is tried on."""

from __future__ import annotations

from datetime import timedelta

from ratedparts.certificates import key_rotation
from tests.integration.world import World

HOUR = timedelta(hours=1)


def live(world: World) -> None:
    """From a certified world: two certificates, of which the first was suspended, reinstated, superseded and
    revoked, new keys in between, a refused file, and columns of the catalogue."""
    first = world.facts["number"]
    plan = world.register_plan(units=2)
    assert world.submit(plan, b"no file at all\n").state == "refused"
    _take_back(world, "suspend", first)
    _take_back(world, "reinstate", first)
    with world.work() as work:
        for purpose in ("certificates", "log"):
            key_rotation.rotate(work, world.installation.keys, purpose, None)
    world.clock.now += HOUR
    world.new_evidence()
    world.facts["number"] = world.issue(world.approve())
    world.run_jobs()
    _take_back(world, "revoke", first)
    world.facts["first"] = first
    assert len(world.find()) == 1


def _take_back(world: World, verb: str, number: str) -> None:
    world.clock.now += HOUR
    world.take_back(verb, number=number)
    world.run_jobs()
