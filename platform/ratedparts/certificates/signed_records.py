"""Signs what the authority says beside certificates: judgements, and the list of what is not in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.db import Work
from ratedparts.proofs import did_key, sign_document

from .key_store import SigningKey
from .signing_keys import SigningKeys


@dataclass(frozen=True)
class SignedRecords:
    """Signs with the key of certificates; a certificate is told from other documents by its type."""

    keys: SigningKeys

    def issuer_id(self, work: Work) -> str:
        """The key that signs now, by the name under which the world knows it."""
        return did_key(self.keys.current(work, "certificates").multibase)

    def sign(self, work: Work, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with its proof, of the instant of the unit of work."""
        return signed_with(self.keys.current(work, "certificates"), document, work.at)


def signed_with(key: SigningKey, document: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The document with its proof.  Raises ``signature_does_not_verify``: nothing unverified goes out.

    Each signature is verified where it comes out of the signer (`checked_signer`), for documents, logs and
    PDFs alike; a certificate once more where it is recorded, for it has been through other hands by then.
    """
    return sign_document(document, key.private, verification_method=key.id, created=at)
