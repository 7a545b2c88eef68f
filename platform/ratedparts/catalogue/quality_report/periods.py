"""The periods of a report: quarters and years of the calendar in Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from ratedparts.calendar_days import day_of, start_of
from ratedparts.errors import Fault, RatedPartsError

_NAME = re.compile(r"(20\d\d)(?:-Q([1-4]))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """``2026-Q3`` or ``2026``; ``quarter`` is None for a whole year."""

    year: int
    quarter: int | None = None

    @property
    def name(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else f"{self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def begins_at(self) -> datetime:
        return start_of(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        following = 3 * (self.quarter or 4) + 1
        return start_of(date(self.year + following // 13, following % 12 or 12, 1))

    def closed(self, at: datetime) -> bool:
        return at >= self.ends_at

    def counted_until(self, at: datetime) -> datetime:
        """Its end; before that, the last midnight, so that a report is the same all day."""
        return min(self.ends_at, max(self.begins_at, start_of(day_of(at))))

    def quarters(self) -> tuple[Period, ...]:
        return (self,) if self.quarter else tuple(Period(self.year, one) for one in (1, 2, 3, 4))


def period_named(name: str, at: datetime) -> Period:
    """Raises ``query_refused`` for what is no period, or one that has not begun."""
    told = _NAME.fullmatch(name)
    period = Period(int(told[1]), int(told[2]) if told[2] else None) if told else None
    if period is None or period.begins_at > at:
        code = "period_unknown" if period is None else "period_not_begun"
        fault = Fault(code, column="period", given=name[:80], parameters={"expected": "2026-Q3"})
        raise RatedPartsError("query_refused", items=[fault])
    return period


def quarter_of(at: datetime) -> Period:
    day = day_of(at)
    return Period(day.year, (day.month + 2) // 3)


def periods_between(first: datetime, last: datetime) -> list[Period]:
    """Every quarter and year that the time from ``first`` to ``last`` touches, the newest first."""
    found = []
    for year in range(day_of(last).year, day_of(first).year - 1, -1):
        found.append(Period(year))
        quarters = (Period(year, quarter) for quarter in (4, 3, 2, 1))
        found += [one for one in quarters if one.begins_at <= last and one.ends_at > first]
    return found
