"""An application for a certificate, and every step that was taken with it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.evaluations.models import Evaluation
from ratedparts.organisations.models import Organisation

STANDING = "state <> 'withdrawn' AND appeal_of IS NULL"


class Review(Base):
    """An application for a certificate on one evaluation, and where it stands."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'asked', 'approved', 'refused', 'withdrawn')",
            name="state",
        ),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (reviewer_id IS NOT NULL)"
            " AND (state IN ('approved', 'refused')) = (reviewed_at IS NOT NULL)",
            name="judged_has_its_judge",
        ),
        CheckConstraint("state <> 'refused' OR statement IS NOT NULL", name="says_why"),
        CheckConstraint("(state = 'asked') = (asked_organisation_id IS NOT NULL)", name="asked_of_whom"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_when"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> applied_by", name="never_ones_own"),
        CheckConstraint(
            "(appeal_of IS NULL) = (first_reviewer_id IS NULL) AND (appeal_of IS NULL) = (grounds IS NULL)",
            name="appeal_against_whom",
        ),
        CheckConstraint(
            "reviewer_id IS NULL OR first_reviewer_id IS NULL OR reviewer_id <> first_reviewer_id",
            name="appeal_before_another",
        ),
        # A withdrawn application may be made again; what was refused can only be appealed against, once.
        Index(
            "uq_review_standing",
            "evaluation_id",
            unique=True,
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
        UniqueConstraint("appeal_of"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    state: Mapped[str]
    applied_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime]
    asked_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    statement: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    appeal_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id"))
    first_reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    grounds: Mapped[str | None]  # of an appeal

    evaluation: Mapped[Evaluation] = relationship()
    asked_organisation: Mapped[Organisation | None] = relationship()


class ReviewStep(Base):
    """One step of an application, as it was taken.  Append-only."""

    __tablename__ = "review_step"
    __table_args__ = (
        # A judgement is a signed record, in favour or against.
        CheckConstraint("(verb IN ('approve', 'refuse')) = (record IS NOT NULL)", name="judgement_is_signed"),
        CheckConstraint("(verb = 'ask') = (addressed_to IS NOT NULL)", name="question_has_its_addressee"),
        CheckConstraint(
            "verb NOT IN ('ask', 'answer', 'refuse', 'send_back', 'appeal') OR statement IS NOT NULL",
            name="says_what",
        ),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    verb: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    taken_at: Mapped[datetime]
    addressed_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    statement: Mapped[str | None]
    record: Mapped[str | None]  # the signed judgement, canonical JSON

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    addressee: Mapped[Organisation | None] = relationship(foreign_keys=[addressed_to])
