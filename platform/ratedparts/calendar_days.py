"""Days are those of Asia/Shanghai; a day ends at its midnight there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

# No summer time since 1991, so the offset is the zone.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def day_of(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The first instant of the day, in UTC."""
    return datetime.combine(day, time(0), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant at which the day is over, in UTC."""
    return start_of(day + timedelta(days=1))
