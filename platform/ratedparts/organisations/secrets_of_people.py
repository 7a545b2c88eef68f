"""Tokens: random, shown once, kept only as a digest."""

from __future__ import annotations

import secrets

from ratedparts.proofs import digest_of


def new_token(prefix: str) -> str:
    """``rpt_…``: the prefix lets a scanner of leaked secrets recognise it."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_digest(token: str) -> str:
    return digest_of(token.encode("utf-8", "surrogatepass"))
