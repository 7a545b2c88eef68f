"""The public list of every certificate that is not plainly in force: signed, numbered, with its age.

Whoever verifies offline takes it along.  What is not on it was in force, as far as its dates go, when the
list was made; after ``next_update`` the list says nothing any more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.jobs.queue import enqueue
from ratedparts.proofs import canonical_bytes, format_instant
from ratedparts.proofs.status_list import CONTEXT, SCHEMA, TYPES

from .log_proofs import log_size
from .models import CertificateStanding, StatusList
from .restored import status_lists_from
from .signed_records import SignedRecords

RENEWED_AFTER = timedelta(hours=6)
GOOD_FOR = timedelta(hours=24)  # three renewals may fail before the list is stale
EVENT = "status_list_due"


def make_status_list(work: Work, records: SignedRecords, environment: str) -> StatusList:
    """A new list, whatever has changed; the next one is made in `RENEWED_AFTER` at the latest."""
    newest = newest_status_list(work)
    sequence = max(newest.sequence + 1 if newest else 1, status_lists_from(work))
    standings = work.session.scalars(
        select(CertificateStanding)
        .where(CertificateStanding.state != "valid")
        .order_by(CertificateStanding.number)
    )
    document = {
        "@context": [CONTEXT],
        "id": f"urn:ratedparts:status-list:{sequence}",
        "type": list(TYPES),
        "issuer": {"id": records.issuer_id(work)},
        "validFrom": format_instant(work.at),
        "validUntil": format_instant(work.at + GOOD_FOR),
        "credentialSubject": {
            "schema": SCHEMA,
            "environment": environment,
            "sequence": sequence,
            "log_size": log_size(work),
            "certificates": [_line(one) for one in standings],
        },
    }
    made = StatusList(
        sequence=sequence,
        document=canonical_bytes(records.sign(work, document)).decode("utf-8"),
        made_at=work.at,
    )
    work.session.add(made)
    work.session.flush()
    enqueue(work, EVENT, not_before=work.at + RENEWED_AFTER, sequence=sequence)
    return made


def ask_for_status_list(work: Work) -> None:
    """A certificate has changed: a new list is due at once.

    It is work of its own: what has changed is in the catalogue though nothing can be signed at the moment.
    """
    enqueue(work, EVENT, sequence=None)


def answer_due_list(work: Work, records: SignedRecords, environment: str, sequence: int | None) -> None:
    """Make the list that is due; ``sequence``: the one to be renewed, which a newer one may have replaced."""
    newest = newest_status_list(work)
    if sequence is None or newest is None or newest.sequence == sequence:
        make_status_list(work, records, environment)


def newest_status_list(work: Work) -> StatusList | None:
    return work.session.scalars(select(StatusList).order_by(StatusList.sequence.desc()).limit(1)).first()


def _line(standing: CertificateStanding) -> dict[str, Any]:
    """What the public may know: no person, and the three dates of a revocation."""
    line: dict[str, Any] = {"number": standing.number, "status": standing.state}
    for name in ("suspended_at", "decided_at", "revoked_at", "invalid_since"):
        instant = getattr(standing, name)
        if instant is not None:
            line[name] = format_instant(instant)
    if standing.superseded_by is not None:
        line["superseded_by"] = standing.superseded_by
    return line
