"""Issuing, step by step: `docs/issuance-cycle.md` says what is on record after each.

1. `intend`: the policy holds; the number and the issuer are committed.
2. `check`: the policy is asked again, the payload is built, and exactly it is committed as a ticket.
3. `sign`: outside any transaction, by the ticket alone; the signature is verified before it is believed.
4. `record`: in one transaction the certificate, its standing, its leaf in the log and the audit line.

A step repeated gives the first answer: a number is issued at most once, whatever replies were lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from ratedparts.db import Database, Work, held, public_number
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.evidence.service import evidence_of_part
from ratedparts.fault_points import fault_point
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.models import Organisation
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.proofs import canonical_bytes, parse_instant, payload_digest
from ratedparts.protocols import ProtocolLibrary
from ratedparts.review.models import Review
from ratedparts.settings import Environment
from ratedparts.submissions.models import TestPlan
from ratedparts.submissions.parts import members

from .cases_and_issuing import while_no_case_is_decided
from .issuance_ticket import Ticket
from .models import Certificate, CertificateStanding, IssuanceIntent, IssuanceTicket
from .payload import build_payload
from .policy import require_issuable, require_payload
from .signed_records import SignedRecords, signed_with
from .signing_keys import SigningKeys
from .standing import status_at
from .standing_states import LOGGED, state_after
from .transparency_log import TransparencyLog

DOCUMENT_WANTED = "document_wanted"  # the signed PDF: by a job, so that a device that is away holds nobody up


@dataclass(frozen=True)
class IssuingOffice:
    """What issuing needs beside a transaction and an actor."""

    keys: SigningKeys
    log: TransparencyLog
    library: ProtocolLibrary
    environment: Environment
    public_url: str

    @property
    def records(self) -> SignedRecords:
        return SignedRecords(self.keys)

    def issue(self, database: Database, actor: Actor, intent_id: uuid.UUID) -> Certificate:
        """From the intent to the certificate; what was recorded before is given back."""
        with database.work() as work:
            ticket = self.check(work, actor, intent_id)
        secured = None if ticket is None else self.sign(ticket)
        with database.work() as work:
            return self.record(work, actor, intent_id, ticket, secured)

    def intend(self, work: Work, actor: Actor, review_id: uuid.UUID, password: str) -> IssuanceIntent:
        """Record, before anything is signed, that a certificate is going to be, and under which number."""
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

    def check(self, work: Work, actor: Actor, intent_id: uuid.UUID) -> Ticket | None:
        """The ticket for what may be signed now; None where the certificate has been issued already.

        Whoever signs must pass the policy; it need not be the one who intended, who may have left since.  A
        ticket that was made shortly before, and never came to a certificate, is taken up again where it
        still says the same: its signature is then the same, too, to the last bit.
        """
        intent = self._held_intent(work, intent_id)
        if _certificate_of(work, intent_id) is not None:
            return None
        evidence = evidence_of_part(work, intent.review.evaluation.part_id, with_columns=True)
        require_issuable(work, actor, intent.review, self.library)
        earlier = self._earlier_ticket(work, actor, intent, evidence)
        if earlier is not None:
            return Ticket(earlier)
        payload = self._payload(work, actor, intent, evidence)
        require_payload(work, payload, intent.review)
        row = IssuanceTicket(
            id=work.new_id(),
            intent_id=intent_id,
            payload=canonical_bytes(payload).decode("utf-8"),
            key_id=self.keys.current(work, "certificates").id,
            issuer_id=actor.person_id,
            checked_at=work.at,
        )
        work.session.add(row)
        work.session.flush()
        record_by(work, actor, "check_for_issue", "certificate", intent.number, ticket=str(row.id))
        return Ticket(row)

    def sign(self, ticket: Ticket) -> dict[str, Any]:
        """The certificate, signed; nobody has recorded it yet.  Raises ``ticket_used``."""
        key = self.keys.certificates
        secured = signed_with(key, ticket.redeem(key.id), ticket.checked_at)
        fault_point("certificate.signed")
        return secured

    def record(
        self,
        work: Work,
        actor: Actor,
        intent_id: uuid.UUID,
        ticket: Ticket | None,
        secured: dict[str, Any] | None,
    ) -> Certificate:
        """Record what was signed, in one transaction; or give back what was recorded before."""
        while_no_case_is_decided(work)
        intent = self._held_intent(work, intent_id)
        done = _certificate_of(work, intent_id)
        if done is not None:
            return done
        if ticket is None or secured is None or ticket.intent_id != intent_id:
            raise RatedPartsError("ticket_for_another_payload")
        ticket.require_fresh(work.at)
        ticket.require_signed(secured)
        self.keys.require_unrevoked(work, ticket.key_id, ticket.checked_at)
        # Between the check and here somebody may have sent the application back, or new evidence come in.
        require_issuable(work, actor, intent.review, self.library)
        review, part = intent.review, intent.review.evaluation.part
        certificate = Certificate(
            number=intent.number,
            intent=intent,
            part=part,
            applicant_id=review.applied_by,
            reviewer_id=review.reviewer_id,
            issuer_id=actor.person_id,
            key_id=ticket.key_id,
            grade=review.evaluation.grade,
            credential=canonical_bytes(secured).decode("utf-8"),
            payload_digest=payload_digest(secured),
            issued_at=ticket.checked_at,
            valid_from=parse_instant(secured["validFrom"]),
            valid_until=parse_instant(secured["validUntil"]),
        )
        work.session.add(certificate)
        work.session.flush()
        self._supersede_current(work, actor, certificate)
        work.session.add(CertificateStanding(number=certificate.number, part_id=part.id, state="valid"))
        self.log.append(work, "issued", certificate)
        record_by(work, actor, "issue", "certificate", certificate.number, payload=certificate.payload_digest)
        enqueue(work, "certificate_changed", part_id=str(part.id))
        enqueue(work, DOCUMENT_WANTED, number=certificate.number)
        return certificate

    def _held_intent(self, work: Work, intent_id: uuid.UUID) -> IssuanceIntent:
        intent = work.session.get(IssuanceIntent, intent_id)
        if intent is None:
            raise not_found("certificate", intent_id)
        # Held as they are read, and what the intent leads to: a session forgets rows that nothing refers to.
        review = held(work, Review, intent.review_id)
        assert review is not None
        set_committed_value(intent, "review", review)
        set_committed_value(review, "evaluation", held(work, Evaluation, review.evaluation_id))
        return intent

    def _earlier_ticket(
        self, work: Work, actor: Actor, intent: IssuanceIntent, evidence: Sequence[tuple[Evidence, TestPlan]]
    ) -> IssuanceTicket | None:
        query = select(IssuanceTicket).where(
            IssuanceTicket.intent_id == intent.id,
            IssuanceTicket.key_id == self.keys.current(work, "certificates").id,
            IssuanceTicket.issuer_id == actor.person_id,
        )
        row = work.session.scalars(query.order_by(IssuanceTicket.checked_at.desc())).first()
        if row is None:
            return None
        try:
            Ticket(row).require_fresh(work.at)
        except RatedPartsError:
            return None
        same = self._payload(Work(work.session, row.checked_at), actor, intent, evidence)
        return row if canonical_bytes(same).decode("utf-8") == row.payload else None

    def _payload(
        self, work: Work, actor: Actor, intent: IssuanceIntent, evidence: Sequence[tuple[Evidence, TestPlan]]
    ) -> dict[str, Any]:
        part = intent.review.evaluation.part
        return build_payload(
            number=intent.number,
            review=intent.review,
            evidence=evidence,
            members=members(work, part.series_id),
            authority=work.session.get_one(Organisation, actor.organisation_id),
            issuer_id=self.records.issuer_id(work),
            environment=self.environment.value,
            public_url=self.public_url,
            library=self.library,
            at=work.at,
        )

    def _supersede_current(self, work: Work, actor: Actor, newer: Certificate) -> None:
        query = select(CertificateStanding).where(
            CertificateStanding.part_id == newer.part_id,
            CertificateStanding.state.in_(("valid", "suspended")),
        )
        # One that is being revoked at this moment stays revoked.
        for standing in work.session.scalars(query.with_for_update()):
            standing.state = state_after(status_at(standing.certificate, work.at), "supersede")
            standing.superseded_by = newer.number
            standing.suspended_at = standing.suspended_by = standing.suspension_reason = None
            work.session.flush()
            self.log.append(work, LOGGED["supersede"], standing.certificate)
            record_by(work, actor, "supersede", "certificate", standing.number, by=newer.number)


def _certificate_of(work: Work, intent_id: uuid.UUID) -> Certificate | None:
    return work.session.scalars(select(Certificate).where(Certificate.intent_id == intent_id)).first()
