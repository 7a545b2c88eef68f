"""The judgement of a second person."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.evaluations.models import Evaluation


class Review(Base):
    """An application for a certificate, and what became of it."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused', 'returned')", name="state"),
        CheckConstraint(
            "(state = 'waiting') = (reviewer_id IS NULL) AND (state = 'waiting') = (reviewed_at IS NULL)",
            name="judged_has_its_judge",
        ),
        CheckConstraint("state NOT IN ('refused', 'returned') OR statement IS NOT NULL", name="says_why"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> applied_by", name="never_ones_own"),
        # An application that was sent back with a question may be made again.
        Index(
            "uq_review_standing",
            "evaluation_id",
            unique=True,
            sqlite_where=text("state <> 'returned'"),
            postgresql_where=text("state <> 'returned'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    state: Mapped[str]
    applied_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime]
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    statement: Mapped[str | None]

    evaluation: Mapped[Evaluation] = relationship()
