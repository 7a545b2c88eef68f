"""Every flow ended at every place: nothing contradicts itself, and saying it again comes to the same end.

`make faults` ends each flow at each place, in both ways, on both databases; otherwise they share the first
places of every name.
"""

import json
import os
import subprocess
import sys
from itertools import cycle
from typing import get_args

import pytest

from ratedparts.fault_points import Point
from tests.faults.flows import FLOWS
from tests.faults.killing import ROOT
from tests.faults.victim import order_of
from tests.integration.mail_host import host

__all__ = ["host"]
EVERY = os.environ.get("RATEDPARTS_FAULTS") == "every"
WAYS = ("killed", "failed")
# The databases take turns, and each of them is killed and fails in turn.
SHARED = [(kind, way) for way in WAYS for kind in ("sqlite", "postgresql")]


class Victim:
    """One that dies to order, again and again."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self, order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self):
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture(scope="module")
def victim():
    found = Victim()
    yield found
    found.end()


def _chosen(reached, kind):
    """Where to end, and how, on that database."""
    if EVERY:
        return [(at, way) for at in range(1, len(reached) + 1) for way in WAYS]
    first = {name: at for at, name in reversed(list(enumerate(reached, 1))) if name in get_args(Point)}
    shared = zip(sorted(first.values()), cycle(SHARED), strict=False)
    return [(at, way) for at, (of, way) in shared if of == kind]


def _differences(state, undisturbed):
    for name, found in state.items():
        expected = undisturbed[name]
        for one in sorted({*found, *expected}):
            if found.get(one, 0) != expected.get(one, 0):
                yield f"{name} {one}: {found.get(one, 0)}, undisturbed {expected.get(one, 0)}"


@pytest.mark.parametrize("flow", FLOWS)
def test_ended_anywhere_nothing_is_half_done_and_again_comes_to_the_same(databases, flow, host, victim):
    world = databases.world(FLOWS[flow].begun)
    FLOWS[flow].prepare(world)
    world.facts["mail_port"] = host.port
    world.database.dispose()

    def told_of(at, way):
        """What came of the flow in a copy of the world; ``at`` None is nowhere."""
        copy = databases.copy_of(world)
        copy.database.dispose()
        try:
            return victim.told(order_of(copy, flow=flow, at=at, way=way))
        finally:
            databases.forget(copy.database.url)

    undisturbed = told_of(None, "failed")
    assert (undisturbed["ending"], undisturbed["error"], undisturbed["wrong_again"]) == (0, None, [])
    wrong = []
    for at, way in _chosen(undisturbed["reached"], databases.kind):
        told = told_of(at, way)
        place = f"{way} at {at}, {undisturbed['reached'][at - 1]}"
        assert told["ending"] == (-9 if way == "killed" else 0), place
        wrong += [f"{place}: {one}" for one in (*told["wrong"], *told["wrong_again"])]
        wrong += [f"{place}: {one}" for one in _differences(told["state"], undisturbed["state"])]
    databases.forget(world.database.url)
    assert wrong == []
