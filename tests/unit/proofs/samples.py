"""Certificates, keys, logs and bundles that the tests of this folder sign for themselves."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings

from ratedparts.proofs import (
    Checkpoint,
    IssuingKey,
    LogEvidence,
    LogLeaf,
    TrustedKeys,
    build_bundle,
    canonical_bytes,
    did_key,
    digest_of,
    encode_multikey,
    payload_digest,
    sign_checkpoint,
    sign_document,
    verification_method,
)
from ratedparts.proofs.merkle import inclusion_proof, leaf_hash, nodes_added_by_append, root

# The same examples in every run, and no complaint about a busy machine.
STEADY = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
ISSUED_AT = datetime(2026, 11, 22, tzinfo=UTC)
EXPIRES_AT = datetime(2029, 11, 22, tzinfo=UTC)
MIDDLE = datetime(2027, 6, 1, tzinfo=UTC)
ORIGIN = "log.ratedparts.example/demonstration"
DOSSIER = b'{"part":"C0603X7R104K"}'
EVIDENCE = (b"unit_id,cap_nF\nU1,100.1\n", b"unit_id,cap_nF\nU2,99.8\n")


def private_key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def raw_public_key(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def multibase(key: Ed25519PrivateKey) -> str:
    return encode_multikey(raw_public_key(key))


ISSUER = private_key(1)
LOG = private_key(2)
STRANGER = private_key(3)


def issuing_key(key: Ed25519PrivateKey, **changes: Any) -> IssuingKey:
    members: dict[str, Any] = {
        "id": verification_method(multibase(key)),
        "public_key_multibase": multibase(key),
        "environment": "production",
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        "valid_until": datetime(2028, 1, 1, tzinfo=UTC),
    }
    return IssuingKey(**{**members, **changes})


TRUST = TrustedKeys((issuing_key(ISSUER), issuing_key(LOG)))


def unsigned(number: str = "RP-7Q4M", environment: str = "production", **members: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:ratedparts:certificate:{number}",
        "type": ["VerifiableCredential", "ComponentRatingCertificate"],
        "issuer": {"id": did_key(multibase(ISSUER)), "name": "RatedParts"},
        "validFrom": "2026-11-22T00:00:00Z",
        "validUntil": "2029-11-22T00:00:00Z",
        "credentialStatus": {"type": "RatedPartsStatus", "id": "https://ratedparts.example/s/1"},
        "credentialSubject": {
            "schema": "ratedparts-certificate/1",
            "number": number,
            "environment": environment,
            "decision": {"grade": "A", "b10_lower_90": 41250.0},
            "evidence": [{"digest": digest_of(content)} for content in EVIDENCE],
            "dossier_digest": digest_of(DOSSIER),
        },
        **members,
    }


def signed(
    document: dict[str, Any] | None = None,
    key: Ed25519PrivateKey = ISSUER,
    created: datetime = ISSUED_AT,
) -> dict[str, Any]:
    method = verification_method(multibase(key))
    return sign_document(document or unsigned(), key, verification_method=method, created=created)


def changed(secured: dict[str, Any], path: Sequence[str], value: object) -> dict[str, Any]:
    """A copy of ``secured`` with one member replaced."""
    copied = copy.deepcopy(secured)
    target = copied
    for member in path[:-1]:
        target = target[member]
    target[path[-1]] = value
    return copied


def leaf_for(secured: dict[str, Any], **changes: Any) -> bytes:
    members: dict[str, Any] = {
        "action": "issued",
        "certificate_number": secured["credentialSubject"]["number"],
        "payload_digest": payload_digest(secured),
        "log_origin": ORIGIN,
        "recorded_at": ISSUED_AT,
    }
    return LogLeaf(**{**members, **changes}).to_bytes()


def logged(
    leaf: bytes, *, before: int = 5, after: int = 3, key: Ed25519PrivateKey = LOG, origin: str = ORIGIN
) -> LogEvidence:
    """The evidence for ``leaf`` in a small log of other leaves."""
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    leaves = [b"earlier %d" % i for i in range(before)] + [leaf] + [b"later %d" % i for i in range(after)]
    for size, content in enumerate(leaves):
        for level, index, value in nodes_added_by_append(size, leaf_hash(content), node):
            nodes[level, index] = value
    size = len(leaves)
    checkpoint = Checkpoint(origin, size, root(size, node))
    note = sign_checkpoint(checkpoint, key, public_key=raw_public_key(key))
    return LogEvidence(note.encode(), leaf, before, size, tuple(inclusion_proof(before, size, node)))


def bundle(
    secured: dict[str, Any] | None = None,
    *,
    log: LogEvidence | None = None,
    dossier: bytes = DOSSIER,
    evidence: Sequence[bytes] = EVIDENCE,
) -> bytes:
    secured = secured or signed()
    log = log or logged(leaf_for(secured))
    return build_bundle(
        credential=canonical_bytes(secured),
        checkpoint=log.checkpoint.decode(),
        inclusion=log.inclusion_json(),
        keys=canonical_bytes(TRUST.to_json()),
        dossier=dossier,
        evidence=evidence,
        readme="A certificate with its evidence.\n",
    )
