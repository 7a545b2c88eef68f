"""Who signed a certificate, whether the signature holds, and whether that key may be believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.credential_form import CredentialForm
from ratedparts.proofs.data_integrity import CRYPTOSUITE, PROOF_PURPOSE, PROOF_TYPE, verify_proof
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.keys import IssuingKey, TrustedKeys
from ratedparts.proofs.multikey import key_in_verification_method, verification_method
from ratedparts.proofs.verdict import Findings

_SHOWN = 120


def check_signature(
    secured: Mapping[str, Any],
    proof: Mapping[str, Any],
    findings: Findings,
    unsecured_bytes: bytes | None = None,
) -> None:
    """Check the mathematics with the key that the proof itself names; who holds the key comes later.

    ``unsecured_bytes``: as `verify_proof` takes them.

    A ``did:key`` carries its public key, so a changed bit is "invalid" even to a verifier who trusts
    nobody.
    """
    method = proof["verificationMethod"]
    try:
        public_key = key_in_verification_method(method)
    except RatedPartsError:
        findings.invalid("verification_method_malformed", given=method[:_SHOWN])
        findings.check("signature", "failed")
        return
    understood = proof["type"] == PROOF_TYPE and proof["cryptosuite"] == CRYPTOSUITE
    if public_key is None:
        findings.cannot_tell("verification_method_unknown", given=method[:_SHOWN])
    if public_key is not None and understood:
        holds = verify_proof(secured, public_key, unsecured_bytes)
        findings.check("signature", holds)
        if not holds:
            findings.invalid("signature_failed", key=method)
    elif _was_ours_before_a_change(secured, proof):
        findings.invalid("proof_changed")
        findings.check("signature", "failed")
    else:
        findings.check("signature", "unknown")


def _was_ours_before_a_change(secured: Mapping[str, Any], proof: Mapping[str, Any]) -> bool:
    """Whether the proof holds once its unknown words are replaced by ours.

    Then it was made with ours, and somebody changed the word afterwards: that is "invalid", not "cannot
    tell".  The answer is only ever used against a certificate.
    """
    issuer = secured.get("issuer")
    issuer_id = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    for method in (proof["verificationMethod"], verification_method(str(issuer_id).removeprefix("did:key:"))):
        try:
            public_key = key_in_verification_method(method)
        except RatedPartsError:
            continue
        ours = {
            **proof,
            "type": PROOF_TYPE,
            "cryptosuite": CRYPTOSUITE,
            "verificationMethod": method,
            "proofPurpose": PROOF_PURPOSE,
        }
        if public_key is not None and verify_proof({**secured, "proof": ours}, public_key):
            return True
    return False


def check_issuer(
    proof: Mapping[str, Any], form: CredentialForm | None, trust: TrustedKeys | None, findings: Findings
) -> IssuingKey | None:
    """Check that the key is trusted, speaks for the named issuer and was in its window when it signed.

    Returns the key where it is in the list of trusted keys.
    """
    method = proof["verificationMethod"]
    if form is not None and form.issuer_id != method.partition("#")[0]:
        findings.invalid("issuer_mismatch", issuer=form.issuer_id[:_SHOWN], key=method[:_SHOWN])
    try:
        created = parse_instant(proof["created"])
    except RatedPartsError:
        findings.invalid("proof_malformed", member="created")
        return None
    key = trust.find(method) if trust else None
    findings.check("key_trusted", "passed" if key else "unknown")
    if key is None:
        findings.cannot_tell("issuer_not_trusted", key=method[:_SHOWN], list_given=trust is not None)
        findings.check("key_window", "not_checked")
        return None
    if not key.may_sign("certificates"):
        findings.invalid("key_of_another_purpose", key=key.id, purpose=key.purpose)
    inside = key.covers(created)
    findings.check("key_window", inside)
    if not inside:
        findings.invalid("key_outside_window", key=key.id, created=format_instant(created))
    other = trust.also_active(key, created) if trust else None
    if other is not None:
        findings.cannot_tell("several_keys_in_window", key=key.id, other=other.id)
    if form is not None and form.environment != key.environment:
        findings.invalid("environment_mismatch", certificate=form.environment, key=key.environment)
    return key


def check_key_not_revoked(
    proof: Mapping[str, Any], key: IssuingKey, recorded_at: datetime | None, findings: Findings
) -> None:
    """Check that the key was not revoked when it signed.

    Whoever stole a key writes any ``created`` they like.  So a signature that claims to be older than the
    revocation counts only where a log, signed by another key, recorded it before (``recorded_at``).
    """
    if key.revoked_at is None:
        findings.check("key_not_revoked", "passed")
        return
    revoked_at = format_instant(key.revoked_at)
    if parse_instant(proof["created"]) >= key.revoked_at:
        findings.check("key_not_revoked", "failed")
        findings.invalid("key_revoked", key=key.id, revoked_at=revoked_at)
    elif recorded_at is not None and recorded_at < key.revoked_at:
        findings.check("key_not_revoked", "passed")
    else:
        findings.check("key_not_revoked", "unknown")
        findings.cannot_tell("key_revoked_later", key=key.id, revoked_at=revoked_at)


def check_window(form: CredentialForm, at: datetime, findings: Findings) -> None:
    """Check that the certificate is in force at ``at``: from ``validFrom`` on, and before ``validUntil``."""
    if form.valid_until <= form.valid_from:
        findings.invalid("credential_malformed", member="validUntil")
    started, ended = at >= form.valid_from, at >= form.valid_until
    findings.check("in_force", started and not ended)
    if not started:
        findings.invalid("not_yet_valid", valid_from=format_instant(form.valid_from))
    if ended:
        findings.invalid("expired", valid_until=format_instant(form.valid_until))
