"""What anybody may see of a shadow run: parts are named where their grade is public, and else counted.

A part's grade is public while the catalogue shows the very evaluation that was regraded.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from ratedparts.db import Page, Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.evaluations.models import ShadowDifference

from .models import PublishedPart
from .service import in_force

LINES = 50


@dataclass(frozen=True)
class NamedDifference:
    part: PublishedPart
    difference: ShadowDifference


def named_differences(
    work: Work,
    run_id: uuid.UUID,
    *,
    direction: str | None = None,
    family: str | None = None,
    cursor: str | None = None,
    limit: int = LINES,
) -> Page[NamedDifference]:
    """In the order of the parts' ids.  Raises ``query_refused``."""
    query = _public(run_id, PublishedPart, ShadowDifference, at=work.at)
    if direction:
        query = query.where(ShadowDifference.direction == direction)
    if family:
        query = query.where(ShadowDifference.family == family)
    if cursor:
        query = query.where(ShadowDifference.part_id > _part_id(cursor))
    rows = work.session.execute(query.order_by(ShadowDifference.part_id).limit(limit + 1)).all()
    found = tuple(NamedDifference(part, difference) for part, difference in rows[:limit])
    return Page(found, str(found[-1].part.part_id) if len(rows) > limit else None)


def every_named_difference(work: Work, run_id: uuid.UUID) -> Iterator[NamedDifference]:
    """All of them, a page at a time."""
    cursor: str | None = None
    while True:
        page = named_differences(work, run_id, cursor=cursor, limit=1000)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def count_named(work: Work, run_id: uuid.UUID) -> dict[str, int]:
    """How many parts of each direction are named."""
    query = _public(run_id, ShadowDifference.direction, func.count(), at=work.at)
    return {row[0]: row[1] for row in work.session.execute(query.group_by(ShadowDifference.direction))}


def _public(run_id: uuid.UUID, *columns: Any, at: Any) -> Select[Any]:
    same = and_(
        PublishedPart.part_id == ShadowDifference.part_id,
        PublishedPart.evaluation_id == ShadowDifference.evaluation_id,
    )
    return (
        select(*columns)
        .select_from(ShadowDifference)
        .join(PublishedPart, same)
        .where(ShadowDifference.run_id == run_id, in_force(at))
    )


def _part_id(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(cursor)
    except ValueError:
        fault = Fault("cursor_unknown", column="cursor", given=cursor[:80])
        raise RatedPartsError("query_refused", items=[fault]) from None
