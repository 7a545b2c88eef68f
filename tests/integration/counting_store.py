"""Enough of the protocol of Redis to be greeted and asked whether it is there, and to say no."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator

import pytest

from .loopback import LoopbackServer, answering


class CountingStore(LoopbackServer):
    def __init__(self) -> None:
        super().__init__(_Conversation)
        self.password: str | None = None


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, CountingStore)
        while head := self.rfile.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].decode())
            verb = words[0].upper()
            if verb == "AUTH" and words[-1] != self.server.password:
                self.wfile.write(b"-WRONGPASS no such pair\r\n")
            elif verb == "PING":
                self.wfile.write(b"+PONG\r\n")
            elif verb in ("AUTH", "CLIENT", "SELECT"):
                self.wfile.write(b"+OK\r\n")
            else:
                self.wfile.write(b"-ERR nothing is counted here\r\n")


@pytest.fixture
def counting_store() -> Iterator[CountingStore]:
    with answering(CountingStore()) as server:
        yield server
