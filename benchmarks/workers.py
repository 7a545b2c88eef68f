"""Evaluations by one worker process and by two, on PostgreSQL: all decided again, as after an upgrade."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from certificates import rated_parts
from sqlalchemy import text, update
from tests.integration.insider import insider
from tests.integration.postgresql_server import PostgreSQLServer, find_binaries
from tests.integration.world import World
from timing import Row

from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.reevaluation import reevaluation, request_reevaluation

PARTS, ROUNDS, FASTER = 24, 8, 1.7
UNITS = [77] * PARTS


def rows() -> Iterator[Row]:
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: no initdb on the path nor in /usr/lib/postgresql")
    server = PostgreSQLServer(binaries)
    try:
        with tempfile.TemporaryDirectory() as folder:
            world = World.at(server.create(), Path(folder))
            world.found()
            rated_parts(world, UNITS)
            one, two = (_seconds_of(world, many) for many in (1, 2))
            world.database.dispose()
    finally:
        server.stop()
    name = f"{PARTS * ROUNDS} parts decided again by two workers ({PARTS * ROUNDS / two:.0f} parts/s)"
    yield Row(name, two, f"by one ({PARTS * ROUNDS / one:.0f} parts/s)", one, FASTER)


def _seconds_of(world: World, many: int) -> float:
    """From the moment that they wait until all are decided; the workers listen already."""
    environ = {
        **os.environ,
        "DATABASE_URL": world.database.url,
        "RATEDPARTS_VAR": str(world.installation.settings.var),
        "RATEDPARTS_ENVIRONMENT": "test",
        "OPENBLAS_NUM_THREADS": "1",
    }
    program = Path(sys.executable).with_name("ratedparts")
    workers = [subprocess.Popen([program, "worker"], env=environ) for _ in range(many)]
    try:
        _round(world)  # the first in a process loads what it needs
        while _listening(world) < many:
            time.sleep(0.1)
        began = time.perf_counter()
        for _ in range(ROUNDS):
            _round(world)
        return time.perf_counter() - began
    finally:
        for one in workers:
            one.terminate()
        for one in workers:
            one.wait()


def _listening(world: World) -> int:
    workers = "procrastinate.procrastinate_workers"
    query = f"SELECT count(*) FROM {workers} WHERE last_heartbeat > now() - interval '15 s'"
    with world.reading() as work:
        return int(work.session.scalar(text(query)) or 0)


def _round(world: World) -> None:
    with insider(world) as connection:
        connection.execute(update(Evaluation.__table__).values(engine_version="ratedparts 0.0"))
    request_reevaluation(world.database)
    while True:
        with world.reading() as work:
            if not reevaluation(work).left:
                return
        time.sleep(0.02)
