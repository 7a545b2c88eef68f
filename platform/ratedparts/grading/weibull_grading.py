"""Lots graded by their own falling failure rate, as tantalum capacitors are (clauses 1.4 and 6.10.11)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ratedparts.protocols import WeibullGrade
from ratedparts.reliability import failure_rate_bound

from .dossier import Lot, Part
from .evidence import Report
from .failure_rate_levels import at_most
from .rule_set import UseCondition
from .stress import acceleration_factor

PERCENT_PER_1000_HOURS = 1e5
PASSES_AT = "C"  # that level, or a better one


@dataclass(frozen=True)
class GradedLot:
    """``rate``: in per cent per 1000 h at rated voltage; ``limit``: that of the level that passes.

    A lot whose plan was not on record can only count against the part (P1).
    """

    lot_code: str
    rate: float
    limit: float
    registered: bool

    @property
    def passed(self) -> bool:
        return at_most(self.rate, self.limit)


def graded_lots(reports: Iterable[Report], part: Part, rated: UseCondition) -> list[GradedLot]:
    """Every lot of the reports whose protocol grades lots."""
    found = []
    for report in reports:
        rule = report.protocol.weibull_grade
        if rule is None:
            continue
        factor = acceleration_factor(report.test, report.protocol, part, rated).value
        limit = next(level.percent_per_1000_hours for level in rule.levels if level.name == PASSES_AT)
        registered = report.test.registered
        found += [
            GradedLot(lot.lot_code, _rate(lot, rule, factor), limit, registered) for lot in report.test.lots
        ]
    return found


def _rate(lot: Lot, rule: WeibullGrade, factor: float) -> float:
    """Two points give shape and rate at the second; where they give no slope, the chi-square bound does."""
    units = lot.unit_count
    early, late = (_failed_by(lot, time) for time in (rule.first, rule.second))
    if 0 < early < late < units:
        first, second = (-math.log1p(-failures / units) for failures in (early, late))
        shape = math.log(second / first) / math.log(rule.second / rule.first)
        rate = shape * second / rule.second
    else:
        hours = sum(group.count * min(group.lower, rule.second) for group in lot.units)
        rate = failure_rate_bound(late, hours, rule.confidence) if hours > 0 else math.inf
    return rate / factor * PERCENT_PER_1000_HOURS


def _failed_by(lot: Lot, time: float) -> int:
    ends = [(group.upper if group.upper is not None else group.lower, group) for group in lot.units]
    return sum(group.count for end, group in ends if group.failed and at_most(end, time))
