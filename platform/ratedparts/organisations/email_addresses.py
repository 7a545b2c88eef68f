"""What may be the address of somebody's mail; only a letter that is answered shows that it is."""

from __future__ import annotations

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without its brackets
# Of these the header of a letter makes groups, names, remarks and further addresses (RFC 5322, 3.2.3).
SPECIAL = frozenset('()<>[]:;,"\\')


def usable_email(given: str) -> str | None:
    """The address as it is kept; None where no letter could reach it, or one would reach several."""
    address = given.strip().lower()
    local, at, host = address.partition("@")
    odd = "@" in host or any(sign.isspace() or sign in SPECIAL for sign in address)
    return address if local and at and "." in host and not odd and len(address) <= LONGEST else None
