"""Accepted measurements: content-addressed, append-only."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ratedparts.db import Base


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
