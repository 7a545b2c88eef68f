"""Every signed PDF is whole, is signed by a key on record, and carries the certificate's own bytes."""

from __future__ import annotations

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate, CertificateDocument
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import TrustedKeys, verify_file
from ratedparts.proofs.pdf_attachment import read_pdf

from .contained import contained
from .findings import Findings
from .recorded_keys import recorded_keys
from .store import Store

AT_ONCE = 50


def check_documents(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        keys = recorded_keys(work)
        count = work.session.scalar(select(func.count()).select_from(CertificateDocument)) or 0
        query = (
            select(CertificateDocument, Certificate)
            .join(Certificate, Certificate.number == CertificateDocument.number)
            .order_by(CertificateDocument.number)
            .execution_options(yield_per=AT_ONCE)
        )
        for document, certificate in findings.each(work.session.execute(query), count):
            with contained(findings, f"certificate_document {document.number}"):
                _check_one(store, document, certificate, keys, findings)
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
    findings: Findings,
) -> None:
    place = f"certificate_document {document.number}"
    try:
        content = store.blobs.get(document.signed_digest)
    except RatedPartsError:
        return  # the check of blobs names it
    if read_pdf(content) != certificate.credential.encode("utf-8"):
        findings.invalid("document_of_another_certificate", place=place)
    told = verify_file(content, trust=keys, at=certificate.valid_from)
    for check in told.checks:
        if check.name.startswith("pdf") and check.result != "passed":
            findings.invalid("document_signature_fails", place=place, check=check.name)
