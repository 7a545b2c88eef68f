"""Keys under which a program's request was carried out, with the answer that it got."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError

from .models import RepeatableRequest

KEPT_FOR = timedelta(days=7)
ANSWERED_WITHIN = timedelta(minutes=1)  # beyond that whoever carried the request out has died


def earlier_answer(work: Work, person_id: uuid.UUID, key: str, request_digest: str) -> dict[str, Any] | None:
    """The answer to the same request under that key; None where the key is free.

    Raises
    ------
    RatedPartsError
        ``idempotency_key_reused`` for another request; ``idempotency_key_in_use`` while it is being carried
        out; ``idempotency_answer_lost`` where the answer will not come any more.
    """
    found = _find(work, person_id, key)
    if found is None:
        return None
    if found.request_digest != request_digest:
        raise RatedPartsError("idempotency_key_reused", kind=Kind.CONFLICT)
    if found.answer is None:
        lost = found.begun_at < work.at - ANSWERED_WITHIN
        raise RatedPartsError(
            "idempotency_answer_lost" if lost else "idempotency_key_in_use", kind=Kind.CONFLICT
        )
    return found.answer


def keep(work: Work, person_id: uuid.UUID, key: str, request_digest: str) -> uuid.UUID:
    """Take the key, in the transaction of the request; by what its answer is noted.

    Keys of last week are forgotten.

    Raises ``idempotency_key_in_use`` where another request took it at the same moment.
    """
    mine = RepeatableRequest.person_id == person_id
    work.session.execute(
        delete(RepeatableRequest).where(mine, RepeatableRequest.begun_at < work.at - KEPT_FOR)
    )
    taken = RepeatableRequest(
        id=work.new_id(),
        person_id=person_id,
        key=key,
        request_digest=request_digest,
        begun_at=work.at,
    )
    work.session.add(taken)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise RatedPartsError("idempotency_key_in_use", kind=Kind.CONFLICT) from error
    return taken.id


def note_answer(work: Work, taken_id: uuid.UUID, answer: dict[str, Any]) -> None:
    """Harmless where the key was given back: another request may have it by now, with another answer."""
    found = work.session.get(RepeatableRequest, taken_id)
    if found is not None:
        found.answer = answer


def _find(work: Work, person_id: uuid.UUID, key: str) -> RepeatableRequest | None:
    query = select(RepeatableRequest).where(
        RepeatableRequest.person_id == person_id,
        RepeatableRequest.key == key,
        RepeatableRequest.begun_at >= work.at - KEPT_FOR,
    )
    return work.session.scalars(query).first()
