"""Identifiers: UUIDv7 inside, unguessable public numbers outside."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

# Without 0 O 1 I L U: nobody misreads one, and none spells a word by accident.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7(at: datetime) -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, the rest random."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def public_number(prefix: str, length: int = 10) -> str:
    """``CEG-7K3M9-QX2PD``: a prefix and two groups of characters that nobody can guess or count."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(length))
    half = length // 2
    return f"{prefix}-{text[:half]}-{text[half:]}"
