"""Decisions, each with the dossier it was made on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.submissions.models import Part


class Evaluation(Base):
    """One run of an engine and a rule set over a part's evidence.  Superseded, never changed."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("state IN ('decided', 'analysed')", name="state"),
        CheckConstraint("(state = 'decided') = (grade IS NOT NULL)", name="decided_has_a_grade"),
        Index(
            "uq_evaluation_current",
            "part_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"))
    state: Mapped[str]
    engine_version: Mapped[str]
    rule_set: Mapped[str]
    dossier: Mapped[dict[str, Any]]
    dossier_digest: Mapped[str]
    grade: Mapped[str | None]
    decision: Mapped[dict[str, Any] | None]
    analysis: Mapped[dict[str, Any]]  # the fitted life distribution and its bounds, for display
    evaluated_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    part: Mapped[Part] = relationship()
