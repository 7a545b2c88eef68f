"""What the public may find: rebuilt from the other stages at any time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base, BigCounter


class PublishedPart(Base):
    """One row a part that has something public to show.

    ``rated``: a certificate is in force; ``analysed``: published data that no rule set grades; ``generated``:
    made up for trials of speed, with a grade and a term that nobody decided.
    """

    __tablename__ = "published_part"
    __table_args__ = (
        CheckConstraint("kind IN ('rated', 'analysed', 'generated')", name="kind"),
        CheckConstraint(
            "(kind = 'rated') = (certificate_number IS NOT NULL)", name="rated_has_a_certificate"
        ),
        CheckConstraint("(kind = 'analysed') = (grade IS NULL)", name="analysed_has_no_grade"),
        CheckConstraint("(kind = 'analysed') = (valid_until IS NULL)", name="analysed_has_no_term"),
        CheckConstraint("(kind = 'generated') = (evaluation_id IS NULL)", name="generated_was_not_evaluated"),
        CheckConstraint("kind != 'generated' OR example", name="generated_is_an_example"),
        Index("ix_published_part_family", "family"),
    )

    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), primary_key=True)
    kind: Mapped[str]
    part_number: Mapped[str]
    maker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    maker_en: Mapped[str]
    maker_zh: Mapped[str]
    series: Mapped[str]
    family: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    grade: Mapped[str | None]
    vector: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    situation_id: Mapped[int | None] = mapped_column(BigCounter, ForeignKey("use_situation.id"))
    use_numbers: Mapped[dict[str, Any]]  # what it has of its own beside its situation
    use_response: Mapped[dict[str, Any] | None]  # its figures at any use; None: nothing was computed
    certificate_number: Mapped[str | None]
    valid_until: Mapped[datetime | None]
    evaluation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evaluation.id"))
    source: Mapped[str | None]
    example: Mapped[bool]
    published_at: Mapped[datetime]

    situation: Mapped[UseSituation | None] = relationship()


class UseSituation(Base):
    """What parts tested, rated and certified alike have in common: few of them serve many parts."""

    __tablename__ = "use_situation"
    __table_args__ = (UniqueConstraint("text"),)

    id: Mapped[int] = mapped_column(BigCounter, primary_key=True)
    text: Mapped[str]


class CatalogueState(Base):
    """One row: how often the published parts changed, one by one, and how often as a whole.

    Whoever changes a part counts the revision up and holds the row until the end of the transaction, so
    revisions are seen in their order and none is missed.
    """

    __tablename__ = "catalogue_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int]  # counted up where everything has to be read anew
    revision: Mapped[int] = mapped_column(BigInteger)


class CatalogueChange(Base):
    """Which part a revision changed: published, published anew, or taken away."""

    __tablename__ = "catalogue_change"

    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"))
