"""The test vector of the cryptosuite, and what a proof does and does not cover.

Vector: Data Integrity EdDSA Cryptosuites v1.0, W3C Recommendation of 2025-05-15, appendix B.2
("Representation: eddsa-jcs-2022"), https://www.w3.org/TR/vc-di-eddsa/#representation-eddsa-jcs-2022.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    canonical_bytes,
    decode_multikey,
    sign_document,
    verification_method,
    verify_proof,
)
from ratedparts.proofs.base58 import multibase_decode

from .samples import ISSUER, STRANGER, changed, raw_public_key, signed, unsigned

PUBLIC_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
ALUMNI = {
    "@context": CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
OPTIONS_HASH = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"
DOCUMENT_HASH = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
SIGNATURE = (
    "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b803"
    "51da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808"
)
PROOF_VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"


def alumni_signer() -> Ed25519PrivateKey:
    secret = multibase_decode(SECRET_KEY)
    assert secret.startswith(b"\x80\x26")  # multicodec 0x1300: an Ed25519 private key
    return Ed25519PrivateKey.from_private_bytes(secret[2:])


def test_the_published_vector_is_reproduced_exactly() -> None:
    assert hashlib.sha256(canonical_bytes(ALUMNI)).hexdigest() == DOCUMENT_HASH
    secured = sign_document(
        ALUMNI,
        alumni_signer(),
        verification_method=verification_method(PUBLIC_KEY),
        created=datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC),
    )
    proof = secured["proof"]
    assert proof["@context"] == CONTEXT
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    assert hashlib.sha256(canonical_bytes(options)).hexdigest() == OPTIONS_HASH
    assert multibase_decode(proof["proofValue"]).hex() == SIGNATURE
    assert proof["proofValue"] == PROOF_VALUE
    assert verify_proof(secured, decode_multikey(PUBLIC_KEY))


def test_a_proof_holds_for_its_key_and_for_no_other() -> None:
    assert verify_proof(signed(), raw_public_key(ISSUER))
    assert not verify_proof(signed(), raw_public_key(STRANGER))
    assert not verify_proof(signed(), b"\xff" * 32)
    assert not verify_proof(signed(), b"short")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["validUntil"], "2039-11-22T00:00:00Z"),
        (["credentialSubject", "decision", "grade"], "A+"),
        (["@context"], ["https://www.w3.org/ns/credentials/v2", "https://evil.example"]),
        (["proof", "@context"], ["https://evil.example"]),
        (["proof", "created"], "2026-11-22T00:00:01Z"),
        (["proof", "type"], "Ed25519Signature2020"),
        (["proof", "cryptosuite"], "none"),
        (["proof", "cryptosuite"], None),
        (["proof", "proofValue"], "z"),
        (["proof", "proofValue"], ""),
        (["proof", "proofValue"], 5),
        (["proof", "extra"], 1),
        (["proof"], []),
        (["proof"], None),
        (["extra"], float("nan")),
    ],
)
def test_whatever_is_changed_the_proof_no_longer_holds(path: list[str], value: object) -> None:
    assert not verify_proof(changed(signed(), path, value), raw_public_key(ISSUER))


def test_a_document_without_context_is_signed_without_one() -> None:
    secured = sign_document(
        {"a": 1}, ISSUER, verification_method="x", created=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert "@context" not in secured["proof"]
    assert verify_proof(secured, raw_public_key(ISSUER))


def test_a_secured_document_is_not_signed_again() -> None:
    with pytest.raises(RatedPartsError, match="document_has_proof"):
        signed(signed())
    with pytest.raises(RatedPartsError, match="instant_without_zone"):
        signed(created=datetime(2026, 1, 1))  # noqa: DTZ001


def test_signing_leaves_the_document_as_it_was() -> None:
    document = unsigned()
    signed(document)
    assert document == unsigned()
