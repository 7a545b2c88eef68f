"""What the PAdES signature of a PDF adds to the verdict about the certificate inside it.

The credential and the signature of the page are reported apart.  A signature that fails makes the PDF
invalid, whatever the credential says: somebody changed the file after it was signed.  One by a stranger
proves nothing, for or against, so the credential alone decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.keys import IssuingKey, TrustedKeys
from ratedparts.proofs.pdf_signature import PdfSignature, is_signed, read_pdf_signature
from ratedparts.proofs.verdict import Findings

CHECK = "pdf_signature"


def check_pdf_bytes(content: bytes, findings: Findings) -> PdfSignature | None:
    """Check that not one byte of a signed PDF was changed or added; the signature where it holds."""
    if not is_signed(content):
        findings.check(CHECK, "absent")
        return None
    try:
        signature = read_pdf_signature(content)
    except RatedPartsError as error:
        findings.check(CHECK, "failed")
        findings.invalid(error.code, **error.parameters)
        return None
    findings.check(CHECK, "unknown")  # until it is known who signed
    return signature


def check_pdf_signer(
    signature: PdfSignature, secured: object, trust: TrustedKeys | None, findings: Findings
) -> None:
    """Check that the signer may sign documents, and might when the credential was signed.

    A PAdES signature of level B-B says no time that anybody else vouches for, so the credential's own is
    taken.  ``secured`` is the attached credential.
    """
    key = trust.find_certified(signature.certificate) if trust else None
    if key is None:
        findings.note("pdf_signature_signer_unknown", list_given=trust is not None)
        return
    signed_at = _signed_at(secured)
    if signed_at is None:  # the credential's own checks say what is wrong with it
        return
    problem = _problem(key, signature.certificate, secured, signed_at, trust)
    if problem is not None:
        findings.check(CHECK, "failed")
        findings.invalid("pdf_signature_failed", problem=problem)
    elif key.revoked_at is not None:
        findings.note("pdf_signature_key_revoked_later", revoked_at=format_instant(key.revoked_at))
    else:
        findings.check(CHECK, "passed")


def _problem(
    key: IssuingKey, certificate: bytes, secured: object, at: datetime, trust: TrustedKeys | None
) -> str | None:
    from cryptography import x509

    read = x509.load_der_x509_certificate(certificate)
    if not key.covers(at) or not read.not_valid_before_utc <= at < read.not_valid_after_utc:
        return "signer_outside_window"
    if not key.is_active(at):
        return "signer_revoked"
    if trust is not None and trust.also_active(key, at) is not None:
        return "several_signers"
    subject: Any = secured.get("credentialSubject") if isinstance(secured, Mapping) else None
    if not isinstance(subject, Mapping) or subject.get("environment") != key.environment:
        return "signer_of_another_environment"
    return None


def _signed_at(secured: object) -> datetime | None:
    proof: Any = secured.get("proof") if isinstance(secured, Mapping) else None
    try:
        return parse_instant(proof["created"])
    except (TypeError, KeyError, RatedPartsError):
        return None
