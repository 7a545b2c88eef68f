"""Certificates: what was meant, what was signed, what the log holds, and what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base, BigCounter
from ratedparts.review.models import Review
from ratedparts.submissions.models import Part


class IssuingKeyRecord(Base):
    """The public half of a key, with the window in which it may sign."""

    __tablename__ = "issuing_key"
    __table_args__ = (
        CheckConstraint("purpose IN ('certificates', 'log', 'documents')", name="purpose"),
        CheckConstraint("valid_until IS NULL OR valid_from < valid_until", name="window"),
        CheckConstraint(
            "(purpose = 'documents') = (x509_certificate IS NOT NULL)", name="documents_are_certified"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)  # the verification method
    public_key_multibase: Mapped[str]
    environment: Mapped[str]
    purpose: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    x509_certificate: Mapped[str | None]  # DER in base64


class IssuanceIntent(Base):
    """Written and committed before anything is signed: one a review, one number for ever.  Append-only."""

    __tablename__ = "issuance_intent"
    __table_args__ = (UniqueConstraint("number"), UniqueConstraint("review_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id"))
    number: Mapped[str]
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    intended_at: Mapped[datetime]

    review: Mapped[Review] = relationship()


class IssuanceTicket(Base):
    """Exactly what was checked and is about to be signed, with which key: recorded before.  Append-only."""

    __tablename__ = "issuance_ticket"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    intent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("issuance_intent.id"), index=True)
    payload: Mapped[str]  # canonical JSON, without its proof
    key_id: Mapped[str] = mapped_column(ForeignKey("issuing_key.id"))
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime]


class Certificate(Base):
    """The exact bytes that were signed.  Append-only."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("intent_id"),
        UniqueConstraint("payload_digest"),
        CheckConstraint(
            "applicant_id <> reviewer_id AND applicant_id <> issuer_id AND reviewer_id <> issuer_id",
            name="three_people",
        ),
        CheckConstraint("valid_from < valid_until", name="validity"),
        CheckConstraint("valid_from >= issued_at", name="not_back_dated"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    intent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("issuance_intent.id"))
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), index=True)
    applicant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    key_id: Mapped[str] = mapped_column(ForeignKey("issuing_key.id"), index=True)
    grade: Mapped[str]
    credential: Mapped[str]  # the signed JSON, canonical
    payload_digest: Mapped[str]
    issued_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]

    intent: Mapped[IssuanceIntent] = relationship()
    part: Mapped[Part] = relationship()
    standing: Mapped[CertificateStanding] = relationship(back_populates="certificate")


class CertificateStanding(Base):
    """What became of a certificate after it was issued; expiry is read off its dates."""

    __tablename__ = "certificate_standing"
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'suspended', 'revoked', 'superseded')", name="state"),
        CheckConstraint(
            "(state = 'suspended') = (suspended_at IS NOT NULL)"
            " AND (state = 'suspended') = (suspended_by IS NOT NULL)"
            " AND (state = 'suspended') = (suspension_reason IS NOT NULL)",
            name="suspended_says_why",
        ),
        CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)"
            " AND (state = 'revoked') = (revocation_reason IS NOT NULL)"
            " AND (state = 'revoked') = (revoked_by IS NOT NULL)"
            " AND (state = 'revoked') = (decided_at IS NOT NULL)"
            " AND (state = 'revoked') = (invalid_since IS NOT NULL)",
            name="revoked_says_why",
        ),
        CheckConstraint("decided_at <= revoked_at AND invalid_since <= revoked_at", name="revoked_dates"),
        # One that was superseded can still be revoked; it keeps its successor.
        CheckConstraint("state <> 'superseded' OR superseded_by IS NOT NULL", name="superseded_by_whom"),
        CheckConstraint("superseded_by IS NULL OR state IN ('superseded', 'revoked')", name="superseded"),
        Index(
            "uq_certificate_standing_current",
            "part_id",
            unique=True,
            sqlite_where=text("state IN ('valid', 'suspended')"),
            postgresql_where=text("state IN ('valid', 'suspended')"),
        ),
    )

    number: Mapped[str] = mapped_column(ForeignKey("certificate.number"), primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"))
    state: Mapped[str]
    suspended_at: Mapped[datetime | None]
    suspended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    suspension_reason: Mapped[str | None]
    # The three dates of a revocation: when it was decided, since when it is in effect (which is when it was
    # recorded: none can be back-dated), and since when the certificate should not have been relied upon.
    decided_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    invalid_since: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revocation_reason: Mapped[str | None]
    superseded_by: Mapped[str | None]
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("withdrawal_case.id"), index=True)

    certificate: Mapped[Certificate] = relationship(back_populates="standing")


class WithdrawalCase(Base):
    """One cause by which certificates are suspended or revoked: one issuer proposes, another confirms."""

    __tablename__ = "withdrawal_case"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'confirmed', 'dropped')", name="state"),
        CheckConstraint("action IN ('suspend', 'revoke')", name="action"),
        CheckConstraint(
            "cause IN ('laboratory', 'instrument', 'protocol', 'key', 'engine')",
            name="cause",
        ),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND (state = 'proposed') = (decided_at IS NULL)",
            name="decided_by_whom",
        ),
        CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name="two_people"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    cause: Mapped[str]
    subject: Mapped[dict[str, Any]]  # which laboratory, instrument, protocol version, key or engine
    action: Mapped[str]
    reason: Mapped[str]
    invalid_since: Mapped[datetime | None]  # None: since each certificate's first day
    numbers: Mapped[list[Any]]  # the certificates that it hit when it was proposed
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class StatusList(Base):
    """A signed list of every certificate that is not plainly in force.  Append-only."""

    __tablename__ = "status_list"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str]  # the signed JSON, canonical
    made_at: Mapped[datetime]


class CertificateDocument(Base):
    """The signed PDF of a certificate, made once, because a signature is never the same twice.  Append-only.

    The bytes are in the blob store; the page can be made again, and ``unsigned_digest`` says whether rightly.
    """

    __tablename__ = "certificate_document"

    number: Mapped[str] = mapped_column(ForeignKey("certificate.number"), primary_key=True)
    unsigned_digest: Mapped[str]
    signed_digest: Mapped[str]
    signed_at: Mapped[datetime]


class EvaluationPlot(Base):
    """The drawing for the certificate of an evaluation, made ahead of time.  Append-only."""

    __tablename__ = "evaluation_plot"

    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    svg: Mapped[str]


class LogEntry(Base):
    """A leaf of the Merkle log.  Append-only."""

    __tablename__ = "log_entry"
    __table_args__ = (CheckConstraint("position >= 0", name="position"),)

    position: Mapped[int] = mapped_column(BigCounter, primary_key=True, autoincrement=False)
    action: Mapped[str]
    certificate_number: Mapped[str] = mapped_column(ForeignKey("certificate.number"), index=True)
    leaf: Mapped[str]
    recorded_at: Mapped[datetime]


class LogNode(Base):
    """The root of a complete subtree of the log.  Append-only."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigCounter, primary_key=True, autoincrement=False)
    node_hash: Mapped[str]


class LogCheckpoint(Base):
    """A signed statement of the log's size and root, made with the leaf that changed them.  Append-only."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(BigCounter, primary_key=True, autoincrement=False)
    note: Mapped[str]
    signed_at: Mapped[datetime]


class Restoration(Base):
    """This installation was laid back from a backup; before somebody releases it, it signs nothing.

    What the world saw after the backup is not known here: so a released installation says what it was held
    against, and its lists of what is not in force are numbered from beyond any that may be out there.
    """

    __tablename__ = "restoration"
    __table_args__ = (
        CheckConstraint(
            "(released_at IS NOT NULL) = (outside_checkpoint IS NOT NULL OR statement IS NOT NULL)",
            name="released_says_by_what",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    backup_digest: Mapped[str]  # of its manifest
    backed_up_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    log_size: Mapped[int] = mapped_column(BigInteger)  # of the log as it was laid back
    status_lists_from: Mapped[int]
    released_at: Mapped[datetime | None]
    outside_checkpoint: Mapped[str | None]  # the newest that the world is known to have
    statement: Mapped[str | None]
