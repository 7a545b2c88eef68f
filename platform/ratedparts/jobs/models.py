"""Work to be done, recorded in the very transaction that caused it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from ratedparts.db import Base


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_a_lease"),
        CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_has_its_time"
        ),
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed_says_why"),
        Index("ix_job_waiting", "state", "not_before"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]

    long = False  # not kept: whether its announcement comes after those of short work


def waits(at: datetime) -> ColumnElement[bool]:
    """Whether a job is to be done at that instant: it is due, or whoever began it has let it drop."""
    return or_(
        and_(Job.state == "queued", Job.not_before <= at),
        and_(Job.state == "running", Job.lease_until < at),
    )
