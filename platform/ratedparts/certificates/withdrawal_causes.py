"""Which certificates a cause hits: a laboratory, an instrument, a protocol version, a key, an engine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from ratedparts.blobs.store import BlobStore
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence, EvidenceWithdrawal
from ratedparts.organisations.register import laboratory
from ratedparts.review.models import Review
from ratedparts.submissions.models import TestPlan

from .models import Certificate, CertificateStanding, IssuanceIntent, IssuingKeyRecord

# What names the subject of each cause.
CAUSES: Mapping[str, tuple[str, ...]] = {
    "laboratory": ("laboratory_id",),
    "instrument": ("laboratory_id", "instrument_id"),
    "protocol": ("protocol",),
    "key": ("key_id",),
    "engine": ("engine_version",),
}
COLUMN = "instrument_id"  # of results files


def read_subject(work: Work, cause: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The subject of a cause, as a case keeps it.  Raises ``form_refused`` with every fault."""
    if cause not in CAUSES:
        known = {"expected": list(CAUSES)}
        raise _refused([Fault("not_a_choice", column="cause", given=cause[:80], parameters=known)])
    subject = {name: given.get(name, "").strip() for name in CAUSES[cause]}
    faults = [Fault("missing_value", column=name) for name, value in subject.items() if not value]
    if faults:
        raise _refused(faults)
    if "laboratory_id" in subject:
        try:
            laboratory(work, uuid.UUID(subject["laboratory_id"]))
        except ValueError:
            bad = subject["laboratory_id"][:80]
            raise _refused([Fault("not_a_choice", column="laboratory_id", given=bad)]) from None
    if cause == "key" and work.session.get(IssuingKeyRecord, subject["key_id"]) is None:
        raise _refused([Fault("not_a_choice", column="key_id", given=subject["key_id"][:80])])
    return subject


def certificates_hit(
    work: Work, blobs: BlobStore, cause: str, subject: Mapping[str, str], action: str
) -> list[Certificate]:
    """The certificates that rest on the subject and that the action could still reach, oldest first.

    Only what is in force can be suspended; whatever is not revoked yet can be revoked, since what has expired
    or was superseded was relied upon in its time.
    """
    reachable = ("valid",) if action == "suspend" else ("valid", "suspended", "superseded")
    query = (
        select(Certificate)
        .join(CertificateStanding, CertificateStanding.number == Certificate.number)
        .join(IssuanceIntent, IssuanceIntent.id == Certificate.intent_id)
        .join(Review, Review.id == IssuanceIntent.review_id)
        .join(Evaluation, Evaluation.id == Review.evaluation_id)
        .where(CertificateStanding.state.in_(reachable))
        .order_by(Certificate.issued_at, Certificate.number)
    )
    if action == "suspend":
        query = query.where(Certificate.valid_until > work.at)
    found = work.session.scalars(query.where(_CONDITIONS[cause](subject))).unique().all()
    if cause != "instrument":
        return list(found)
    return [one for one in found if _used(work, blobs, one, subject)]


def evidence_hit(work: Work, blobs: BlobStore, cause: str, subject: Mapping[str, str]) -> list[Evidence]:
    """The evidence that a cause makes worthless, whether a certificate rests on it or not, oldest first.

    A lost key and a wrong engine say nothing against any measurement.
    """
    if cause not in _OF_EVIDENCE:
        return []
    query = (
        select(Evidence)
        .join(TestPlan, TestPlan.id == Evidence.plan_id)
        .where(_OF_EVIDENCE[cause](subject), Evidence.id.not_in(select(EvidenceWithdrawal.evidence_id)))
        .order_by(Evidence.accepted_at, Evidence.digest)
    )
    found = work.session.scalars(query)
    return [
        one
        for one in found
        if cause != "instrument" or subject["instrument_id"] in instruments_in(blobs, one.columns_digest)
    ]


def _rests_on(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Evidence that a certificate rests on: its part's, as far as it was there when it was issued."""
    return exists().where(
        Evidence.plan_id == TestPlan.id,
        TestPlan.part_id == Certificate.part_id,
        Evidence.accepted_at <= Certificate.issued_at,
        condition,
    )


def _of_laboratory(subject: Mapping[str, str]) -> ColumnElement[bool]:
    return TestPlan.laboratory_id == uuid.UUID(subject["laboratory_id"])


Condition = Callable[[Mapping[str, str]], ColumnElement[bool]]
_OF_EVIDENCE: Mapping[str, Condition] = {
    "laboratory": _of_laboratory,
    "instrument": _of_laboratory,  # and then the files are looked into
    "protocol": lambda subject: Evidence.protocol == subject["protocol"],
}
_CONDITIONS: Mapping[str, Condition] = {
    "laboratory": lambda subject: _rests_on(_of_laboratory(subject)),
    "instrument": lambda subject: _rests_on(_of_laboratory(subject)),
    "protocol": lambda subject: _rests_on(_OF_EVIDENCE["protocol"](subject)),
    "key": lambda subject: Certificate.key_id == subject["key_id"],
    "engine": lambda subject: Evaluation.engine_version == subject["engine_version"],
}


def _used(work: Work, blobs: BlobStore, certificate: Certificate, subject: Mapping[str, str]) -> bool:
    """Whether a file of the laboratory's behind the certificate names the instrument."""
    files = (
        select(Evidence.columns_digest)
        .join(TestPlan, TestPlan.id == Evidence.plan_id)
        .where(
            TestPlan.part_id == certificate.part_id,
            TestPlan.laboratory_id == uuid.UUID(subject["laboratory_id"]),
            Evidence.accepted_at <= certificate.issued_at,
        )
    )
    return any(
        subject["instrument_id"] in instruments_in(blobs, digest) for digest in work.session.scalars(files)
    )


def instruments_in(blobs: BlobStore, columns_digest: str) -> frozenset[str]:
    """The instruments that a file of evidence names; none, where its protocol has no such column."""
    import polars as pl

    content = BytesIO(blobs.get(columns_digest))
    if COLUMN not in pl.read_parquet_schema(content):
        return frozenset()
    content.seek(0)
    named = pl.read_parquet(content, columns=[COLUMN])[COLUMN].unique().to_list()
    return frozenset(str(one) for one in named if one is not None)


def _refused(faults: list[Fault]) -> RatedPartsError:
    return RatedPartsError("form_refused", items=faults)
