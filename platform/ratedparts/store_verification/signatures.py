"""Every signature that was made holds, by the keys that are on record: certificates and judgements."""

from __future__ import annotations

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate, IssuingKeyRecord
from ratedparts.proofs import TrustedKeys, parse_json
from ratedparts.review.models import ReviewStep

from .contained import contained
from .findings import Findings
from .recorded_keys import recorded_keys, signed_by_recorded_key
from .store import Store

AT_ONCE = 100


def check_signatures(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        with contained(findings, IssuingKeyRecord.__tablename__):
            TrustedKeys.from_json(recorded_keys(work).to_json())  # as whoever reads the list checks it
        keys = recorded_keys(work)
        certificates = select(Certificate.number, Certificate.credential).order_by(Certificate.number)
        judgements = (
            select(ReviewStep.review_id, ReviewStep.place, ReviewStep.record)
            .where(ReviewStep.record.is_not(None))
            .order_by(ReviewStep.review_id, ReviewStep.place)
        )
        count = sum(
            work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
            for query in (certificates, judgements)
        )
        rows = work.session.execute(certificates.execution_options(yield_per=AT_ONCE))
        for number, document in findings.each(rows, count):
            _check(f"certificate {number}", document, keys, findings)
        steps = work.session.execute(judgements.execution_options(yield_per=AT_ONCE))
        for review_id, place, record in findings.each(steps, count):
            _check(f"review_step {review_id} {place}", record or "", keys, findings)


def _check(place: str, document: str, keys: TrustedKeys, findings: Findings) -> None:
    with contained(findings, place):
        if not signed_by_recorded_key(parse_json(document), keys):
            findings.invalid("signature_does_not_hold", place=place)
