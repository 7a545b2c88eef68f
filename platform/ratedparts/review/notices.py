"""Who is told of a step by letter: whoever has to act next, or waited for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.mail import Letter, bilingual
from ratedparts.organisations.models import Person
from ratedparts.organisations.register import people_in

from .models import Review, ReviewStep

SUBJECTS = {
    "ask": "A reviewer asks you something",
    "answer": "Your question has been answered",
    "approve": "Your application has been approved",
    "refuse": "Your application has been refused",
    "release": "The key of your certificate was lost: apply again",
    "send_back": "An issuer sent an approval back",
}
ADDRESSES = {"ask": "questions/", "answer": "reviews/", "send_back": "reviews/"}


def letters_of_step(work: Work, review_id: uuid.UUID, place: int, site: str) -> Iterator[Letter]:
    """The letters of one step, in both languages; none for a step that nobody waits for."""
    step = work.session.get_one(ReviewStep, (review_id, place))
    if step.verb not in SUBJECTS:
        return
    part = work.session.get_one(Review, review_id).evaluation.part
    address = f"{site}/{ADDRESSES.get(step.verb, f'maker/parts/{part.id}')}"
    for person in _readers(work, step):
        yield bilingual(person.email, SUBJECTS[step.verb], part.part_number, address)


def _readers(work: Work, step: ReviewStep) -> list[Person]:
    if step.addressed_to is not None:
        return people_in(work, step.addressed_to, "maker", "laboratory")
    # An answer is for whoever asked, a doubt for whoever approved, a judgement for whoever applied.
    of = {"answer": ("ask",), "send_back": ("approve",)}.get(step.verb, ("apply", "appeal"))
    query = select(ReviewStep).where(
        ReviewStep.review_id == step.review_id, ReviewStep.place < step.place, ReviewStep.verb.in_(of)
    )
    earlier = work.session.scalars(query.order_by(ReviewStep.place.desc())).first()
    person = work.session.get(Person, earlier.person_id) if earlier else None
    return [person] if person is not None and person.disabled_at is None else []
