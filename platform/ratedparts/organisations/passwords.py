"""Passwords: argon2id with the library's defaults (RFC 9106, low memory)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ratedparts.errors import RatedPartsError

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()
# Verified against when the account does not exist, so that the answer takes as long.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5LW5vYm9keQ$2qFmPWyWkXrGzOeqkBs3cQ8f7QYVxW6iQ4C9mNQHZ1o"


def hash_password(password: str) -> str:
    """The hash to keep; refuses a password that is too short or absurdly long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise RatedPartsError("password_length", shortest=SHORTEST, longest=LONGEST)
    return _HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
