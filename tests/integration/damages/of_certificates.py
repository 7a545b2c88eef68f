"""Damage to certificates and judgements, to their documents, to the log, and to what the log says of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from ratedparts.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateStanding,
    IssuanceIntent,
    IssuanceTicket,
    IssuingKeyRecord,
    LogCheckpoint,
    LogEntry,
    LogNode,
    StatusList,
)
from ratedparts.review.models import ReviewStep

from .ways import Damage, column, drop, edited, later, set_, table


def first(world):
    return Certificate.number == world.facts["first"]


def standing_of(world):
    return CertificateStanding.number == world.facts["first"]


def newest_list(world):
    return StatusList.sequence == column(
        world, select(StatusList.sequence).order_by(StatusList.sequence.desc())
    )


def swapped_leaves(world, connection):
    rows = connection.execute(select(table(LogEntry)).order_by(LogEntry.position)).all()
    for row, other in ((rows[0], rows[1]), (rows[1], rows[0])):
        connection.execute(
            update(table(LogEntry)).where(LogEntry.position == row.position).values(leaf=other.leaf)
        )


DAMAGES: dict[str, Damage] = {
    "another grade on a certificate's row": (
        "issuance",
        ["certificate_differs"],
        set_(Certificate, first, grade="X"),
    ),
    "a longer term on a certificate's row": (
        "issuance",
        ["certificate_differs"],
        set_(Certificate, first, valid_until=later(Certificate, "valid_until", first)),
    ),
    "an intent of another number": (
        "issuance",
        ["certificate_without_intent"],
        set_(IssuanceIntent, lambda world: IssuanceIntent.number == world.facts["first"], number="CEG-X"),
    ),
    "tickets removed": (
        "issuance",
        ["certificate_without_ticket", "certificate_without_ticket"],
        drop(IssuanceTicket),
    ),
    "a credential changed": (
        "signatures",
        ["signature_does_not_hold"],
        set_(
            Certificate,
            first,
            credential=edited(
                lambda world: select(Certificate.credential).where(first(world)),
                lambda credential: credential["credentialSubject"].update(design_life_hours="876000"),
            ),
        ),
    ),
    "a credential cut off": (
        "signatures",
        ["row_unreadable"],
        set_(Certificate, first, credential="{"),
    ),
    "a judgement changed": (
        "signatures",
        ["signature_does_not_hold"],
        set_(
            ReviewStep,
            lambda world: (ReviewStep.review_id == world.facts["review_id"]) & ReviewStep.record.is_not(None),
            record=edited(
                lambda world: select(ReviewStep.record).where(
                    ReviewStep.review_id == world.facts["review_id"], ReviewStep.record.is_not(None)
                ),
                lambda record: record["credentialSubject"].update(verdict="refused"),
            ),
        ),
    ),
    "a key that begins later": (
        "signatures",
        ["signature_does_not_hold"] * 2,
        set_(
            IssuingKeyRecord,
            lambda world: (
                IssuingKeyRecord.id == column(world, select(Certificate.key_id).where(first(world)))
            ),
            valid_from=lambda world: (
                column(world, select(Certificate.issued_at).where(first(world))) + timedelta(seconds=1)
            ),
        ),
    ),
    "a PDF of another certificate": (
        "documents",
        ["document_of_another_certificate"],
        set_(
            CertificateDocument,
            lambda world: CertificateDocument.number == world.facts["first"],
            signed_digest=lambda world: column(
                world,
                select(CertificateDocument.signed_digest).where(
                    CertificateDocument.number == world.facts["number"]
                ),
            ),
        ),
    ),
    "a leaf removed": (
        "log",
        ["log_entries_missing"] * 6,
        drop(LogEntry, lambda world: LogEntry.position == 1),
    ),
    "the last leaf removed": (
        "log",
        ["log_entries_missing"],
        drop(LogEntry, lambda world: LogEntry.position == 5),
    ),
    "two leaves swapped": (
        "log",
        ["log_checkpoint_differs"] * 6 + ["log_entry_differs"] * 4 + ["log_node_differs"] * 4,
        swapped_leaves,
    ),
    "a leaf's row changed": (
        "log",
        ["log_entry_differs"],
        set_(LogEntry, lambda world: LogEntry.position == 5, action="suspended"),
    ),
    "a hash changed": (
        "log",
        ["log_node_differs"],
        set_(LogNode, lambda world: (LogNode.level == 1) & (LogNode.position == 1), node_hash="00" * 32),
    ),
    "a hash removed": (
        "log",
        ["log_node_missing"],
        drop(LogNode, lambda world: (LogNode.level == 1) & (LogNode.position == 1)),
    ),
    "an older checkpoint removed": (
        "log",
        ["log_checkpoint_missing"],
        drop(LogCheckpoint, lambda world: LogCheckpoint.size == 2),
    ),
    "an older checkpoint in the place of another": (
        "log",
        ["log_checkpoint_differs"],
        set_(
            LogCheckpoint,
            lambda world: LogCheckpoint.size == 3,
            note=lambda world: column(world, select(LogCheckpoint.note).where(LogCheckpoint.size == 2)),
        ),
    ),
    "a checkpoint cut off": (
        "log",
        ["row_unreadable"],
        set_(LogCheckpoint, lambda world: LogCheckpoint.size == 3, note="x"),
    ),
    "a revoked certificate in force again": (
        "standings",
        ["standing_against_log"],
        set_(
            CertificateStanding,
            standing_of,
            state="superseded",
            decided_at=None,
            revoked_at=None,
            invalid_since=None,
            revoked_by=None,
            revocation_reason=None,
        ),
    ),
    "a revocation dated forward": (
        "standings",
        ["standing_differs"],
        set_(
            CertificateStanding, standing_of, revoked_at=later(CertificateStanding, "revoked_at", standing_of)
        ),
    ),
    "a standing removed": (
        "standings",
        ["certificate_without_standing"],
        drop(CertificateStanding, standing_of),
    ),
    "a successor that is none": (
        "standings",
        ["standing_differs"],
        set_(CertificateStanding, standing_of, superseded_by="CEG-X"),
    ),
    "a leaf that cannot follow": (
        "standings",
        ["log_order_impossible", "log_order_impossible"],
        set_(LogEntry, lambda world: LogEntry.position == 1, action="reinstated"),
    ),
    "a status list removed": (
        "status_lists",
        ["status_lists_missing"],
        drop(StatusList, lambda world: StatusList.sequence == 2),
    ),
    "an older status list in the place of the newest": (
        "status_lists",
        ["status_row_differs", "status_row_differs", "status_row_differs"],
        set_(
            StatusList,
            newest_list,
            document=lambda world: column(world, select(StatusList.document).order_by(StatusList.sequence)),
        ),
    ),
    "a status list changed": (
        "status_lists",
        ["row_unreadable"],
        set_(
            StatusList,
            newest_list,
            document=edited(
                lambda world: select(StatusList.document).where(newest_list(world)),
                lambda document: document["credentialSubject"].update(certificates=[]),
            ),
        ),
    ),
}
