"""Whether this is a restored copy that nobody has released yet: such a one signs nothing.

The world may have seen more of the log than the backup has.  To append to the log then would sign a second,
other log under the same name, and every later entry with it.
"""

from __future__ import annotations

from sqlalchemy import func, select

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import format_instant

from .models import Restoration


def unreleased(work: Work) -> list[Restoration]:
    """The restorations that hold this installation back, the oldest first."""
    query = select(Restoration).where(Restoration.released_at.is_(None))
    return list(work.session.scalars(query.order_by(Restoration.restored_at, Restoration.id)))


def require_released(work: Work) -> None:
    """Raises ``restored_not_released`` (instant: that of the backup)."""
    holding = unreleased(work)
    if holding:
        instant = format_instant(holding[-1].backed_up_at)
        raise RatedPartsError("restored_not_released", kind=Kind.UNAVAILABLE, instant=instant)


def status_lists_from(work: Work) -> int:
    """The least number of a status list that is to come: none that the world may have seen comes again."""
    return work.session.scalar(select(func.max(Restoration.status_lists_from))) or 1
