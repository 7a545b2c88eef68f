"""Every signed PDF is whole, is signed by a key on record, and carries the certificate's own bytes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate, CertificateDocument
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import TrustedKeys, verify_file
from ratedparts.proofs.pdf_attachment import read_pdf
from ratedparts.proofs.pdf_signature_check import CHECK

from .contained import contained
from .findings import Findings
from .kept_blobs import LOST
from .recorded_keys import recorded_keys
from .store import Store

AT_ONCE = 50


def check_documents(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        keys = recorded_keys(work)
        revoked = {key.id for key in published_keys(work).keys if key.revoked_at is not None}
        count = work.session.scalar(select(func.count()).select_from(CertificateDocument)) or 0
        query = (
            select(CertificateDocument, Certificate)
            .join(Certificate, Certificate.number == CertificateDocument.number)
            .order_by(CertificateDocument.number)
            .execution_options(yield_per=AT_ONCE)
        )
        for document, certificate in findings.each(work.session.execute(query), count):
            with contained(findings, f"certificate_document {document.number}"):
                _check_one(store, document, certificate, keys, revoked, findings)
        signed = select(CertificateDocument.number)
        for number in work.session.scalars(
            select(Certificate.number).where(Certificate.number.not_in(signed)).order_by(Certificate.number)
        ):
            findings.note("certificate_without_document", place=f"certificate {number}")


def _check_one(
    store: Store,
    document: CertificateDocument,
    certificate: Certificate,
    keys: TrustedKeys,
    revoked: set[str],
    findings: Findings,
) -> None:
    place = f"certificate_document {document.number}"
    try:
        content = store.blobs.get(document.signed_digest)
    except RatedPartsError as error:
        if error.code in LOST:
            return  # the check of blobs names it
        raise
    if read_pdf(content) != certificate.credential.encode("utf-8"):
        findings.invalid("document_of_another_certificate", place=place)
    # A key that was revoked without an end of its window does not stand beside the one that came after it.
    standing = replace(keys, keys=tuple(key for key in keys.keys if key.id not in revoked))
    if not any(_holds(content, certificate, trust) for trust in (keys, standing)):
        findings.invalid("document_signature_fails", place=place, check=CHECK)


def _holds(content: bytes, certificate: Certificate, trust: TrustedKeys) -> bool:
    told = verify_file(content, trust=trust, at=certificate.valid_from)
    return any(check.name == CHECK and check.result == "passed" for check in told.checks)
