"""Every blob that a row names is there and has its digest; those that no row names are told."""

from __future__ import annotations

from sqlalchemy import select

from ratedparts.certificates.models import CertificateDocument
from ratedparts.db import Work
from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import AdvisoryLook, Evidence
from ratedparts.submissions.models import Submission

from .findings import Findings
from .store import Store

LOST = ("blob_missing", "blob_damaged")  # what this check names, and the others need not
NAMING = {  # place → column
    "evidence.digest": Evidence.digest,
    "evidence.columns_digest": Evidence.columns_digest,
    "submission.evidence_digest": Submission.evidence_digest,
    "advisory_look.first_readings_digest": AdvisoryLook.first_readings_digest,
    "certificate_document.signed_digest": CertificateDocument.signed_digest,
}


def check_blobs(store: Store, findings: Findings) -> None:
    # Listed first: what comes in after that is named by no row that is looked at, and told of nowhere.
    there = set(store.blobs.digests())
    with store.reading() as work:
        named = _named(work)
    for digest, place in findings.each(sorted(named.items()), len(named)):
        try:
            store.blobs.require(digest)
        except RatedPartsError as error:
            if error.code == "blob_missing":
                findings.invalid("kept_blob_missing", place=place, digest=digest)
            elif error.code not in LOST:
                raise  # a store that is away has not damaged anything
            else:
                findings.invalid("kept_blob_damaged", place=place, digest=digest)
    for digest in sorted(there - named.keys()):
        findings.note("kept_blob_unnamed", place=f"blob {digest}")


def _named(work: Work) -> dict[str, str]:
    """Digest → the first place that names it."""
    named: dict[str, str] = {}
    for place, column in NAMING.items():
        for digest in work.session.scalars(select(column).where(column.is_not(None)).distinct()):
            if digest is not None:
                named.setdefault(digest, place)
    return named
