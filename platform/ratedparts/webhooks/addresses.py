"""To which addresses a message may go: never to a machine of the platform's own network.

A stranger names the address: the platform must not be made to knock at doors that only it can reach.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from ratedparts.errors import Kind, RatedPartsError

LONGEST = 500
PORTS = {"https": 443, "http": 80}


class Target(NamedTuple):
    """``host`` is what the certificate must be for; ``address`` is where to connect, and no name again."""

    secure: bool
    host: str
    address: str
    port: int
    path: str


def require_deliverable(text: str, *, private: bool) -> SplitResult:
    """The parts of an address that a message could be sent to; nothing is looked up.

    ``private``: addresses within the platform's own network, and without TLS, are accepted too.

    Raises ``webhook_address`` (given).
    """
    try:
        parts = urlsplit(text)
        fits = parts.scheme in (("https", "http") if private else ("https",)) and bool(parts.hostname)
        fits = fits and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or len(text) > LONGEST or not text.isascii() or any(sign.isspace() for sign in text):
        raise RatedPartsError("webhook_address", given=text[:80])
    return parts


def look_up(text: str, *, private: bool) -> Target:
    """Where a message goes now.  Raises ``webhook_address``, ``webhook_unreachable`` (host)."""
    parts = require_deliverable(text, private=private)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise RatedPartsError("webhook_unreachable", kind=Kind.UNAVAILABLE, host=host[:80]) from None
    # One address within is enough to refuse them all: the next look-up might give that one.
    if not private and not all(ip_address(str(one)).is_global for one in found):
        raise RatedPartsError("webhook_address", given=text[:80])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, str(found[0]), port, path)
