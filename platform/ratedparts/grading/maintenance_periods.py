"""What was tested in each period since a level was granted (clause 6.7)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

from .dossier import Granted
from .evidence import Evidence, add_months
from .exposure import Exposure
from .figures import MaintainedFigures, PeriodFigures


def measure_maintenance(
    granted: Granted, evidence: Evidence, everything: Exposure, months: int, evaluated_on: date
) -> MaintainedFigures:
    """A test belongs to the period in which it ended, whatever its plan was made for.

    ``everything``: all live tests of the failure rate, brought to the use condition.
    """
    looked_back = granted.judged_to if granted.lowered_on is None else granted.lowered_on
    periods = tuple(
        PeriodFigures(end, end < evaluated_on, *_tested(evidence, everything, start, end))
        for start, end in _periods(granted.on, months, evaluated_on)
        if end > looked_back
    )
    return MaintainedFigures(
        granted.level, granted.confidence, granted.judged_to, granted.lowered_on, periods
    )


def running_period(on: date, months: int, evaluated_on: date) -> date:
    """The last day of the period in which the decision falls, of those counted from ``on``."""
    return list(_periods(on, months, evaluated_on))[-1][1]


def _periods(on: date, months: int, until: date) -> Iterator[tuple[date, date]]:
    """Each from the day after the first to the second, the last with ``until`` in it."""
    start = on
    for number in itertools.count(1):
        end = add_months(on, months * number)
        yield start, end
        if end >= until:
            return
        start = end


def _tested(evidence: Evidence, everything: Exposure, after: date, until: date) -> tuple[int, float]:
    """Failures and unit-hours; of a plan that was not registered the failures alone count (P1)."""
    lots = tuple(one for one in everything.lots if after < one.test.ended_on <= until)
    unregistered = sum(
        lot.failures
        for report in evidence.reliability
        if not report.test.registered and after < report.test.ended_on <= until
        for lot in report.test.lots
    )
    tested = Exposure(lots, unregistered)
    return tested.failures, tested.unit_hours
