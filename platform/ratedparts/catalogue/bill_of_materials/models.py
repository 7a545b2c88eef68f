"""Bills that somebody watches, and what they are told of their parts.  Stopping deletes it all."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base


class WatchedBill(Base):
    """``token`` is the way to its page, in letters; it opens nothing that this row does not hold."""

    __tablename__ = "watched_bill"
    __table_args__ = (
        CheckConstraint("(webhook_address IS NULL) = (webhook_secret IS NULL)", name="webhook_is_signed"),
        UniqueConstraint("token"),
        Index("ix_watched_bill_email", "email"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]  # the list as it was handed in
    asked: Mapped[dict[str, Any]]  # the use, and the choices of lines, by the names of the form
    webhook_address: Mapped[str | None]
    webhook_secret: Mapped[str | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # None: nobody has shown yet that the address is theirs

    parts: Mapped[list[WatchedPart]] = relationship(cascade="all, delete-orphan", back_populates="bill")
    notices: Mapped[list[WatchNotice]] = relationship(
        cascade="all, delete-orphan", back_populates="bill", order_by="WatchNotice.noticed_at.desc()"
    )


class WatchedPart(Base):
    """A part of a watched bill, as it was rated when somebody was last told of it."""

    __tablename__ = "watched_part"
    __table_args__ = (
        CheckConstraint("(grade IS NULL) = (certificate_number IS NULL)", name="grade_of_a_certificate"),
        Index("ix_watched_part_part_id", "part_id"),
    )

    bill_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("watched_bill.id", ondelete="CASCADE"), primary_key=True
    )
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), primary_key=True)
    standing: Mapped[str]
    grade: Mapped[str | None]
    certificate_number: Mapped[str | None]
    warned_of: Mapped[str | None]  # the certificate whose coming end was told

    bill: Mapped[WatchedBill] = relationship(back_populates="parts")


class WatchNotice(Base):
    """One change of a watched part, told by letter and, where there is an address, to a program."""

    __tablename__ = "watch_notice"
    __table_args__ = (
        CheckConstraint(
            "change IN ('fell', 'rose', 'ending', 'expired', 'suspended', 'revoked', 'restored')",
            name="change",
        ),
        CheckConstraint("delivery IN ('none', 'waiting', 'delivered', 'given_up')", name="delivery"),
        Index("ix_watch_notice_bill_id", "bill_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    bill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("watched_bill.id", ondelete="CASCADE"))
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"))
    part_number: Mapped[str]
    change: Mapped[str]
    grade_before: Mapped[str | None]
    grade: Mapped[str | None]
    certificate_number: Mapped[str | None]
    noticed_at: Mapped[datetime]
    delivery: Mapped[str]  # of the message to a program

    bill: Mapped[WatchedBill] = relationship(back_populates="notices")
