"""What belongs to one certificate belongs together: intent, ticket, the credential, and the row's columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate, IssuanceIntent, IssuanceTicket
from ratedparts.db import Work
from ratedparts.proofs import canonical_bytes, format_instant, parse_json, payload_digest

from .contained import contained
from .findings import Findings
from .store import Store

AT_ONCE = 100


def check_issuance(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        count = work.session.scalar(select(func.count()).select_from(Certificate)) or 0
        query = select(Certificate).order_by(Certificate.number).execution_options(yield_per=AT_ONCE)
        for certificate in findings.each(work.session.scalars(query), count):
            place = f"certificate {certificate.number}"
            with contained(findings, place):
                _check_one(work, certificate, place, findings)
        _check_numbers(work, findings)


def _check_one(work: Work, certificate: Certificate, place: str, findings: Findings) -> None:
    secured: dict[str, Any] = parse_json(certificate.credential)
    if canonical_bytes(secured).decode("utf-8") != certificate.credential:
        findings.invalid("certificate_differs", place=place, member="credential")
    for member, kept, said in _pairs(certificate, secured):
        if kept != said:
            findings.invalid("certificate_differs", place=place, member=member)
    intent = work.session.get(IssuanceIntent, certificate.intent_id)
    if intent is None or intent.number != certificate.number:
        findings.invalid("certificate_without_intent", place=place)
        return
    evaluation = intent.review.evaluation
    if (evaluation.part_id, evaluation.dossier_digest) != (
        certificate.part_id,
        secured["credentialSubject"]["dossier_digest"],
    ):
        findings.invalid("certificate_differs", place=place, member="evaluation")
    unsigned = {name: value for name, value in secured.items() if name != "proof"}
    tickets = select(IssuanceTicket).where(
        IssuanceTicket.intent_id == intent.id, IssuanceTicket.key_id == certificate.key_id
    )
    payload = canonical_bytes(unsigned).decode("utf-8")
    if not any(ticket.payload == payload for ticket in work.session.scalars(tickets)):
        findings.invalid("certificate_without_ticket", place=place)


def _pairs(certificate: Certificate, secured: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Member, what the row says of it, and what the signed credential says."""
    subject, proof = secured["credentialSubject"], secured["proof"]
    return [
        ("number", certificate.number, subject["number"]),
        ("grade", certificate.grade, subject["decision"]["grade"]),
        ("payload_digest", certificate.payload_digest, payload_digest(secured)),
        ("valid_from", format_instant(certificate.valid_from), secured["validFrom"]),
        ("valid_until", format_instant(certificate.valid_until), secured["validUntil"]),
        ("issued_at", format_instant(certificate.issued_at), subject["issued_at"]),
        ("key_id", certificate.key_id, proof["verificationMethod"]),
        ("part_id", certificate.part.part_number, subject["part"]["part_number"]),
    ]


def _check_numbers(work: Work, findings: Findings) -> None:
    """No number twice, and what was intended and came to nothing."""
    intents = select(IssuanceIntent.number).group_by(IssuanceIntent.number)
    for number in work.session.scalars(intents.having(func.count() > 1)):
        findings.invalid("certificate_number_twice", place=f"issuance_intent {number}")
    issued = select(Certificate.intent_id)
    left = select(IssuanceIntent.number).where(IssuanceIntent.id.not_in(issued))
    for number in work.session.scalars(left.order_by(IssuanceIntent.number)):
        findings.note("intent_without_certificate", place=f"issuance_intent {number}")
