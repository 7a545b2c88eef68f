"""A process that runs a few lines of Python on a world, and is killed by the last of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.world import World

from .victim import order_of

ROOT = Path(__file__).parents[2]


def killed_in(world: World, statements: str) -> None:
    """Run Python in another process that ends with SIGKILL: it has `world`, `order` and `die()`."""
    program = (
        "import os, signal, sys, json, uuid\n"
        "from tests.faults.victim import opened\n"
        "order = json.load(sys.stdin)\n"
        "world = opened(order)\n"
        "def die(): os.kill(os.getpid(), signal.SIGKILL)\n" + statements
    )
    world.database.dispose()
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input=json.dumps(order_of(world)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
