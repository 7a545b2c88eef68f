"""The ticket without which nothing is signed: made only by the policy check, redeemed once.

It carries the payload that was checked, so "sign what nobody checked" cannot be written, and "sign something
else than what was checked" is noticed.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import canonical_bytes, parse_json, verify_proof
from ratedparts.proofs.multikey import key_in_verification_method

from .models import IssuanceTicket

TICKET_LIFE = timedelta(minutes=15)


class Ticket:
    """A row of `issuance_ticket` in the hands of whoever is going to sign."""

    def __init__(self, row: IssuanceTicket) -> None:
        self.id: uuid.UUID = row.id
        self.intent_id: uuid.UUID = row.intent_id
        self.key_id: str = row.key_id
        self.checked_at: datetime = row.checked_at
        self._payload = row.payload
        self._redeemed = False
        self._lock = Lock()

    @property
    def payload(self) -> dict[str, Any]:
        """A copy to look at; what is signed is what the database has."""
        value: dict[str, Any] = parse_json(self._payload)
        return value

    def redeem(self, key_id: str) -> dict[str, Any]:
        """The payload, to be signed by the key it was checked for.

        Raises ``ticket_used`` the second time, ``ticket_for_another_key``.
        """
        with self._lock:
            if self._redeemed:
                raise RatedPartsError("ticket_used", kind=Kind.CONFLICT)
            if key_id != self.key_id:
                raise RatedPartsError("ticket_for_another_key", kind=Kind.CONFLICT, key=key_id)
            self._redeemed = True
        return self.payload

    def require_signed(self, secured: dict[str, Any]) -> None:
        """Raise ``ticket_for_another_payload`` unless it is this ticket's payload that was signed, and
        ``signature_does_not_verify`` unless it was with its key."""
        unsigned = {name: value for name, value in secured.items() if name != "proof"}
        if canonical_bytes(unsigned).decode("utf-8") != self._payload:
            raise RatedPartsError("ticket_for_another_payload", kind=Kind.CONFLICT)
        public_key = key_in_verification_method(self.key_id)
        named = secured["proof"].get("verificationMethod") if "proof" in secured else None
        if public_key is None or named != self.key_id or not verify_proof(secured, public_key):
            raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)

    def require_fresh(self, at: datetime) -> None:
        """Raise ``ticket_expired`` once what was checked is too long ago."""
        if not self.checked_at <= at <= self.checked_at + TICKET_LIFE:
            raise RatedPartsError("ticket_expired", kind=Kind.CONFLICT)
