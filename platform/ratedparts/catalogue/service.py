"""Published parts as the database has them: live, one at a time or a few."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from ratedparts.certificates.models import Certificate, CertificateStanding
from ratedparts.db import Work

from .models import PublishedPart


def published_part(work: Work, part_id: uuid.UUID) -> PublishedPart | None:
    return work.session.get(PublishedPart, part_id)


def in_order(work: Work, part_ids: Iterable[uuid.UUID]) -> list[PublishedPart]:
    """The rows of these parts, as asked for; one that was taken away meanwhile is left out."""
    wanted = list(part_ids)
    query = select(PublishedPart).where(PublishedPart.part_id.in_(wanted), in_force(work.at))
    rows = {row.part_id: row for row in work.session.scalars(query)}
    return [rows[part_id] for part_id in wanted if part_id in rows]


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


def families_published(work: Work) -> dict[str, int]:
    """How many parts of each family are to be found now."""
    query = select(PublishedPart.family, func.count()).where(in_force(work.at)).group_by(PublishedPart.family)
    return {row[0]: row[1] for row in work.session.execute(query)}


def in_force(at: datetime) -> ColumnElement[bool]:
    """A certificate's standing is read live, so that a revocation shows at once."""
    standing = select(CertificateStanding.state).where(
        CertificateStanding.number == PublishedPart.certificate_number
    )
    return or_(
        PublishedPart.kind == "analysed",
        (PublishedPart.valid_until > at)
        & ((PublishedPart.kind == "generated") | (standing.scalar_subquery() == "valid")),
    )
