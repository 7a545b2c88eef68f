"""Taking a step with an application: the table is asked, the state changes, the step is written down."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from ratedparts.db import Work, held, lock
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, not_found, record_by

from .models import Review, ReviewStep
from .states import ROLES, state_after

LONGEST_STATEMENT = 4000


def held_for_step(work: Work, actor: Actor, review_id: uuid.UUID, verb: str) -> Review:
    """The application, held until the end of the unit of work, on which the actor may try the verb.

    To whom it is no business it does not exist.  Raises ``role_needed``, ``not_found``,
    ``review_step_impossible`` and, where its evaluation no longer stands, ``evaluation_superseded``.
    """
    actor.require(*ROLES[verb])
    review = held(work, Review, review_id)
    if review is None or not _concerns(actor, review):
        raise not_found("review", review_id)
    lock(work, review.evaluation)
    state_after(review.state, verb)
    if verb != "withdraw" and review.evaluation.superseded_at is not None:
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
    return review


def take_step(
    work: Work,
    actor: Actor,
    review: Review,
    verb: str,
    *,
    statement: str | None = None,
    addressed_to: uuid.UUID | None = None,
    record: str | None = None,
) -> ReviewStep:
    """Write the step down beside the change of state, which the caller has made, with its audit line."""
    last = work.session.scalar(select(func.max(ReviewStep.place)).where(ReviewStep.review_id == review.id))
    step = ReviewStep(
        review_id=review.id,
        place=(last or 0) + 1,
        verb=verb,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        taken_at=work.at,
        addressed_to=addressed_to,
        statement=statement,
        record=record,
    )
    work.session.add(step)
    work.session.flush()
    record_by(work, actor, f"review_{verb}", "review", review.id, place=step.place)
    enqueue(work, "review_step_taken", review_id=str(review.id), place=step.place)
    return step


def required_statement(given: str) -> str:
    """The text of a step that has to say something.  Raises ``statement_missing``, ``statement_too_long``."""
    text = given.strip()
    if not text:
        raise RatedPartsError("statement_missing")
    if len(text) > LONGEST_STATEMENT:
        raise RatedPartsError("statement_too_long", longest=LONGEST_STATEMENT)
    return text


def _concerns(actor: Actor, review: Review) -> bool:
    if actor.role in ("reviewer", "issuer"):
        return True
    asked = review.asked_organisation_id == actor.organisation_id
    return asked or (actor.role == "maker" and review.evaluation.part.maker_id == actor.organisation_id)
