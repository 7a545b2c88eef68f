"""Notices of change (PCN): what a maker changes in a series, and since when."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from ratedparts.calendar_days import day_of, start_of
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.free_text import text_faults
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, record_by

from .models import ChangeNotice, Part
from .parts import own_series

LONGEST_CHANGE = 2000
FARTHEST_AHEAD = timedelta(days=730)


def register_change_notice(
    work: Work,
    actor: Actor,
    *,
    series_id: uuid.UUID,
    effective_on: date,
    change: str,
    delta_qualification: str | None = None,
) -> ChangeNotice:
    """Tell of a change of the series.

    From ``effective_on`` on, evidence of tests that began before it no longer counts, unless a
    ``delta_qualification`` (its document) shows that the change does not matter.  Every part is judged anew.
    """
    actor.require("maker")
    series = own_series(work, actor, series_id)
    faults = text_faults("change", change, LONGEST_CHANGE)
    if delta_qualification:
        faults += text_faults("delta_qualification", delta_qualification, 500)
    if effective_on > day_of(work.at) + FARTHEST_AHEAD:
        faults.append(Fault("day_too_far_ahead", column="effective_on", given=str(effective_on)))
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    notice = ChangeNotice(
        id=work.new_id(),
        series=series,
        effective_on=effective_on,
        change=change.strip(),
        delta_qualification=delta_qualification.strip() if delta_qualification else None,
        registered_by=actor.person_id,
        registered_at=work.at,
    )
    work.session.add(notice)
    work.session.flush()
    record_by(
        work,
        actor,
        "register_change_notice",
        "series",
        series.id,
        notice=str(notice.id),
        effective_on=effective_on.isoformat(),
    )
    effective_at = start_of(effective_on)
    for part_id in work.session.scalars(select(Part.id).where(Part.series_id == series.id)):
        enqueue(work, "series_changed", part_id=str(part_id))
        if effective_at > work.at:
            enqueue(work, "series_changed", not_before=effective_at, part_id=str(part_id))
    return notice


def change_notices_of(work: Work, series_id: uuid.UUID) -> list[ChangeNotice]:
    """Of a series, by the day on which they take effect."""
    query = select(ChangeNotice).where(ChangeNotice.series_id == series_id)
    return list(work.session.scalars(query.order_by(ChangeNotice.effective_on, ChangeNotice.id)))
