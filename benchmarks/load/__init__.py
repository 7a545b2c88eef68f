"""Many at once, from clients on this machine: readers, laboratories that send, on either database.

``LOAD_SECONDS=10`` for a quick look.
"""

from __future__ import annotations

import http.client
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.integration.postgresql_server import PostgreSQLServer, find_binaries
from tests.integration.world import World
from timing import Row

from ratedparts.evidence.models import Evidence
from ratedparts.proofs import digest_of

from .nation import LABORATORIES, UNITS, Sending, mixed_pages, nation, statements_of
from .served import HERE, serving

SECONDS = float(os.environ.get("LOAD_SECONDS", 60))
READERS = 8
WITHIN = 3  # times the bare view
LEAST_PAUSE = 0.2


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _profile(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder), "embedded")
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: no initdb on the path nor in /usr/lib/postgresql")
    server = PostgreSQLServer(binaries)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from _profile(server.create(), Path(folder), "PostgreSQL")
    finally:
        server.stop()


def _profile(url: str, folder: Path, where: str) -> Iterator[Row]:
    world, sendings = nation(url, folder)
    paths = mixed_pages(world)
    statements = folder / "statements"
    statements.write_bytes(pickle.dumps(statements_of(world, paths)))
    world.database.dispose()
    embedded = where == "embedded"
    ours = {
        "DATABASE_URL": url,
        "RATEDPARTS_VAR": str(folder),
        "RATEDPARTS_ENVIRONMENT": "test",
    }
    with serving("ratedparts.app:create_app", ours, embedded=embedded, worker=False) as port:
        _read(port, paths, 3)  # what a process reads once
        read = _read(port, paths, SECONDS)
    bare = {"DATABASE_URL": url, "BARE_STATEMENTS": str(statements)}
    with serving("bare_view:create_app", bare, embedded=embedded, worker=False) as port:
        numbers = [f"/{number}" for number in range(len(paths))]
        _read(port, numbers, 3)
        barely = _read(port, numbers, SECONDS)
    yield Row(
        f"a page to {READERS} mixed readers for {SECONDS:.0f} s, {where} ({_said(read)})",
        1 / read["a_second"],
        f"the same statements, nothing rendered ({_said(barely)})",
        1 / barely["a_second"],
        1 / WITHIN,
    )
    with serving("ratedparts.app:create_app", ours, embedded=embedded, worker=True) as port:
        in_turn, _ = _sent(port, sendings, 0, at_once=False)
        reading = _Reading(port, paths)
        at_once, put_off = _sent(port, sendings, 1, at_once=True)
        beside = reading.ended()
    _require_whole(world, sendings)
    yield Row(
        f"{LABORATORIES} laboratories send {UNITS} units of 3 lots at once while others read, {where} "
        f"({put_off} were put off and came again; {_said(beside)})",
        at_once,
        "one after the other while nobody reads",
        in_turn,
    )
    world.database.dispose()


def _said(read: dict[str, Any]) -> str:
    assert read["wrong"] == [], read["wrong"]
    return f"{read['a_second']:.0f}/s, p99 {1e3 * read['p99']:.0f} ms, no error"


def _readers(port: int, paths: list[str], seconds: float) -> subprocess.Popen[str]:
    order = {"port": port, "paths": paths, "seconds": seconds, "readers": READERS}
    running = subprocess.Popen(
        [sys.executable, HERE / "readers.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdin is not None
    running.stdin.write(json.dumps(order))
    running.stdin.close()
    running.stdin = None
    return running


def _read(port: int, paths: list[str], seconds: float) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_readers(port, paths, seconds).communicate()[0])
    return told


class _Reading:
    """Readers beside, for about as long as fifty files take."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self._running = _readers(port, paths, min(SECONDS, 20))

    def ended(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._running.communicate()[0])
        return told


def _sent(port: int, sendings: list[Sending], which: int, *, at_once: bool) -> tuple[float, int]:
    """Seconds until every file was answered, and how often one was put off."""
    put_off: list[int] = []

    def send(one: Sending) -> None:
        put_off.append(_send(port, one, which))

    began = time.perf_counter()
    if at_once:
        threads = [threading.Thread(target=send, args=(one,)) for one in sendings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for one in sendings:
            send(one)
    assert len(put_off) == len(sendings), "a file was neither taken nor refused"
    return time.perf_counter() - began, sum(put_off)


def _send(port: int, one: Sending, which: int) -> int:
    headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "text/csv"}
    put_off = 0
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("POST", f"/api/v1/plans/{one.plans[which]}/results", one.files[which], headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status == 201:
            return put_off
        assert answer.status == 503, (answer.status, body[:300])
        put_off += 1
        time.sleep(max(float(answer.headers["Retry-After"]), LEAST_PAUSE))


def _require_whole(world: World, sendings: list[Sending]) -> None:
    """Every byte that was sent is there, under its digest, once."""
    expected = sorted(digest_of(content) for one in sendings for content in one.files)
    with world.reading() as work:
        kept = [one for one in work.session.scalars(select(Evidence.digest)) if one in set(expected)]
    assert sorted(kept) == expected, f"{len(kept)} of {len(expected)} files are evidence"
    for digest in expected:
        world.installation.blobs.get(digest)  # refused where a byte is another
