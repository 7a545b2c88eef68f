"""A real server of a founded installation, on a port of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from ratedparts.app import create_app
from ratedparts.worker import start_beside
from tests.integration.loopback import answering
from tests.integration.world import World


@dataclass
class Site:
    """A server with its installation."""

    world: World
    address: str


def answered_whole(app: Any) -> Any:
    """Each answer read to its end before a byte is sent: where a browser hangs up, this server would else
    leave the file open that it was sending."""

    def serve(environ: Any, start_response: Any) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            parts.close()

    return serve


@contextmanager
def serving(world: World) -> Iterator[Site]:
    """The installation with a worker beside its server, until the block ends."""
    app = create_app(world.installation.settings, world.clock)
    # Not the server of an installation, but one that a test can end cleanly.
    server = make_server("127.0.0.1", 0, answered_whole(app), threaded=True)
    with answering(server):
        stop = start_beside(world.installation)
        yield Site(world, f"http://127.0.0.1:{server.server_port}")
        stop.set()
    world.database.dispose()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var: Path = tmp_path_factory.mktemp("site")
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    world.found()
    with serving(world) as site:
        yield site
