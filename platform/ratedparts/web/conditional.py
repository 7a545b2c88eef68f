"""Changes by people who saw what they change: `ETag` with an answer, `If-Match` with the change."""

from __future__ import annotations

import hashlib

from flask import request

from ratedparts.errors import Kind, RatedPartsError


def entity_tag(*facts: object) -> str:
    """A tag that differs once any of the facts does."""
    text = "\x1f".join(str(fact) for fact in facts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def require_match(current: str) -> None:
    """Raise ``condition_missing`` (428) without `If-Match`, ``changed_meanwhile`` (412) where it differs.

    A `*`, which matches anything, says nothing of what was seen: that is missing too.

    Call it in the unit of work that makes the change, with a tag of rows that are held: what was only read
    may have changed when the change is made.
    """
    if "If-Match" not in request.headers or request.if_match.star_tag:
        raise RatedPartsError("condition_missing", kind=Kind.UNCONDITIONAL)
    if not request.if_match.contains(current):
        raise RatedPartsError("changed_meanwhile", kind=Kind.OUTDATED)
