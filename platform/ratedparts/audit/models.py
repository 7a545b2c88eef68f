"""The hash-chained log of every state change."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ratedparts.db import Base, BigCounter


class AuditLine(Base):
    """One state change: who, when, what, and the digest of the line before.  Append-only."""

    __tablename__ = "audit_line"
    __table_args__ = (UniqueConstraint("line_digest"),)

    sequence: Mapped[int] = mapped_column(BigCounter, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]  # None: the platform itself, by a job or on the command line
    organisation_id: Mapped[uuid.UUID | None]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous_digest: Mapped[str]
    line_digest: Mapped[str]
