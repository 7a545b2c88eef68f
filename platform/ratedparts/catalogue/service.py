"""Publishing parts, and finding them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from ratedparts.certificates.models import Certificate, CertificateStanding
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.grading import GRADES
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.models import Part

from .models import PublishedPart

PAGE = 25
ANALYSED_LAST = len(GRADES)


@dataclass(frozen=True)
class Found:
    items: tuple[PublishedPart, ...]
    total: int
    next_cursor: str | None


def refresh(work: Work, library: ProtocolLibrary, part_id: uuid.UUID) -> None:
    """Make the part's public row say what is so now, or take it away where nothing is public."""
    part = work.session.get_one(Part, part_id)
    existing = work.session.get(PublishedPart, part_id)
    certificate = _current_certificate(work, part_id)
    evaluation: Evaluation | None
    if certificate is not None:
        evaluation = certificate.intent.review.evaluation
    else:
        evaluation = current_evaluation(work, part_id)
        if evaluation is None or evaluation.state != "analysed":
            if existing is not None:
                work.session.delete(existing)
            return
    family = library.family(part.family)
    row = existing or PublishedPart(part_id=part_id)
    row.kind = "rated" if certificate else "analysed"
    row.part_number = part.part_number
    row.maker_en, row.maker_zh = part.maker.name_en, part.maker.name_zh
    row.series, row.family, row.attributes = part.series.name, part.family, part.attributes
    row.grade = certificate.grade if certificate else None
    row.grade_order = GRADES.index(certificate.grade) if certificate else ANALYSED_LAST
    decision = evaluation.decision or {}
    row.vector, row.figures = decision.get("vector", {}), decision.get("figures", {})
    row.certificate_number = certificate.number if certificate else None
    row.evaluation_id = evaluation.id
    row.source, row.example = part.source, part.maker.example
    words = [part.part_number, row.maker_en, row.maker_zh, row.series, family.title.en, family.title.zh]
    row.search_text = "\n".join(words).lower()
    row.published_at = work.at
    work.session.add(row)


def search(
    work: Work,
    *,
    text: str = "",
    family: str | None = None,
    grade_at_least: str | None = None,
    ranges: Mapping[str, tuple[float | None, float | None]] | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Found:
    """Published parts, best grade first, then by part number.  Only certificates in force count as rated.

    ``ranges``: attribute → smallest and largest value, either of which may be None; a part without the
    attribute is outside.
    """
    query = select(PublishedPart).where(in_force(work.at))
    for word in text.lower().split()[:10]:
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(PublishedPart.search_text.like(f"%{escaped}%", escape="\\"))
    if family:
        query = query.where(PublishedPart.family == family)
    if grade_at_least:
        if grade_at_least not in GRADES[:-1]:
            expected = {"expected": list(GRADES[:-1])}
            fault = Fault("not_a_choice", column="grade_at_least", given=grade_at_least, parameters=expected)
            raise RatedPartsError("query_refused", items=[fault])
        query = query.where(PublishedPart.grade_order <= GRADES.index(grade_at_least))
    for name, (low, high) in (ranges or {}).items():
        value = PublishedPart.attributes[name].as_float()
        if low is not None:
            query = query.where(value >= low)
        if high is not None:
            query = query.where(value <= high)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (PublishedPart.grade_order, _by_code_point(work), PublishedPart.part_id)
    if cursor:
        query = query.where(_after(work, cursor))
    rows = list(work.session.scalars(query.order_by(*order).limit(limit + 1)))
    more = len(rows) > limit
    return Found(tuple(rows[:limit]), total, str(rows[limit - 1].part_id) if more else None)


def newest_rated(work: Work, limit: int = 6) -> list[PublishedPart]:
    """Rated parts by the day of their certificate, the newest first."""
    query = (
        select(PublishedPart)
        .join(Certificate, Certificate.number == PublishedPart.certificate_number)
        .where(in_force(work.at))
        .order_by(Certificate.issued_at.desc(), Certificate.number)
        .limit(limit)
    )
    return list(work.session.scalars(query))


def published_part(work: Work, part_id: uuid.UUID) -> PublishedPart | None:
    return work.session.get(PublishedPart, part_id)


def families_published(work: Work) -> dict[str, int]:
    """How many parts of each family are to be found now."""
    query = select(PublishedPart.family, func.count()).where(in_force(work.at)).group_by(PublishedPart.family)
    return {row[0]: row[1] for row in work.session.execute(query)}


def in_force(at: datetime) -> ColumnElement[bool]:
    """A certificate's standing is read live, so that a revocation shows at once."""
    live = (
        select(CertificateStanding.number)
        .join(Certificate)
        .where(CertificateStanding.state == "valid", Certificate.valid_until > at)
    )
    return or_(PublishedPart.kind == "analysed", PublishedPart.certificate_number.in_(live))


def _by_code_point(work: Work) -> Any:
    """Part numbers in the one order that both databases share, whatever the locale."""
    if work.session.get_bind().dialect.name == "postgresql":
        return PublishedPart.part_number.collate("C")
    return PublishedPart.part_number


def _after(work: Work, cursor: str) -> Any:
    try:
        last = work.session.get(PublishedPart, uuid.UUID(cursor))
    except ValueError:
        last = None
    if last is None:
        raise RatedPartsError(
            "query_refused", items=[Fault("cursor_unknown", column="cursor", given=cursor[:80])]
        )
    return or_(
        PublishedPart.grade_order > last.grade_order,
        and_(PublishedPart.grade_order == last.grade_order, _by_code_point(work) > last.part_number),
        and_(
            PublishedPart.grade_order == last.grade_order,
            PublishedPart.part_number == last.part_number,
            PublishedPart.part_id > last.part_id,
        ),
    )


def _current_certificate(work: Work, part_id: uuid.UUID) -> Certificate | None:
    query = (
        select(Certificate)
        .join(CertificateStanding, CertificateStanding.number == Certificate.number)
        .where(Certificate.part_id == part_id, CertificateStanding.state == "valid")
    )
    return work.session.scalars(query).first()
