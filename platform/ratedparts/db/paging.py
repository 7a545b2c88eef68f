"""Lists a page at a time: by key, so that rows that come in between shift nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from ratedparts.errors import Fault, RatedPartsError

from .database import Work

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """``next_cursor`` asks for what follows; None at the end."""

    items: tuple[Row, ...]
    next_cursor: str | None


def newest_first(
    work: Work,
    query: Select[Row],
    key: InstrumentedAttribute[uuid.UUID],
    cursor: str | None,
    limit: int,
) -> Page[Row]:
    """A page of rows whose ``key`` is a UUIDv7, which grows with time.  Raises ``query_refused``."""
    if cursor:
        try:
            query = query.where(key < uuid.UUID(cursor))
        except ValueError:
            fault = Fault("cursor_unknown", column="cursor", given=cursor[:80])
            raise RatedPartsError("query_refused", items=[fault]) from None
    rows: list[Any] = list(work.session.scalars(query.order_by(key.desc()).limit(limit + 1)))
    more = len(rows) > limit
    return Page(tuple(rows[:limit]), str(getattr(rows[limit - 1], key.key)) if more else None)
