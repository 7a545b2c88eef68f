"""W3C Data Integrity proofs with the cryptosuite eddsa-jcs-2022, and no other.

Source: Data Integrity EdDSA Cryptosuites v1.0, W3C Recommendation of 2025-05-15, section 3.3.  The proof
options and the document are each made canonical (RFC 8785) and hashed; the signature covers both hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.base58 import base58_encode, multibase_decode
from ratedparts.proofs.canonical import canonical_bytes
from ratedparts.proofs.instants import format_instant

PROOF_TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-jcs-2022"
PROOF_PURPOSE = "assertionMethod"
_SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Whatever signs with Ed25519: a private key of `cryptography`, or a device that never shows its key."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64-byte signature of ``data`` (RFC 8032, pure Ed25519)."""
        ...


def bytes_to_sign(document: Mapping[str, Any], proof_options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that a proof signs: the hash of the options, then that of the document.

    ``document`` is without its ``proof`` and ``proof_options`` without its ``proofValue`` (sections 3.3.3
    to 3.3.5 of the Recommendation).
    """
    return _both_hashes(canonical_bytes(proof_options), canonical_bytes(document))


def sign_document(
    document: Mapping[str, Any],
    private_key: Signer,
    *,
    verification_method: str,
    created: datetime,
    proof_purpose: str = PROOF_PURPOSE,
) -> dict[str, Any]:
    """Return a copy of ``document`` with its proof.

    Parameters
    ----------
    document
        The document without a proof.  Its ``@context``, where it has one, is repeated in the proof.
    verification_method
        The name of the key, ``did:key:z…#z…``.
    created
        The instant of signing, with its zone.

    Raises
    ------
    RatedPartsError
        ``document_has_proof``, ``not_canonical`` (problem), ``instant_without_zone`` (given).
    """
    if "proof" in document:
        raise RatedPartsError("document_has_proof")
    proof: dict[str, Any] = {
        "type": PROOF_TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": format_instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": proof_purpose,
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    signature = private_key.sign(bytes_to_sign(document, proof))
    return {**document, "proof": {**proof, "proofValue": "z" + base58_encode(signature)}}


def verify_proof(secured: Mapping[str, Any], public_key: bytes, unsecured_bytes: bytes | None = None) -> bool:
    """Whether the one proof of ``secured`` is a signature of ``public_key`` (32 bytes) over all the rest.

    ``unsecured_bytes`` is the canonical spelling of ``secured`` without its proof, where it is at hand.

    False for every proof of another type or cryptosuite.  The proof's ``@context`` must *equal* that of the
    document: the Recommendation lets a holder append contexts after signing, and we promise that any
    changed bit is noticed.
    """
    proof = secured.get("proof")
    if not isinstance(proof, Mapping):
        return False
    if proof.get("type") != PROOF_TYPE or proof.get("cryptosuite") != CRYPTOSUITE:
        return False
    document = {key: value for key, value in secured.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    try:
        signature = multibase_decode(proof.get("proofValue"))
        contexts_agree = "@context" not in options or (
            "@context" in document
            and canonical_bytes(options["@context"]) == canonical_bytes(document["@context"])
        )
        message = _both_hashes(canonical_bytes(options), unsecured_bytes or canonical_bytes(document))
    except RatedPartsError:
        return False
    return contexts_agree and signature_holds(public_key, signature, message)


def _both_hashes(proof_options: bytes, document: bytes) -> bytes:
    return hashlib.sha256(proof_options).digest() + hashlib.sha256(document).digest()


def signature_holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is that of ``public_key`` over ``message`` (Ed25519, RFC 8032)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != _SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
