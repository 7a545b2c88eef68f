"""Servers on this machine for as long as a test lasts, and the smallest of them."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar


class LoopbackServer(socketserver.ThreadingTCPServer):
    """At a port that was free; a conversation is a request handler in a thread of its own."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, conversation: type[socketserver.StreamRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


Server = TypeVar("Server", bound=socketserver.BaseServer)


@contextmanager
def answering(server: Server) -> Iterator[Server]:
    """Whoever calls the server is answered, by a thread, until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
