"""What the public may find: rebuilt from the other stages at any time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ratedparts.db import Base


class PublishedPart(Base):
    """One row a part that has something public to show."""

    __tablename__ = "published_part"
    __table_args__ = (
        CheckConstraint("kind IN ('rated', 'analysed')", name="kind"),
        CheckConstraint(
            "(kind = 'rated') = (certificate_number IS NOT NULL)", name="rated_has_a_certificate"
        ),
        CheckConstraint("(kind = 'rated') = (grade IS NOT NULL)", name="rated_has_a_grade"),
        Index("ix_published_part_order", "family", "grade_order", "part_number"),
    )

    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), primary_key=True)
    kind: Mapped[str]
    part_number: Mapped[str]
    maker_en: Mapped[str]
    maker_zh: Mapped[str]
    series: Mapped[str]
    family: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    grade: Mapped[str | None]
    grade_order: Mapped[int]  # best first; analysed parts last
    vector: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    certificate_number: Mapped[str | None]
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    source: Mapped[str | None]
    example: Mapped[bool]
    search_text: Mapped[str]  # lower case: number, makers, series, family, in both languages
    published_at: Mapped[datetime]
