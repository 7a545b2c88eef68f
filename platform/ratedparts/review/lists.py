"""What waits for whom, and one application with all its steps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from ratedparts.db import Page, Work, held, lock, newest_first
from ratedparts.evaluations.models import Evaluation
from ratedparts.organisations.actor import Actor, not_found
from ratedparts.submissions.models import Part

from .models import Review, ReviewStep


def reviews_in(work: Work, *states: str) -> list[Review]:
    """Applications in those states whose evaluation still stands, oldest first."""
    return list(work.session.scalars(_standing(*states).order_by(Review.applied_at, Review.id)))


def page_of_reviews(work: Work, state: str, cursor: str | None, limit: int) -> Page[Review]:
    """Applications in a state whose evaluation still stands, newest first."""
    return newest_first(work, _standing(state), Review.id, cursor, limit)


def questions_for(work: Work, actor: Actor) -> list[tuple[Review, ReviewStep]]:
    """What the actor's organisation is asked and has not answered, oldest first."""
    asked = _standing("asked").where(Review.asked_organisation_id == actor.organisation_id)
    reviews = work.session.scalars(asked.order_by(Review.applied_at, Review.id)).all()
    return [(review, steps_of(work, review.id)[-1]) for review in reviews]


def asked_review(work: Work, actor: Actor, review_id: uuid.UUID) -> tuple[Review, ReviewStep]:
    """One of `questions_for`; to everybody else it does not exist."""
    for review, question in questions_for(work, actor):
        if review.id == review_id:
            return review, question
    raise not_found("review", review_id)


def reviews_of_part(work: Work, part_id: uuid.UUID) -> list[Review]:
    """Every application for the part, newest first."""
    query = select(Review).join(Evaluation).join(Part).where(Part.id == part_id)
    return list(work.session.scalars(query.order_by(Review.applied_at.desc(), Review.id.desc())))


def steps_of(work: Work, review_id: uuid.UUID) -> Sequence[ReviewStep]:
    """Every step of an application, the first first."""
    query = select(ReviewStep).where(ReviewStep.review_id == review_id).order_by(ReviewStep.place)
    return work.session.scalars(query).all()


def steps_so_far(work: Work, review: Review) -> list[ReviewStep]:
    """Those of the application, after those of the refusal that it appeals against."""
    before = [] if review.appeal_of is None else steps_of(work, review.appeal_of)
    return [*before, *steps_of(work, review.id)]


def judgement_of(work: Work, review_id: uuid.UUID) -> str | None:
    """The signed record of the judgement that stands; None where there is none."""
    judged = [step for step in steps_of(work, review_id) if step.record is not None]
    review = work.session.get_one(Review, review_id)
    return judged[-1].record if judged and review.state in ("approved", "refused") else None


def held_review(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    """As `visible_review`, with nobody else changing it, or superseding its evaluation, until the end."""
    actor.require("reviewer", "issuer")
    review = held(work, Review, review_id)
    if review is None:
        raise not_found("review", review_id)
    lock(work, review.evaluation)
    return review


def visible_review(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    """For reviewers and issuers; the maker has `own_review`."""
    actor.require("reviewer", "issuer")
    review = work.session.get(Review, review_id)
    if review is None:
        raise not_found("review", review_id)
    return review


def own_review(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    """An application of the actor's own organisation."""
    actor.require("maker")
    review = work.session.get(Review, review_id)
    if review is None or review.evaluation.part.maker_id != actor.organisation_id:
        raise not_found("review", review_id)
    return review


def _standing(*states: str) -> Select[Review]:
    query = select(Review).join(Evaluation)
    return query.where(Review.state.in_(states), Evaluation.superseded_at.is_(None))
