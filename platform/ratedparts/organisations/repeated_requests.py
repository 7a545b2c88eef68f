"""Keys under which a program's request was carried out, with the answer that it got."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from ratedparts.db import Work

from .models import RepeatableRequest

KEPT_FOR = timedelta(days=7)


def find(work: Work, person_id: uuid.UUID, key: str) -> RepeatableRequest | None:
    query = select(RepeatableRequest).where(
        RepeatableRequest.person_id == person_id, RepeatableRequest.key == key
    )
    return work.session.scalars(query).first()


def keep(work: Work, person_id: uuid.UUID, key: str, request_digest: str) -> None:
    """Take the key, in the transaction of the request; those of last week are forgotten."""
    mine = RepeatableRequest.person_id == person_id
    work.session.execute(
        delete(RepeatableRequest).where(mine, RepeatableRequest.begun_at < work.at - KEPT_FOR)
    )
    work.session.add(
        RepeatableRequest(
            id=work.new_id(),
            person_id=person_id,
            key=key,
            request_digest=request_digest,
            begun_at=work.at,
        )
    )
    work.session.flush()


def note_answer(work: Work, person_id: uuid.UUID, key: str, *, answer: dict[str, Any]) -> None:
    found = find(work, person_id, key)
    if found is not None:
        found.answer = answer
