"""What makers and laboratories hand in: series, parts, test plans and results files."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.organisations.models import Organisation


class Series(Base):
    """Parts alike enough that one body of evidence speaks for all of them."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("maker_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    maker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    family: Mapped[str]
    name: Mapped[str]
    similarity: Mapped[str]  # why its members are alike, in the maker's words
    registered_at: Mapped[datetime]

    maker: Mapped[Organisation] = relationship()


class Part(Base):
    __tablename__ = "part"
    __table_args__ = (UniqueConstraint("maker_id", "part_number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    maker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    series_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("series.id"), index=True)
    part_number: Mapped[str]
    family: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    limits: Mapped[dict[str, Any]]  # measured parameter -> [lower, upper] of the product record
    use_condition: Mapped[str]
    design_life_hours: Mapped[float]
    screened: Mapped[bool]
    source: Mapped[str | None]  # where published data come from; None: the maker's own part
    registered_at: Mapped[datetime]

    maker: Mapped[Organisation] = relationship()
    series: Mapped[Series] = relationship()


class TestPlan(Base):
    """What was fixed before the start.  Later than the start it can only count against the part."""

    __test__ = False
    __tablename__ = "test_plan"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("accept >= 0", name="accept"),
        CheckConstraint("publication IN ('all_columns', 'restricted_withheld')", name="publication"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]  # what the results file names in plan_id
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), index=True)
    laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    protocol: Mapped[str]  # MLCC-HTL@1
    stress: Mapped[dict[str, Any]]
    lots: Mapped[list[Any]]  # [{"lot_code", "units"}]
    duration: Mapped[float | None]
    accept: Mapped[int]
    part_average_testing: Mapped[bool]
    screen_document: Mapped[str | None]  # the screen that the tested units went through
    purpose: Mapped[str] = mapped_column(server_default="grading")  # grading, maintenance or upgrade
    starts_on: Mapped[date | None]  # nothing will have been measured before
    publication: Mapped[str]  # what is published of the measurements with a certificate; agreed on here
    registered_at: Mapped[datetime]

    part: Mapped[Part] = relationship()
    laboratory: Mapped[Organisation] = relationship()


class PlanWithdrawal(Base):
    """A plan that its maker took back before there were results.  Append-only."""

    __tablename__ = "plan_withdrawal"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test_plan.id"), primary_key=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime]


class ChangeNotice(Base):
    """What a maker changes in a series, and since when.  Append-only."""

    __tablename__ = "change_notice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    series_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("series.id"), index=True)
    effective_on: Mapped[date]
    change: Mapped[str]
    delta_qualification: Mapped[str | None]  # the document that shows that the change does not matter
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]

    series: Mapped[Series] = relationship()


class Submission(Base):
    """One results file as it was handed in, accepted or refused.  Append-only."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("state IN ('accepted', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (fault_count > 0)", name="refused_says_why"),
        CheckConstraint("(state = 'accepted') = (evidence_digest IS NOT NULL)", name="accepted_has_evidence"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test_plan.id"), index=True)
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    file_name: Mapped[str]
    size_bytes: Mapped[int]
    file_digest: Mapped[str]
    encoding: Mapped[str]
    state: Mapped[str]
    rows: Mapped[int]
    units: Mapped[int]
    fault_count: Mapped[int]
    faults: Mapped[list[Any]] = mapped_column(JSON)  # the first thousand
    evidence_digest: Mapped[str | None]

    plan: Mapped[TestPlan] = relationship()


class Upload(Base):
    """A results file on its way in pieces: arriving, waiting to be checked, being checked, or at its end.

    Its number is that of the submission which it becomes.  Same bytes as before: it ends at the earlier one.
    """

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(
            "state IN ('arriving', 'arrived', 'checking', 'checked', 'cancelled', 'expired', 'failed')",
            name="state",
        ),
        CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received"),
        CheckConstraint(
            "state NOT IN ('arrived', 'checking', 'checked') OR received_bytes = size_bytes",
            name="checked_whole",
        ),
        CheckConstraint("(state = 'checked') = (submission_id IS NOT NULL)", name="checked_has_submission"),
        CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="failed_says_why"),
        CheckConstraint(
            "(state IN ('checked', 'cancelled', 'expired', 'failed')) = (ended_at IS NOT NULL)",
            name="ended_has_its_time",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test_plan.id"), index=True)
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str]
    encoding: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int]  # whole lines so far, and how long the one is that has not ended
    open_line_bytes: Mapped[int] = mapped_column(BigInteger)
    checked_bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    error: Mapped[dict[str, Any] | None]  # code and parameters
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime]  # of the last sign of life
    ended_at: Mapped[datetime | None]

    plan: Mapped[TestPlan] = relationship()
    submission: Mapped[Submission | None] = relationship()

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1; receiving and checking count a half each."""
        if self.state == "checked":
            return 1.0
        whole = max(self.size_bytes, 1)
        return 0.5 * self.received_bytes / whole + 0.5 * min(self.checked_bytes / whole, 1.0)
