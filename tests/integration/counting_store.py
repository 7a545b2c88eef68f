"""Enough of the protocol of Redis to be greeted and asked whether it is there, and to say no."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest


class CountingStore(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.password: str | None = None

    @property
    def port(self) -> int:
        return int(self.server_address[1])


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
    server = CountingStore()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
