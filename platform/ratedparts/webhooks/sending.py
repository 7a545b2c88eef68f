"""One message to one address: signed, with a deadline, never redirected."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass, field

from ratedparts.errors import Kind, RatedPartsError

from .addresses import Target, look_up
from .signature import signature_of

SECONDS = 10.0  # from the first packet to the status, however slowly the receiver goes about it
GONE = 410  # the receiver wants no more of them


class Refused(Exception):
    """The receiver says that it will never take the message."""


@dataclass(frozen=True)
class Webhook:
    address: str
    secret: str = field(repr=False)


def post(webhook: Webhook, message_id: str, timestamp: int, body: bytes, *, private: bool) -> None:
    """Deliver ``body``, JSON; it is delivered once the receiver answers 2xx, and may come twice.

    Raises `Refused`; ``webhook_unreachable`` (host) and ``webhook_not_taken`` (status) for another attempt
    later; ``webhook_address``.
    """
    target = look_up(webhook.address, private=private)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "RatedParts",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_of(webhook.secret, message_id, timestamp, body),
    }
    connection = _Connection(target)
    deadline = threading.Timer(SECONDS, connection.hang_up)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", target.path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        raise RatedPartsError("webhook_unreachable", kind=Kind.UNAVAILABLE, host=target.host[:80]) from None
    finally:
        deadline.cancel()
        connection.close()
    if status == GONE:
        raise Refused
    if not 200 <= status < 300:
        raise RatedPartsError("webhook_not_taken", kind=Kind.UNAVAILABLE, status=status)


class _Connection(http.client.HTTPConnection):
    """To the very address that was judged: a name could be looked up to another one meanwhile."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target
        self._late = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), SECONDS)
        if self._target.secure:
            context = ssl.create_default_context()
            # The handshake apart: one that never ends must be hung up on too.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        if self._late:
            raise TimeoutError

    def hang_up(self) -> None:
        """From another thread: whatever is waited for ends at once.  A time limit of the socket begins anew
        with every byte that comes."""
        self._late = True
        if (connected := self.sock) is not None:
            with contextlib.suppress(OSError):  # it ended by itself meanwhile
                socket.socket.shutdown(connected, socket.SHUT_RDWR)  # of TLS too: without its farewell
