"""The sender's half of tus 1.0: a file in pieces, taken up again where a connection broke."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import IO, Any, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PIECE_BYTES = 8 * 2**20
PATIENCE_SECONDS = 600
WAITS_SECONDS = (0.5, 1, 2, 4, 8, 16)  # before each further try


@dataclass(frozen=True)
class Server:
    """A platform, and who is asking."""

    address: str
    token: str
    language: str

    def ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        """Raises ``HTTPError`` for an answer that is a refusal, ``URLError`` for none."""
        told = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **(headers or {})}
        request = Request(f"{self.address}/api/v1{path}", content, told, method=method)
        return cast(HTTPResponse, urlopen(request, timeout=PATIENCE_SECONDS))

    def json(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        with self.ask(method, path, content, headers) as answer:
            return cast("dict[str, Any]", json.load(answer))


def begin_upload(server: Server, size: int, told: Mapping[str, str]) -> str:
    """Announce a file; the number of its upload."""
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata}
    with server.ask("POST", "/uploads", b"", headers) as answer:
        return str(answer.headers["Location"]).rsplit("/", 1)[-1]


def send_pieces(server: Server, number: str, file: IO[bytes], sent: Callable[[int], None]) -> None:
    """Send what has not arrived yet; ``sent`` is told how many bytes have."""
    failures = 0
    while True:
        try:
            offset, size = _arrived(server, number)
            while offset < size:
                sent(offset)
                offset = _send_piece(server, number, file, offset)
            sent(offset)
            return
        except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
            final = isinstance(error, HTTPError) and error.code < 500 and error.code != 409
            if final or failures == len(WAITS_SECONDS):
                raise
            time.sleep(WAITS_SECONDS[failures])
            failures += 1


def _arrived(server: Server, number: str) -> tuple[int, int]:
    with server.ask("HEAD", f"/uploads/{number}", headers={"Tus-Resumable": "1.0.0"}) as answer:
        return int(answer.headers["Upload-Offset"]), int(answer.headers["Upload-Length"])


def _send_piece(server: Server, number: str, file: IO[bytes], offset: int) -> int:
    file.seek(offset)
    headers = {
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
    }
    with server.ask("PATCH", f"/uploads/{number}", file.read(PIECE_BYTES), headers) as answer:
        return int(answer.headers["Upload-Offset"])
