"""Accepted measurements: content-addressed, append-only."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.submissions.models import Submission


class Evidence(Base):
    """A file that passed every check: its bytes as given, its typed columns, and the test it tells of."""

    __tablename__ = "evidence"
    __table_args__ = (
        # One file a plan: another would count the same units twice.
        UniqueConstraint("plan_id"),
        CheckConstraint("evidence_class IN ('E0', 'E1', 'E2', 'E3')", name="evidence_class"),
        CheckConstraint("started_on <= ended_on", name="dates"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test_plan.id"))
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), unique=True)
    digest: Mapped[str]
    size_bytes: Mapped[int]
    encoding: Mapped[str]
    columns_digest: Mapped[str]
    protocol: Mapped[str]
    protocol_digest: Mapped[str]
    evidence_class: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date]
    summary: Mapped[dict[str, Any]]  # lots and units, or capability and conformity, as a dossier holds them
    accepted_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship()
    columns: Mapped[list[EvidenceColumn]] = relationship(order_by="EvidenceColumn.place")


class EvidenceColumn(Base):
    """The digest of one column of evidence, and the salt without which nobody can try it.  Append-only."""

    __tablename__ = "evidence_column"
    __table_args__ = (UniqueConstraint("evidence_id", "name"),)

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # in the order of the file
    name: Mapped[str]
    salt: Mapped[str]  # hexadecimal; published with the column, never without
    digest: Mapped[str]


class EvidenceWithdrawal(Base):
    """That evidence counts no more, by a case of the authority's.  Append-only."""

    __tablename__ = "evidence_withdrawal"

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(index=True)
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]


class AdvisoryLook(Base):
    """That evidence was looked at, by whatever the rules were then.  Append-only; no part of any decision."""

    __tablename__ = "advisory_look"
    __table_args__ = (CheckConstraint("units_looked_at <= units", name="units"),)

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    units: Mapped[int]
    units_looked_at: Mapped[int]  # fewer, of a very long file
    first_readings_digest: Mapped[str | None]  # what later files are compared with; None: lives, no readings
    looked_at: Mapped[datetime]


class AdvisoryFinding(Base):
    """Something in evidence that a person should look at.  Append-only; no part of any decision."""

    __tablename__ = "advisory_finding"

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("advisory_look.evidence_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # in the order of the rules
    code: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
