"""Proficiency rounds and what the laboratories reported in them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.organisations.models import Organisation

ASSIGNED_BY = ("reference", "consensus")


class ProficiencyRound(Base):
    """What was measured, and what it is held against.  Append-only: a correction supersedes it."""

    __tablename__ = "proficiency_round"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("supersedes_id"),
        CheckConstraint("assigned_by IN ('reference', 'consensus')", name="assigned_by"),
        CheckConstraint(
            "(assigned_by = 'reference') = (reference_value IS NOT NULL)"
            " AND (assigned_by = 'reference') = (reference_expanded IS NOT NULL)",
            name="reference_has_its_value",
        ),
        CheckConstraint("reference_expanded IS NULL OR reference_expanded >= 0", name="reference_expanded"),
        CheckConstraint("sigma_pt > 0", name="sigma_pt"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    measurand: Mapped[str]
    protocol_id: Mapped[str | None]  # without version, where the round was about a protocol
    unit: Mapped[str]
    assigned_by: Mapped[str]
    reference_value: Mapped[float | None]
    reference_expanded: Mapped[float | None]  # k = 2
    sigma_pt: Mapped[float]  # standard deviation for proficiency assessment, in the unit
    held_on: Mapped[date]
    by_name: Mapped[bool]  # the laboratories are named to everybody; else each knows its own code
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proficiency_round.id"))
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime]

    supersedes: Mapped[ProficiencyRound | None] = relationship(remote_side=[id])
    results: Mapped[list[ProficiencyResult]] = relationship(order_by="ProficiencyResult.code")


class ProficiencyResult(Base):
    """What one laboratory reported.  Append-only."""

    __tablename__ = "proficiency_result"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        CheckConstraint("expanded_uncertainty > 0", name="expanded_uncertainty"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proficiency_round.id"), primary_key=True)
    laboratory_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    code: Mapped[str]  # by chance, so that no order tells whose it is
    value_given: Mapped[str]
    value: Mapped[float]
    expanded_given: Mapped[str]
    expanded_uncertainty: Mapped[float]  # k = 2

    laboratory: Mapped[Organisation] = relationship(lazy="joined")
