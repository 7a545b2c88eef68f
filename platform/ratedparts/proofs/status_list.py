"""The published list of certificates that are not plainly in force, and what it says of one of them.

The list is a credential of its own, signed with a key of certificates.  It says when it was made and until
when it may be used: an older one proves nothing, because what was revoked since is not on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.credential_form import CONTEXT, proof_of
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.keys import TrustedKeys
from ratedparts.proofs.signature_checks import check_issuer, check_key_not_revoked, check_signature
from ratedparts.proofs.strict_json import parse_json
from ratedparts.proofs.verdict import Findings

TYPES = ("VerifiableCredential", "CertificateStatusList")
SCHEMA = "ratedparts-status-list/1"
STATES = ("suspended", "revoked", "superseded")
MAX_BYTES = 64 * 2**20

__all__ = ["CONTEXT", "SCHEMA", "TYPES", "PublishedStatus", "check_status", "read_status_list"]


@dataclass(frozen=True, slots=True)
class PublishedStatus:
    """A list whose signature holds: usable from ``made_at`` on and before ``next_update``."""

    environment: str
    sequence: int
    log_size: int
    made_at: datetime
    next_update: datetime
    certificates: Mapping[str, Mapping[str, Any]]  # number → its line


def read_status_list(content: bytes, *, trust: TrustedKeys | None, seen: int = 0) -> PublishedStatus:
    """Read a list and check who signed it.

    ``seen`` is the highest sequence that the caller has had before: an older list would hide what is newer.

    Raises
    ------
    RatedPartsError
        ``status_list_malformed`` (member), ``status_list_signature_failed``, ``status_list_not_trusted``
        (key), ``status_list_rolled_back`` (sequence, seen).
    """
    try:
        secured = parse_json(content, max_bytes=MAX_BYTES)
    except RatedPartsError:
        raise _malformed(None) from None
    if not isinstance(secured, dict) or secured.get("type") != list(TYPES):
        raise _malformed("type")
    environment = _require_signed(secured, trust)
    status = _read(secured)
    if status.environment != environment:
        raise _malformed("environment")
    if status.sequence < seen:
        raise RatedPartsError("status_list_rolled_back", sequence=status.sequence, seen=seen)
    return status


def check_status(
    status: PublishedStatus,
    number: str,
    environment: str,
    valid_from: datetime,
    at: datetime,
    log_size: int,
    findings: Findings,
) -> None:
    """Say what the list says of a certificate that begins at ``valid_from``.

    ``log_size`` is that of the log which is known to hold it; 0 where none was asked.
    """
    made_at = format_instant(status.made_at)
    if status.environment != environment:
        findings.check("status", "unknown")
        findings.cannot_tell("status_list_elsewhere", environment=status.environment)
    elif (
        not status.made_at <= at < status.next_update
        or status.made_at < valid_from
        or status.log_size < log_size
    ):
        # Too old, or made before the certificate was.
        findings.check("status", "unknown")
        findings.cannot_tell("status_list_stale", made_at=made_at)
    elif (line := status.certificates.get(number)) is not None:
        findings.check("status", "failed")
        findings.invalid("status_not_in_force", **line)
    else:
        findings.check("status", "passed")
        findings.note("status_as_of", made_at=made_at)


def _require_signed(secured: Mapping[str, Any], trust: TrustedKeys | None) -> str:
    """The environment of the key that signed the list."""
    found = Findings()
    proof = proof_of(secured, found)
    if proof is None:
        raise RatedPartsError("status_list_signature_failed")
    check_signature(secured, proof, found)
    if not found.passed("signature"):
        raise RatedPartsError("status_list_signature_failed")
    key = check_issuer(proof, None, trust, found)
    if key is None:
        raise RatedPartsError("status_list_not_trusted", key=str(proof["verificationMethod"])[:120])
    check_key_not_revoked(proof, key, None, found)
    issuer = secured.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else None
    good = all(map(found.passed, ("key_window", "key_not_revoked"))) and found.are_harmless()
    if not good or named != key.id.partition("#")[0]:
        raise RatedPartsError("status_list_not_trusted", key=key.id)
    return key.environment


def _read(secured: Mapping[str, Any]) -> PublishedStatus:
    subject = secured.get("credentialSubject")
    if not isinstance(subject, Mapping) or subject.get("schema") != SCHEMA:
        raise _malformed("schema")
    instants = {}
    for member in ("validFrom", "validUntil"):
        try:
            instants[member] = parse_instant(secured.get(member))
        except RatedPartsError:
            raise _malformed(member) from None
    for member in ("sequence", "log_size"):
        if type(subject.get(member)) is not int or subject[member] < 0:
            raise _malformed(member)
    lines = subject.get("certificates")
    if not isinstance(lines, list) or not all(map(_is_line, lines)):
        raise _malformed("certificates")
    return PublishedStatus(
        environment=str(subject.get("environment")),
        sequence=subject["sequence"],
        log_size=subject["log_size"],
        made_at=instants["validFrom"],
        next_update=instants["validUntil"],
        certificates={line["number"]: line for line in lines},
    )


def _is_line(line: object) -> bool:
    return (
        isinstance(line, Mapping)
        and isinstance(line.get("number"), str)
        and line.get("status") in STATES
        and all(isinstance(value, str) for value in line.values())
    )


def _malformed(member: str | None) -> RatedPartsError:
    return RatedPartsError("status_list_malformed", member=member)
