"""Keys that begin, end, and are lost to somebody else: each with its line in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta

from ratedparts.audit.service import record
from ratedparts.db import Work, held
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.actor import not_found
from ratedparts.proofs import format_instant

from .key_store import PURPOSES, SigningKey
from .models import IssuingKeyRecord
from .signing_keys import SigningKeys, key_rows, register

# Whoever is signing at this moment took the instant a little while ago: they finish with the old key.
NOTICE = timedelta(minutes=1)
LONGEST_REASON = 2000


def rotate(work: Work, keys: SigningKeys, purpose: str, start: datetime | None = None) -> SigningKey:
    """Let a new key of a purpose begin at ``start`` and the old one end there; the new key.

    A key that lies in the store unregistered is taken, the oldest first; else one is made.

    Raises ``key_purpose_unknown`` (known), ``key_change_too_soon`` (earliest), ``key_change_planned`` (key).
    """
    if purpose not in PURPOSES:
        raise RatedPartsError("key_purpose_unknown", given=purpose, known=list(PURPOSES))
    start = work.at + NOTICE if start is None else start
    if start < work.at + NOTICE:
        raise RatedPartsError("key_change_too_soon", earliest=format_instant(work.at + NOTICE))
    rows = key_rows(work, purpose, keys.environment, held=True)
    ending = [row for row in rows if row.revoked_at is None and _ends_after(row, start)]
    for row in ending:
        if row.valid_from > work.at or len(ending) > 1:
            raise RatedPartsError("key_change_planned", kind=Kind.CONFLICT, key=row.id)
    registered = {row.id for row in rows}
    laid_in = [key for key in keys.store.find(purpose) if key.id not in registered]
    new = laid_in[0] if laid_in else keys.store.make(purpose, work.at)
    for row in ending:
        row.valid_until = start
    register(work, new, purpose, keys.environment, valid_from=start)
    record(
        work,
        "rotate_key",
        "issuing_key",
        new.id,
        actor_id=None,
        purpose=purpose,
        valid_from=format_instant(start),
        instead_of=[row.id for row in ending],
    )
    return new


def retire(work: Work, key_id: str, end: datetime | None = None) -> None:
    """Let a key end at ``end`` without another in its place.

    Raises ``not_found``, ``key_change_too_soon`` (earliest), ``key_has_ended``.
    """
    row = _held(work, key_id)
    end = work.at + NOTICE if end is None else end
    if end < work.at + NOTICE or end <= row.valid_from:
        raise RatedPartsError("key_change_too_soon", earliest=format_instant(work.at + NOTICE))
    if not _ends_after(row, end):
        raise RatedPartsError("key_has_ended", kind=Kind.CONFLICT, key=key_id)
    row.valid_until = end
    record(work, "retire_key", "issuing_key", key_id, actor_id=None, valid_until=format_instant(end))


def revoke(work: Work, key_id: str, since: datetime, reason: str) -> None:
    """Say that a key may be somebody else's since ``since``; it signs nothing any more, for ever.

    Raises ``not_found``, ``key_revoked_already`` (since), ``key_revocation_ahead``, ``key_reason_needed``.
    """
    row = _held(work, key_id)
    if row.revoked_at is not None:
        raise RatedPartsError("key_revoked_already", kind=Kind.CONFLICT, since=format_instant(row.revoked_at))
    if since > work.at:
        raise RatedPartsError("key_revocation_ahead")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RatedPartsError("key_reason_needed", maximum=LONGEST_REASON)
    row.revoked_at = since
    record(
        work,
        "revoke_key",
        "issuing_key",
        key_id,
        actor_id=None,
        revoked_at=format_instant(since),
        reason=reason.strip(),
    )


def _held(work: Work, key_id: str) -> IssuingKeyRecord:
    row = held(work, IssuingKeyRecord, key_id)
    if row is None:
        raise not_found("issuing_key", key_id)
    return row


def _ends_after(row: IssuingKeyRecord, instant: datetime) -> bool:
    return row.valid_until is None or row.valid_until > instant
