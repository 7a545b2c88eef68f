"""A real object store on this machine that speaks Amazon's interface: moto, behind a line that can fail."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from ratedparts.installation import Installation
from ratedparts.settings import BlobAddress

from .world import World

BUCKET = "evidence"
_prefixes = count(1)


class Line:
    """Passes connections on to the store; it can fall silent, or be cut."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._speaks = threading.Event()
        self._speaks.set()
        self._cut = False
        threading.Thread(target=self._listen, daemon=True).start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Connections are taken, and nothing is ever said on them."""
        self._speaks.clear()
        try:
            yield
        finally:
            self._close_all()
            self._speaks.set()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Whoever is connected is thrown out, and so is whoever comes."""
        self._cut = True
        self._close_all()
        try:
            yield
        finally:
            self._cut = False

    def close(self) -> None:
        self._listening.close()
        self._close_all()

    def _close_all(self) -> None:
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            if self._cut:
                caller.close()
                continue
            other = socket.create_connection(self._to)
            self._open |= {caller, other}
            for source, to in ((caller, other), (other, caller)):
                threading.Thread(target=self._pass_on, args=(source, to), daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                self._speaks.wait()
                to.sendall(content)
        for one in (source, to):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()


@pytest.fixture(scope="session")
def line() -> Iterator[Line]:
    """The line to one store a test process."""
    server_module = pytest.importorskip("moto.server", reason="moto is not installed: it comes with `test`")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    made = urllib.request.Request(f"http://{host}:{port}/{BUCKET}", method="PUT")
    with urllib.request.urlopen(made, timeout=10) as answer:
        assert answer.status == 200
    found = Line((host, port))
    yield found
    found.close()
    server.stop()


@pytest.fixture
def object_store(line: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The environment of a process that may use the store: its provider's own variables."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hunter22",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{line.port}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return line


def new_address(patience_seconds: float = 5.0) -> BlobAddress:
    """A prefix that nobody has used."""
    return BlobAddress(f"s3://{BUCKET}/{next(_prefixes)}", patience_seconds)


def with_blobs_at(world: World, address: BlobAddress, **changes: Any) -> World:
    """The same installation, with its blobs in a store that is still empty."""
    settings = replace(world.installation.settings, blob_address=address, **changes)
    installation = Installation(settings, world.clock)
    return World(installation, world.clock, world.cast, world.facts)
