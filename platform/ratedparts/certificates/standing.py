"""What a certificate is worth at an instant, and finding certificates."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from ratedparts.db import Page, Work, held, newest_first
from ratedparts.evaluations.models import Evaluation
from ratedparts.organisations.actor import not_found
from ratedparts.review.models import Review

from .models import Certificate, CertificateStanding, IssuanceIntent


def status_at(certificate: Certificate, at: datetime) -> str:
    """``valid``, ``suspended``, ``revoked``, ``superseded``, ``expired`` or ``not_yet_valid``."""
    return status_of(certificate.standing.state, certificate.valid_from, certificate.valid_until, at)


def status_of(state: str, valid_from: datetime, valid_until: datetime, at: datetime) -> str:
    """The same of a standing's state and a certificate's dates."""
    if state in ("revoked", "superseded"):
        return state
    if at >= valid_until:
        return "expired"
    if state == "suspended":
        return state
    return "not_yet_valid" if at < valid_from else "valid"


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


def page_of_certificates(work: Work, cursor: str | None, limit: int) -> Page[Certificate]:
    """Every certificate, that intended last first."""
    return newest_first(work, select(Certificate), Certificate.intent_id, cursor, limit)


def approved_and_not_issued(work: Work) -> list[Review]:
    """What waits for an issuer, oldest first."""
    issued = select(IssuanceIntent.review_id).join(Certificate, Certificate.intent_id == IssuanceIntent.id)
    query = select(Review).join(Evaluation).where(Review.state == "approved", Review.id.not_in(issued))
    query = query.where(Evaluation.superseded_at.is_(None))
    return list(work.session.scalars(query.order_by(Review.applied_at, Review.id)))
