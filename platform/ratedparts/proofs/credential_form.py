"""The form that a certificate of this version has, and what a verifier says of every other form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.data_integrity import CRYPTOSUITE, PROOF_PURPOSE, PROOF_TYPE
from ratedparts.proofs.instants import parse_instant
from ratedparts.proofs.keys import ENVIRONMENTS
from ratedparts.proofs.verdict import Findings

CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPES = ("VerifiableCredential", "ComponentRatingCertificate")
SCHEMA = "ratedparts-certificate/1"
ID_PREFIX = "urn:ratedparts:certificate:"
_PROOF_MEMBERS = {
    "type",
    "cryptosuite",
    "created",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
    "@context",
}
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class CredentialForm:
    """What the checks need of a certificate whose form is understood."""

    number: str
    environment: str
    issuer_id: str
    valid_from: datetime
    valid_until: datetime


def proof_of(secured: Mapping[str, Any], findings: Findings) -> Mapping[str, Any] | None:
    """Return the proof where there is exactly one in an understandable form; otherwise say why not."""
    proof = secured.get("proof")
    if isinstance(proof, list):
        findings.cannot_tell("proof_not_single", count=len(proof))
        return None
    if not isinstance(proof, Mapping):
        findings.invalid("proof_missing" if "credentialSubject" in secured else "not_a_certificate")
        return None
    texts = ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")
    missing = [member for member in texts if not isinstance(proof.get(member), str)]
    if missing:
        findings.invalid("proof_malformed", member=missing[0])
        return None
    if proof["proofPurpose"] != PROOF_PURPOSE:
        findings.invalid("proof_purpose", given=_shown(proof["proofPurpose"]))
    if proof["type"] != PROOF_TYPE:
        findings.cannot_tell("proof_type_unknown", given=_shown(proof["type"]))
    if proof["cryptosuite"] != CRYPTOSUITE:
        findings.cannot_tell("cryptosuite_unknown", given=_shown(proof["cryptosuite"]))
    # A member that we do not know could say that the proof has expired, or is meant for somebody else.
    for member in sorted(set(proof) - _PROOF_MEMBERS)[:1]:
        findings.cannot_tell("proof_member_unknown", member=_shown(member))
    return proof


def credential_form(secured: Mapping[str, Any], findings: Findings) -> CredentialForm | None:
    """Return what the checks need, or say which part of the form is unknown or wrong."""
    context, types = secured.get("@context"), secured.get("type")
    if context != [CONTEXT]:
        findings.cannot_tell("credential_context_unknown", given=_shown(context))
        return None
    if not isinstance(types, list) or tuple(types) != TYPES:
        findings.cannot_tell("credential_type_unknown", given=_shown(types))
        return None
    subject = secured.get("credentialSubject")
    if not isinstance(subject, Mapping):
        findings.invalid("credential_malformed", member="credentialSubject")
        return None
    if subject.get("schema") != SCHEMA:
        findings.cannot_tell("certificate_version_unknown", given=_shown(subject.get("schema")))
        return None
    form = _members(secured, subject, findings)
    if form and secured.get("id") != ID_PREFIX + form.number:
        findings.invalid("number_mismatch", id=_shown(secured.get("id")), number=_shown(form.number))
    return form


def _members(
    secured: Mapping[str, Any], subject: Mapping[str, Any], findings: Findings
) -> CredentialForm | None:
    issuer = secured.get("issuer")
    issuer_id = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not isinstance(issuer_id, str):
        findings.invalid("credential_malformed", member="issuer")
        return None
    number, environment = subject.get("number"), subject.get("environment")
    if not isinstance(number, str) or not number:
        findings.invalid("credential_malformed", member="credentialSubject.number")
        return None
    if environment not in ENVIRONMENTS:
        findings.invalid("credential_malformed", member="credentialSubject.environment")
        return None
    instants: list[datetime] = []
    for member in ("validFrom", "validUntil"):
        try:
            instants.append(parse_instant(secured.get(member)))
        except RatedPartsError:
            findings.invalid("credential_malformed", member=member)
            return None
    return CredentialForm(number, environment, issuer_id, instants[0], instants[1])


def _shown(value: object) -> str:
    return ("" if value is None else str(value))[:_SHOWN]
