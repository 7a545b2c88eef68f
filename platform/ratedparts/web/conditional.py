"""Changes by people who saw what they change: `ETag` with an answer, `If-Match` with the change."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask import request

from ratedparts import __version__
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.standing import status_at
from ratedparts.errors import Kind, RatedPartsError


def entity_tag(*facts: object) -> str:
    """A tag that differs once any of the facts does."""
    text = "\x1f".join(str(fact) for fact in facts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def standing_tag(certificate: Certificate, at: datetime) -> str:
    """Of everything that can be told of a certificate and may change: its status, and why it has it."""
    of = certificate.standing
    dates = (of.suspended_at, of.decided_at, of.revoked_at, of.invalid_since)
    reasons = (of.suspension_reason, of.revocation_reason, of.superseded_by)
    return entity_tag(__version__, certificate.number, status_at(certificate, at), *dates, *reasons)


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
