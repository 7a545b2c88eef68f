"""To which addresses a message may go: never to a machine of the platform's own network.

A stranger names the address: the platform must not be made to knock at doors that only it can reach.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from ratedparts.errors import Kind, RatedPartsError

LONGEST = 500
PORTS = {"https": 443, "http": 80}
# Of IPv6 where others can have machines; of that not what carries an IPv4 address to go on to.
OF_OTHERS, CARRYING = IPv6Network("2000::/3"), IPv6Network("2002::/16")
TRANSLATED = IPv6Network("64:ff9b::/96")  # a gateway goes on to the IPv4 address of the last four bytes


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
    if not private and not all(_is_of_others(ip_address(str(one))) for one in found):
        raise RatedPartsError("webhook_address", given=text[:80])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, str(found[0]), port, path)


def _is_of_others(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one machine, outside; an IPv6 address that stands for an IPv4 one is judged as that."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped
        if address in TRANSLATED:
            within = IPv4Address(address.packed[-4:])
        if within is None:
            return address.is_global and address in OF_OTHERS and address not in CARRYING
        address = within
    return address.is_global and not address.is_multicast and not address.is_reserved
