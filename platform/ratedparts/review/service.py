"""The verbs of an application, from applying to the judgement; `states` is the table that they follow."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from ratedparts.db import Work, lock
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.actor import Actor, not_found
from ratedparts.organisations.models import Organisation
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.proofs import canonical_bytes
from ratedparts.submissions.parts import own_part

from .judgement_record import RecordSigner, judgement_document
from .models import Review
from .parties import parties_to, require_no_party
from .states import ROLES, state_after
from .steps import held_for_step, required_statement, take_step

VERDICTS = {"approved": "approve", "refused": "refuse"}  # as a judgement says it → the verb
APPEAL_WITHIN = timedelta(days=60)


def apply(work: Work, actor: Actor, part_id: uuid.UUID) -> Review:
    """Ask for a certificate on the part's current evaluation."""
    actor.require(*ROLES["apply"])
    part = own_part(work, actor, part_id)
    evaluation = current_evaluation(work, part.id)
    if evaluation is None or evaluation.grade is None or evaluation.grade.startswith("U"):
        grade = evaluation.grade if evaluation else None
        raise RatedPartsError("nothing_to_certify", kind=Kind.CONFLICT, grade=grade)
    lock(work, evaluation)
    standing = review_of(work, evaluation.id)
    if standing is not None:
        code = "refused_before" if standing.state == "refused" else "already_applied"
        raise RatedPartsError(code, kind=Kind.CONFLICT)
    review = Review(
        id=work.new_id(),
        evaluation=evaluation,
        state="waiting",
        applied_by=actor.person_id,
        applied_at=work.at,
    )
    work.session.add(review)
    work.session.flush()
    take_step(work, actor, review, "apply")
    return review


def ask(
    work: Work, actor: Actor, review_id: uuid.UUID, *, organisation_id: uuid.UUID, question: str
) -> Review:
    """Put a question to a party: the maker, or a laboratory of one of the part's plans."""
    review = held_for_step(work, actor, review_id, "ask")
    require_no_party(work, actor, review.evaluation)
    if organisation_id not in {one.id for one in parties_to(work, review.evaluation)}:
        raise RatedPartsError("asked_no_party")
    text = required_statement(question)
    review.state, review.asked_organisation_id = state_after(review.state, "ask"), organisation_id
    take_step(work, actor, review, "ask", statement=text, addressed_to=organisation_id)
    return review


def answer(work: Work, actor: Actor, review_id: uuid.UUID, *, statement: str) -> Review:
    """Answer the question, for the organisation that was asked; the application waits again."""
    review = held_for_step(work, actor, review_id, "answer")
    if review.asked_organisation_id != actor.organisation_id:
        raise not_found("review", review_id)
    text = required_statement(statement)
    review.state, review.asked_organisation_id = state_after(review.state, "answer"), None
    take_step(work, actor, review, "answer", statement=text)
    return review


def judge(
    work: Work,
    actor: Actor,
    review_id: uuid.UUID,
    signer: RecordSigner,
    *,
    verdict: str,
    statement: str,
    password: str,
) -> Review:
    """Approve or refuse, signed with the password; the judgement is kept as a signed record."""
    if verdict not in VERDICTS:
        raise RatedPartsError("unknown_verdict", given=verdict, known=list(VERDICTS))
    verb = VERDICTS[verdict]
    review = held_for_step(work, actor, review_id, verb)
    require_no_party(work, actor, review.evaluation)
    # An appeal is heard by somebody else than whoever refused.
    if review.first_reviewer_id == actor.person_id:
        raise RatedPartsError("same_person", kind=Kind.FORBIDDEN)
    text = required_statement(statement) if verb == "refuse" or statement.strip() else ""
    confirm_password(work, actor, password)
    document = judgement_document(
        review,
        verdict=verdict,
        statement=text,
        authority=work.session.get_one(Organisation, actor.organisation_id),
        issuer_id=signer.issuer_id(work),
        at=work.at,
    )
    record = canonical_bytes(signer.sign(work, document)).decode("utf-8")
    review.state, review.reviewer_id, review.reviewed_at, review.statement = (
        state_after(review.state, verb),
        actor.person_id,
        work.at,
        text or None,
    )
    take_step(work, actor, review, verb, statement=text or None, record=record)
    return review


def send_back(work: Work, actor: Actor, review_id: uuid.UUID, *, statement: str) -> Review:
    """The issuer doubts an approval: the application waits for a judgement again."""
    review = held_for_step(work, actor, review_id, "send_back")
    require_no_party(work, actor, review.evaluation)
    text = required_statement(statement)
    review.state, review.reviewer_id = state_after(review.state, "send_back"), None
    review.reviewed_at = review.statement = None
    take_step(work, actor, review, "send_back", statement=text)
    return review


def withdraw(work: Work, actor: Actor, review_id: uuid.UUID) -> Review:
    """The maker takes the application back; it may be made again."""
    review = held_for_step(work, actor, review_id, "withdraw")
    review.state, review.withdrawn_at = state_after(review.state, "withdraw"), work.at
    review.asked_organisation_id = None
    take_step(work, actor, review, "withdraw")
    return review


def release(work: Work, actor: Actor, review: Review) -> None:
    """End an approved application whose certificate was lost with its key, so that it can be made again."""
    if review.state != "approved" or review.evaluation.superseded_at is not None:
        return  # it is in nobody's way
    held_for_step(work, actor, review.id, "release")
    review.state, review.withdrawn_at = state_after(review.state, "release"), work.at
    review.reviewer_id = review.reviewed_at = None
    take_step(work, actor, review, "release")


def appeal(work: Work, actor: Actor, review_id: uuid.UUID, *, grounds: str) -> Review:
    """Against a refusal, once, within `APPEAL_WITHIN`; another reviewer judges the same evaluation anew."""
    refused = held_for_step(work, actor, review_id, "appeal")
    _require_appealable(work, refused)
    text = required_statement(grounds)
    review = Review(
        id=work.new_id(),
        evaluation=refused.evaluation,
        state="waiting",
        applied_by=actor.person_id,
        applied_at=work.at,
        appeal_of=refused.id,
        first_reviewer_id=refused.reviewer_id,
        grounds=text,
    )
    work.session.add(review)
    work.session.flush()
    take_step(work, actor, review, "appeal", statement=text)
    return review


def review_of(work: Work, evaluation_id: uuid.UUID) -> Review | None:
    """The application that stands, the appeal before what it is against; None where one may be made."""
    query = select(Review).where(Review.evaluation_id == evaluation_id, Review.state != "withdrawn")
    return work.session.scalars(query.order_by(Review.applied_at.desc(), Review.id.desc())).first()


def appeal_against(work: Work, review_id: uuid.UUID) -> Review | None:
    return work.session.scalars(select(Review).where(Review.appeal_of == review_id)).first()


def may_appeal(work: Work, review: Review) -> bool:
    """Whether the maker could appeal against it now."""
    if review.state != "refused" or review.evaluation.superseded_at is not None:
        return False
    try:
        _require_appealable(work, review)
    except RatedPartsError:
        return False
    return True


def _require_appealable(work: Work, refused: Review) -> None:
    if refused.appeal_of is not None:
        raise RatedPartsError("appeal_was_heard", kind=Kind.CONFLICT)
    if appeal_against(work, refused.id) is not None:
        raise RatedPartsError("already_appealed", kind=Kind.CONFLICT)
    assert refused.reviewed_at is not None
    if work.at > refused.reviewed_at + APPEAL_WITHIN:
        raise RatedPartsError("appeal_too_late", kind=Kind.CONFLICT, days=APPEAL_WITHIN.days)
