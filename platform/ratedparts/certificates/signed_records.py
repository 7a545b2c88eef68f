"""Signs what the authority says beside certificates: judgements, and the list of what is not in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import did_key, sign_document, verify_proof

from .signing_keys import SigningKey


@dataclass(frozen=True)
class SignedRecords:
    """Signs with the key of certificates; a certificate is told from other documents by its type."""

    key: SigningKey

    @property
    def issuer_id(self) -> str:
        return did_key(self.key.multibase)

    def sign(self, document: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """The document with its proof.  Raises ``signature_does_not_verify``."""
        secured = sign_document(document, self.key.private, verification_method=self.key.id, created=at)
        if not verify_proof(secured, self.key.public_bytes):
            raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)
        return secured
