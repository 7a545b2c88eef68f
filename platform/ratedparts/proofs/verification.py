"""Verify a certificate offline: from the certificate, a list of trusted keys and an instant, to a verdict.

Nothing here raises, whatever bytes it is given: a file that cannot be read is a verdict, too.  "Valid" is
said only where every check that the kind of file allows was made and passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs.archive import END_SIGNATURE, LOCAL_SIGNATURE
from ratedparts.proofs.bundle import CHECKPOINT, CREDENTIAL, INCLUSION, read_bundle
from ratedparts.proofs.bundle_checks import check_named_files
from ratedparts.proofs.canonical import canonical_bytes
from ratedparts.proofs.credential_form import CredentialForm, credential_form, proof_of
from ratedparts.proofs.instants import require_zone
from ratedparts.proofs.keys import TrustedKeys
from ratedparts.proofs.log_evidence import FindInLog, LogEvidence, check_log, look_up
from ratedparts.proofs.pdf_attachment import MAX_CREDENTIAL_BYTES, read_pdf, require_pdf_size
from ratedparts.proofs.pdf_signature_check import check_pdf_bytes, check_pdf_signer
from ratedparts.proofs.signature_checks import (
    check_issuer,
    check_key_not_revoked,
    check_signature,
    check_window,
)
from ratedparts.proofs.spelled_json import SpelledJson, read_spelled
from ratedparts.proofs.status_list import check_status, read_status_list
from ratedparts.proofs.verdict import Findings, Verdict

_PDF = b"%PDF-"
# Refusals that leave open whether there is a good certificate inside: somebody with the password, or a
# verifier with more room, could tell.
_UNDECIDED = {"pdf_encrypted", "pdf_attachment_unreadable"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller brings along beside the file."""

    trust: TrustedKeys | None
    at: datetime
    find_in_log: FindInLog | None
    status_list: bytes | None


def verify_certificate(
    secured: object,
    *,
    trust: TrustedKeys | None,
    at: datetime,
    log: LogEvidence | None = None,
    find_in_log: FindInLog | None = None,
    status_list: bytes | None = None,
) -> Verdict:
    """Verify a certificate that is already parsed (`parse_json`).

    Parameters
    ----------
    secured
        The credential with its proof.
    trust
        The keys that the caller trusts; with None nobody is trusted, and nothing is ever "valid".
    at
        The instant at which the certificate should be in force, with its zone.
    log
        The evidence that the certificate stands in the log, where there is any.
    find_in_log
        Looks into a log that is at hand: what it does not have is never "valid".
    status_list
        The published list of what is not in force; one that is too old leaves the answer open.

    Raises
    ------
    RatedPartsError
        ``instant_without_zone``, and nothing else: it is the caller's ``at`` that is wrong.
    """
    require_zone(at)
    findings = Findings()
    asked = Asked(trust, at, find_in_log, status_list)
    _contained(_check_value, secured, asked, log, findings)
    return findings.verdict()


def verify_file(
    content: bytes,
    *,
    trust: TrustedKeys | None,
    at: datetime,
    find_in_log: FindInLog | None = None,
    status_list: bytes | None = None,
) -> Verdict:
    """Verify a file by what is in it: a certificate's JSON, a PDF that carries one, or an evidence bundle.

    The file's name plays no part.  Parameters and errors are those of `verify_certificate`.
    """
    require_zone(at)
    findings = Findings()
    _contained(_check_file, content, Asked(trust, at, find_in_log, status_list), findings)
    return findings.verdict()


def _contained(check: Any, *arguments: Any) -> None:
    """Run a check so that nothing escapes it; ``arguments`` end with the findings."""
    findings: Findings = arguments[-1]
    try:
        check(*arguments)
    except RatedPartsError as error:
        undecided = error.code in _UNDECIDED or error.kind is Kind.TOO_LARGE
        tell = findings.cannot_tell if undecided else findings.invalid
        tell(error.code, **error.parameters)
    # The last net: a fault of ours must never turn into "valid", nor into a crash of whoever asks.
    except Exception as error:
        findings.cannot_tell("verifier_failed", error=type(error).__name__)


def _check_file(content: bytes, asked: Asked, findings: Findings) -> None:
    if content.startswith(_PDF):
        _check_pdf(content, asked, findings)
    elif content.startswith((LOCAL_SIGNATURE, END_SIGNATURE)):
        _check_bundle(content, asked, findings)
    else:
        spelled = read_spelled(content, max_bytes=MAX_CREDENTIAL_BYTES)
        _check_certificate(spelled, asked, None, findings)


def _check_pdf(content: bytes, asked: Asked, findings: Findings) -> None:
    require_pdf_size(content)
    signature = check_pdf_bytes(content, findings)
    credential = read_pdf(content)
    findings.note("pdf_page_is_not_evidence")
    spelled = read_spelled(credential, max_bytes=MAX_CREDENTIAL_BYTES)
    if signature is not None:
        check_pdf_signer(signature, spelled.value, asked.trust, findings)
    _check_certificate(spelled, asked, None, findings)


def _check_bundle(content: bytes, asked: Asked, findings: Findings) -> None:
    try:
        files = read_bundle(content)
    except RatedPartsError:
        findings.check("bundle", "failed")
        raise
    findings.check("bundle", "passed")
    spelled = read_spelled(files[CREDENTIAL], max_bytes=MAX_CREDENTIAL_BYTES)
    log = LogEvidence.from_files(files[CHECKPOINT], files[INCLUSION])
    _check_certificate(spelled, asked, log, findings)
    secured = spelled.value
    if isinstance(secured, Mapping) and isinstance(secured.get("credentialSubject"), Mapping):
        check_named_files(secured["credentialSubject"], files, findings)


def _check_value(secured: object, asked: Asked, log: LogEvidence | None, findings: Findings) -> None:
    """Check what somebody else parsed: it may be no JSON at all.  What `parse_json` gives always is."""
    try:
        canonical_bytes(secured)
    except RatedPartsError:
        # It is not shown: nobody could.
        findings.check("canonical_form", "failed")
        raise
    _check_certificate(SpelledJson(secured, None), asked, log, findings)


def _check_certificate(
    spelled: SpelledJson, asked: Asked, log: LogEvidence | None, findings: Findings
) -> None:
    secured = spelled.value
    if not isinstance(secured, dict):
        findings.invalid("not_a_certificate")
        return
    findings.certificate = secured
    findings.check("canonical_form", "passed")
    proof = proof_of(secured, findings)
    if proof is None:
        findings.check("signature", "not_checked")
        return
    check_signature(secured, proof, findings, spelled.without("proof"))
    form = credential_form(secured, findings)
    key = check_issuer(proof, form, asked.trust, findings)
    recorded = None
    in_log = 0  # the size from which on a log holds the certificate
    if form is not None:
        check_window(form, asked.at, findings)
        for evidence in look_up(form.number, log, asked.find_in_log, findings):
            recorded = check_log(secured, form.number, form.environment, evidence, asked.trust, findings)
            in_log = max(in_log, evidence.index + 1) if recorded else in_log
        if form.environment == "demonstration":
            findings.note("demonstration")
        if form.environment == "test":
            findings.note("test_environment")
    if key is not None:
        by_another_key = recorded is not None and recorded[1].id != key.id
        check_key_not_revoked(proof, key, recorded[0] if recorded and by_another_key else None, findings)
    if form is None or asked.status_list is None:
        findings.check("status", "not_checked")
        findings.note("status_not_checked")
    else:
        _check_status(form, asked, in_log, findings)


def _check_status(form: CredentialForm, asked: Asked, in_log: int, findings: Findings) -> None:
    try:
        status = read_status_list(asked.status_list or b"", trust=asked.trust)
    except RatedPartsError as error:  # the list is of no use, which says nothing of the certificate
        findings.check("status", "unknown")
        findings.cannot_tell(error.code, **error.parameters)
    else:
        check_status(status, form.number, form.environment, form.valid_from, asked.at, in_log, findings)
