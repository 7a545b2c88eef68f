"""Organisations, people, and who may do what for whom."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base

KINDS = ("maker", "laboratory", "authority")
ROLES = ("maker", "laboratory", "reviewer", "issuer", "administrator")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        UniqueConstraint("name_en"),
        UniqueConstraint("name_zh"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    example: Mapped[bool]  # made up for the demonstration, and labelled so wherever it is shown
    registered_at: Mapped[datetime]

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email"), CheckConstraint("email = lower(email)", name="email_lower"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]  # None: invited, and has not chosen one yet
    registered_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Role(Base):
    """What a person may do for an organisation.  Ended, never deleted: history decides conflicts."""

    __tablename__ = "role"
    __table_args__ = (
        CheckConstraint(_one_of("name", ROLES), name="name"),
        Index(
            "uq_role_current",
            "person_id",
            "organisation_id",
            "name",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    # A role is nothing without its organisation: whoever holds the one has the other at hand.
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class Scope(Base):
    """A laboratory's accreditation for one protocol, first and last day included."""

    __tablename__ = "scope"
    __table_args__ = (CheckConstraint("valid_from <= valid_until", name="dates"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    protocol_id: Mapped[str]  # without version: a scope is for the method
    accreditation: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    registered_at: Mapped[datetime]


class Calibration(Base):
    """One calibration of one of a laboratory's instruments, first and last day included.  Append-only."""

    __tablename__ = "calibration"
    __table_args__ = (CheckConstraint("calibrated_on <= calibration_due_on", name="dates"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    instrument_id: Mapped[str]  # as results files name it
    description: Mapped[str]
    document: Mapped[str]  # the certificate of the calibration
    calibrated_on: Mapped[date]
    calibration_due_on: Mapped[date]
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]


class AccessToken(Base):
    """A key for programs.  Only its digest is kept; it is shown once."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("token_digest"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    token_digest: Mapped[str]
    scopes: Mapped[list[Any] | None]  # see `signing_in.SCOPES`; None: whatever the person may do
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # to the hour
    revoked_at: Mapped[datetime | None]


class RepeatableRequest(Base):
    """A program's request under a key of its own: sent again, it gets the same answer."""

    __tablename__ = "repeatable_request"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str]
    request_digest: Mapped[str]
    begun_at: Mapped[datetime]
    answer: Mapped[dict[str, Any] | None]  # None: carried out, and the answer not yet noted


class OneTimeLink(Base):
    """A link to choose a password: on invitation or after forgetting it.  Works once."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        UniqueConstraint("token_digest"),
        CheckConstraint("purpose IN ('invitation', 'password_reset')", name="purpose"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    token_digest: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Base):
    """A browser that has signed in; ending it here ends it there."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """Wrong passwords of the last while, to slow a guesser down; by e-mail address, known or not."""

    __tablename__ = "failed_sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email_digest: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class PasswordResetRequest(Base):
    """Requests for a new password in the last hour; by e-mail address, known or not."""

    __tablename__ = "password_reset_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email_digest: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
