"""Issuing, step by step: `docs/issuance-cycle.md` says what is on record after each.

1. `intend`: the policy holds; the number and the issuer are committed.  Nothing is signed yet.
2. `sign_and_record`: the policy is asked again, the payload is built, signed, the signature verified, and in
   one transaction the certificate, its standing, its leaf in the log and the audit line are written.

A step repeated gives the first answer: a number is issued at most once, whatever replies were lost.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from ratedparts.db import Work, held, lock, public_number
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evidence.service import evidence_of_part
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.models import Organisation
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.proofs import (
    canonical_bytes,
    did_key,
    parse_instant,
    payload_digest,
    sign_document,
    verify_proof,
)
from ratedparts.protocols import ProtocolLibrary
from ratedparts.review.models import Review
from ratedparts.settings import Environment
from ratedparts.submissions.parts import members

from .models import Certificate, CertificateStanding, IssuanceIntent
from .payload import build_payload
from .policy import require_issuable
from .signing_keys import SigningKeys
from .transparency_log import TransparencyLog


@dataclass(frozen=True)
class IssuingOffice:
    """What issuing needs beside a transaction and an actor."""

    keys: SigningKeys
    log: TransparencyLog
    library: ProtocolLibrary
    environment: Environment
    public_url: str

    def intend(self, work: Work, actor: Actor, review_id: uuid.UUID, password: str) -> IssuanceIntent:
        """Record, before anything is signed, what is going to be signed."""
        review = held(work, Review, review_id)
        if review is None:
            raise not_found("review", review_id)
        require_issuable(work, actor, review, self.library)
        confirm_password(work, actor, password)
        query = select(IssuanceIntent).where(IssuanceIntent.review_id == review_id)
        intent = work.session.scalars(query).first()
        if intent is None:
            intent = IssuanceIntent(
                id=work.new_id(),
                review=review,
                number=public_number("CEG"),
                issuer_id=actor.person_id,
                intended_at=work.at,
            )
            work.session.add(intent)
            work.session.flush()
            record_by(work, actor, "intend_to_issue", "certificate", intent.number, review=str(review_id))
        return intent

    def sign_and_record(self, work: Work, actor: Actor, intent_id: uuid.UUID) -> Certificate:
        """Sign exactly what was checked, and record it; or give back what was recorded before."""
        intent = work.session.get_one(IssuanceIntent, intent_id)
        lock(work, intent.review)
        done = work.session.scalars(select(Certificate).where(Certificate.intent_id == intent_id)).first()
        if done is not None:
            return done
        review = intent.review
        # Whoever signs must pass the policy; it need not be the one who intended, who may have left since.
        require_issuable(work, actor, review, self.library)
        part = review.evaluation.part
        payload = build_payload(
            number=intent.number,
            review=review,
            evidence=evidence_of_part(work, part.id),
            members=members(work, part.series_id),
            authority=work.session.get_one(Organisation, actor.organisation_id),
            issuer_id=did_key(self.keys.certificates.multibase),
            environment=self.environment.value,
            public_url=self.public_url,
            library=self.library,
            at=work.at,
        )
        key = self.keys.certificates
        secured = sign_document(payload, key.private, verification_method=key.id, created=work.at)
        if not verify_proof(secured, key.public_bytes):
            raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)
        certificate = Certificate(
            number=intent.number,
            intent=intent,
            part=part,
            reviewer_id=review.reviewer_id,
            issuer_id=actor.person_id,
            grade=review.evaluation.grade or "",
            credential=canonical_bytes(secured).decode("utf-8"),
            payload_digest=payload_digest(secured),
            issued_at=work.at,
            valid_from=work.at,
            valid_until=parse_instant(payload["validUntil"]),
        )
        work.session.add(certificate)
        work.session.flush()
        self._supersede_current(work, actor, certificate)
        work.session.add(CertificateStanding(number=certificate.number, part_id=part.id, state="valid"))
        self.log.append(work, "issued", certificate)
        record_by(work, actor, "issue", "certificate", certificate.number, payload=certificate.payload_digest)
        enqueue(work, "certificate_changed", part_id=str(part.id))
        return certificate

    def _supersede_current(self, work: Work, actor: Actor, newer: Certificate) -> None:
        query = select(CertificateStanding).where(
            CertificateStanding.part_id == newer.part_id,
            CertificateStanding.state.in_(("valid", "suspended")),
        )
        # One that is being revoked at this moment stays revoked.
        for standing in work.session.scalars(query.with_for_update()):
            standing.state, standing.superseded_by = "superseded", newer.number
            work.session.flush()
            self.log.append(work, "superseded", standing.certificate)
            record_by(work, actor, "supersede", "certificate", standing.number, by=newer.number)
