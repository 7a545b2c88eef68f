"""Keeping accepted evidence: its typed columns, and the way of a small file from request to decision."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars
from tests.integration.world import MEASURED, World
from timing import Row, best_of

from ratedparts.evidence.typed_columns import columns_into
from ratedparts.jobs.queue import run_one
from ratedparts.protocols import check_file, example_file, load_library
from ratedparts.protocols.typed_frame import typed_frame

UNITS = 40_000
UPLOADS = 15


def rows() -> Iterator[Row]:
    protocol = load_library().protocol("MLCC-HTL@1")
    table = check_file(example_file(protocol, UNITS), protocol).table
    assert table is not None
    frame = typed_frame(table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "columns.parquet"

        def ours() -> None:
            columns_into(path)(iter([frame]), frame.schema)
            polars.read_parquet(path)

        def bare() -> None:
            frame.write_parquet(path, compression="zstd", compression_level=3)

        work = f"evidence of {frame.height:,} rows written and read back"
        yield Row(work, best_of(ours, 5), "a bare Parquet write", best_of(bare, 5), 1 / 2)
    yield _request_to_decision()


def _request_to_decision() -> Row:
    """The median over several uploads, against what is allowed: 150 ms."""
    from ratedparts.app import create_app
    from ratedparts.organisations import signing_in

    with tempfile.TemporaryDirectory() as folder:
        world = World.at(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder))
        world.found()
        world.facts["part_id"] = world.register_part()
        plans = [world.register_plan(slot="MLCC-HTL", units=26) for _ in range(UPLOADS)]
        world.clock.now = MEASURED
        with world.work() as work:
            token = signing_in.create_access_token(work, world.cast["laboratory"], "benchmark")
        client = create_app(world.installation.settings, world.clock).test_client()
        headers = {"Authorization": f"Bearer {token}"}
        took = []
        for plan in plans:
            content = world.example("MLCC-HTL", plan, 77)
            began = time.perf_counter()
            answer = client.post(
                f"/api/v1/plans/{plan}/results", data=content, content_type="text/csv", headers=headers
            )
            number = answer.get_json()["id"]
            while client.get(f"/api/v1/submissions/{number}", headers=headers).get_json()["progress"] < 1:
                run_one(world.database, world.installation.handlers)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 201
            world.run_jobs()  # what nobody waits for
            world.clock.now += timedelta(seconds=1)
    return Row(
        "upload of 77 units, request to decision (median)", statistics.median(took), "150 ms", 0.150, 1
    )
