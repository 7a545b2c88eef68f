"""Applying for a certificate, and the judgement of somebody who is no party to it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from ratedparts.db import Page, Work, held, lock, newest_first
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.models import Role
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.submissions.models import Part, TestPlan
from ratedparts.submissions.parts import own_part

from .models import Review

VERDICTS = ("approved", "refused", "returned")
LONGEST_STATEMENT = 4000


def apply(work: Work, actor: Actor, part_id: uuid.UUID) -> Review:
    """Ask for a certificate on the part's current evaluation."""
    actor.require("maker")
    part = own_part(work, actor, part_id)
    evaluation = current_evaluation(work, part.id)
    if evaluation is None or evaluation.grade is None or evaluation.grade.startswith("U"):
        grade = evaluation.grade if evaluation else None
        raise RatedPartsError("nothing_to_certify", kind=Kind.CONFLICT, grade=grade)
    lock(work, evaluation)
    if review_of(work, evaluation.id) is not None:
        raise RatedPartsError("already_applied", kind=Kind.CONFLICT)
    review = Review(
        id=work.new_id(),
        evaluation=evaluation,
        state="waiting",
        applied_by=actor.person_id,
        applied_at=work.at,
    )
    work.session.add(review)
    work.session.flush()
    record_by(work, actor, "apply", "review", review.id, evaluation=str(evaluation.id))
    return review


def judge(
    work: Work, actor: Actor, review_id: uuid.UUID, *, verdict: str, statement: str, password: str
) -> Review:
    """Approve, refuse, or send back with a question; signed with the password."""
    actor.require("reviewer")
    if verdict not in VERDICTS:
        raise RatedPartsError("unknown_verdict", given=verdict, known=VERDICTS)
    review = held_review(work, actor, review_id)
    if review.state != "waiting":
        raise RatedPartsError("already_judged", kind=Kind.CONFLICT, state=review.state)
    if review.evaluation.superseded_at is not None:
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
    require_no_party(work, actor, review.evaluation)
    text = statement.strip()
    if verdict != "approved" and not text:
        raise RatedPartsError("statement_missing")
    if len(text) > LONGEST_STATEMENT:
        raise RatedPartsError("statement_too_long", longest=LONGEST_STATEMENT)
    confirm_password(work, actor, password)
    review.state, review.reviewer_id, review.reviewed_at, review.statement = (
        verdict,
        actor.person_id,
        work.at,
        text or None,
    )
    work.session.flush()
    record_by(work, actor, f"review_{verdict}", "review", review.id)
    return review


def require_no_party(work: Work, actor: Actor, evaluation: Evaluation) -> None:
    """Neither the person, by any role ever held, nor their organisation may be the maker or a laboratory."""
    parties = {evaluation.part.maker_id}
    parties |= set(
        work.session.scalars(select(TestPlan.laboratory_id).where(TestPlan.part_id == evaluation.part_id))
    )
    held = set(work.session.scalars(select(Role.organisation_id).where(Role.person_id == actor.person_id)))
    if parties & (held | {actor.organisation_id}):
        raise RatedPartsError("conflict_of_interest", kind=Kind.FORBIDDEN)


def review_of(work: Work, evaluation_id: uuid.UUID) -> Review | None:
    """The application that stands; one sent back with a question may be followed by another."""
    query = select(Review).where(Review.evaluation_id == evaluation_id, Review.state != "returned")
    return work.session.scalars(query).first()


def reviews_in(work: Work, state: str) -> list[Review]:
    """Reviews in a state whose evaluation still stands, oldest first."""
    query = (
        select(Review)
        .join(Evaluation)
        .where(Review.state == state, Evaluation.superseded_at.is_(None))
        .order_by(Review.applied_at)
    )
    return list(work.session.scalars(query))


def page_of_reviews(work: Work, state: str, cursor: str | None, limit: int) -> Page[Review]:
    """Reviews in a state whose evaluation still stands, newest first."""
    query = select(Review).join(Evaluation)
    standing = query.where(Review.state == state, Evaluation.superseded_at.is_(None))
    return newest_first(work, standing, Review.id, cursor, limit)


def reviews_of_part(work: Work, part_id: uuid.UUID) -> list[Review]:
    """Every application for the part, newest first."""
    query = (
        select(Review)
        .join(Evaluation)
        .join(Part)
        .where(Part.id == part_id)
        .order_by(Review.applied_at.desc())
    )
    return list(work.session.scalars(query))


def held_review(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    """As `visible_review`, with nobody else changing it, or superseding its evaluation, until the end."""
    actor.require("reviewer", "issuer")
    review = held(work, Review, review_id)
    if review is None:
        raise not_found("review", review_id)
    lock(work, review.evaluation)
    return review


def visible_review(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    actor.require("reviewer", "issuer")
    review = work.session.get(Review, review_id)
    if review is None:
        raise not_found("review", review_id)
    return review
