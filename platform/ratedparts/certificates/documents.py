"""The signed PDF of a certificate: made once, when it is issued, and kept."""

from __future__ import annotations

import json

from ratedparts.blobs.store import BlobStore
from ratedparts.db import Work
from ratedparts.proofs import canonical_bytes, digest_of

from .evaluation_plots import stored_plot
from .models import Certificate, CertificateDocument
from .pdf import render_certificate_pdf
from .signing_keys import SigningKeys


def make_document(
    work: Work, certificate: Certificate, *, keys: SigningKeys, blobs: BlobStore
) -> CertificateDocument:
    """Sign the certificate's page and keep it; what was kept before stays.

    The bytes are kept before the row that names them.  Raises what rendering and signing raise; then nothing
    of it is on record.
    """
    from .pdf_signature import sign_pdf  # what it stands on takes long to load, and only an issuer needs it

    known = work.session.get(CertificateDocument, certificate.number)
    if known is not None:
        return known
    unsigned = unsigned_document(work, certificate)
    signed = sign_pdf(unsigned, keys.current(work, "documents"), work.at)
    document = CertificateDocument(
        number=certificate.number,
        unsigned_digest=digest_of(unsigned),
        signed_digest=blobs.put(signed),
        signed_at=work.at,
    )
    work.session.add(document)
    work.session.flush()
    return document


def stored_document(work: Work, certificate: Certificate, blobs: BlobStore) -> bytes | None:
    """The signed PDF; None where the certificate was issued without one.

    Raises ``blob_missing``, ``blob_damaged``.
    """
    known = work.session.get(CertificateDocument, certificate.number)
    return None if known is None else blobs.get(known.signed_digest)


def unsigned_document(work: Work, certificate: Certificate) -> bytes:
    """The page of a certificate in force: the same bytes whenever it is made."""
    return render_certificate_pdf(
        json.loads(certificate.credential),
        json.loads(canonical_bytes(certificate.intent.review.evaluation.dossier)),
        exact_json=certificate.credential.encode("utf-8"),
        plot=plot_of(work, certificate),
    )


def plot_of(work: Work, certificate: Certificate) -> bytes | None:
    """The plot drawn when the part was evaluated; None where it has still to be drawn."""
    return stored_plot(work, certificate.intent.review.evaluation_id)
