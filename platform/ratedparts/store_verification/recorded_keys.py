"""The keys on record, as they were when they signed: a revocation is for the world, not for the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ratedparts.certificates.signing_keys import published_keys
from ratedparts.db import Work
from ratedparts.proofs import TrustedKeys, parse_instant, verify_proof


def recorded_keys(work: Work) -> TrustedKeys:
    """Every key, none of them revoked."""
    listed = published_keys(work)
    return replace(listed, keys=tuple(replace(key, revoked_at=None) for key in listed.keys))


def signed_by_recorded_key(document: Mapping[str, Any], keys: TrustedKeys) -> bool:
    """Whether a key of certificates that is on record signed the document in its window."""
    key = keys.find(document["proof"]["verificationMethod"])
    return (
        key is not None
        and key.may_sign("certificates")
        and key.covers(parse_instant(document["proof"]["created"]))
        and verify_proof(document, key.public_key)
    )
