"""What may be the address of somebody's mail; only a letter that is answered shows that it is."""

from __future__ import annotations

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without its brackets


def usable_email(given: str) -> str | None:
    """The address as it is kept; None where no letter could reach it."""
    address = given.strip().lower()
    local, at, host = address.partition("@")
    spaced = any(sign.isspace() for sign in address)
    return address if local and at and "." in host and not spaced and len(address) <= LONGEST else None
