"""An issuer's doubt about an approval, as long as nothing has come of it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from ratedparts.db import Work, held
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.actor import Actor
from ratedparts.review import service as reviews
from ratedparts.review.models import Review

from .models import Certificate, IssuanceIntent


def send_back(work: Work, actor: Actor, review_id: uuid.UUID, *, statement: str) -> Review:
    """Let the application wait for a judgement again.

    Raises ``certificate_was_issued`` (number): what was issued is suspended or revoked, or its application
    could be withdrawn or refused beneath it, and made anew; and what `reviews.send_back` raises.
    """
    actor.require("issuer")
    held(work, Review, review_id)  # as issuing does before it records
    query = select(Certificate.number).join(IssuanceIntent, IssuanceIntent.id == Certificate.intent_id)
    number = work.session.scalar(query.where(IssuanceIntent.review_id == review_id))
    if number is not None:
        raise RatedPartsError("certificate_was_issued", kind=Kind.CONFLICT, number=number)
    return reviews.send_back(work, actor, review_id, statement=statement)
