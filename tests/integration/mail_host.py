"""A mail server on this machine, as far as tests need one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from .loopback import LoopbackServer, answering


class MailHost(LoopbackServer):
    """Enough of RFC 5321 to take letters, and to refuse those to ``nobody``."""

    def __init__(self) -> None:
        super().__init__(Conversation)
        self.taken: list[str] = []
        self.calls = 0
        self.called, self.hurry = threading.Event(), threading.Event()
        self.hurry.set()


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, MailHost)
        self.server.calls += 1
        self.server.called.set()
        self.server.hurry.wait(10)
        self._say("220 mail.example")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.taken.append(text.decode())
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 goodbye")
                return
            elif verb == b"RCPT" and b"nobody@" in line:
                self._say("550 no such person")
            else:
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def host() -> Iterator[MailHost]:
    with answering(MailHost()) as server:
        yield server
