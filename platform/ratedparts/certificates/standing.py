"""What a certificate is worth today, and taking it back."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from ratedparts.db import Work, held
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.signing_in import confirm_password

from .models import Certificate, CertificateStanding
from .transparency_log import TransparencyLog

LONGEST_REASON = 2000


def status_at(certificate: Certificate, at: datetime) -> str:
    """``valid``, ``suspended``, ``revoked``, ``superseded``, ``expired`` or ``not_yet_valid``."""
    state = certificate.standing.state
    if state != "valid":
        return state
    if at < certificate.valid_from:
        return "not_yet_valid"
    return "valid" if at < certificate.valid_until else "expired"


def certificate_by_number(work: Work, number: str) -> Certificate:
    certificate = work.session.get(Certificate, number)
    if certificate is None:
        raise not_found("certificate", number)
    return certificate


def held_certificate(work: Work, number: str) -> Certificate:
    """A certificate whose standing nobody else changes until the end of the unit of work."""
    standing = held(work, CertificateStanding, number)
    if standing is None:
        raise not_found("certificate", number)
    return standing.certificate


def certificates_of_part(work: Work, part_id: uuid.UUID) -> list[Certificate]:
    query = select(Certificate).where(Certificate.part_id == part_id).order_by(Certificate.issued_at.desc())
    return list(work.session.scalars(query))


def all_certificates(work: Work) -> list[Certificate]:
    return list(work.session.scalars(select(Certificate).order_by(Certificate.issued_at.desc())))


def revoke(
    work: Work, actor: Actor, log: TransparencyLog, number: str, *, reason: str, password: str
) -> Certificate:
    """Take a certificate back for good, with a reason that the public reads.  It shows at once."""
    actor.require("issuer")
    standing = held(work, CertificateStanding, number)
    if standing is None:
        raise not_found("certificate", number)
    if standing.state == "revoked":
        raise RatedPartsError("already_revoked", kind=Kind.CONFLICT)
    if standing.state == "superseded":
        raise RatedPartsError("already_superseded", kind=Kind.CONFLICT, by=standing.superseded_by)
    text = reason.strip()
    if not text:
        raise RatedPartsError("reason_missing")
    if len(text) > LONGEST_REASON:
        raise RatedPartsError("statement_too_long", longest=LONGEST_REASON)
    confirm_password(work, actor, password)
    standing.state, standing.revoked_at, standing.revoked_by = "revoked", work.at, actor.person_id
    standing.revocation_reason = text
    work.session.flush()
    certificate = standing.certificate
    log.append(work, "revoked", certificate)
    record_by(
        work,
        actor,
        "revoke",
        "certificate",
        number,
        reason=text,
    )
    enqueue(work, "certificate_changed", part_id=str(certificate.part_id))
    return certificate
