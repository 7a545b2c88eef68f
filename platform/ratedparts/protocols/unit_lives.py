"""Rules of a file in which one row is a group of units alike with the interval of their failure."""

from __future__ import annotations

import numpy as np

from ratedparts.protocols.report import FaultList, Table


def check_lives(table: Table, faults: FaultList) -> int:
    """Check intervals and counts; the number of units.

    An exact failure has ``lower_hours`` equal to ``upper_hours``; a blank ``upper_hours`` is a unit that
    had not failed.  An interval is empty that runs backwards or says nothing: from 0 to never, or a failure
    at 0.
    """
    lower, upper, count = (table.numbers[name] for name in ("lower_hours", "upper_hours", "count"))
    given = np.array([cell != "" for cell in table.texts["upper_hours"]], dtype=bool)
    backwards = upper < lower
    at_zero = (lower == 0) & np.where(given, upper == 0, True)
    for row in np.flatnonzero(backwards | at_zero):
        texts = table.texts
        faults.add(
            "interval_empty",
            table.lines[row],
            "upper_hours" if given[row] else "lower_hours",
            texts["upper_hours"][row] if given[row] else texts["lower_hours"][row],
            lower=texts["lower_hours"][row],
            upper=texts["upper_hours"][row],
        )
    for row in np.flatnonzero(count < 1):
        faults.add("count_not_positive", table.lines[row], "count", table.texts["count"][row], minimum=1)
    _check_single_units(table, faults)
    return int(np.nansum(np.where(count >= 1, count, 0)))


def _check_single_units(table: Table, faults: FaultList) -> None:
    """Where units are named, each has one row, and that row is one unit."""
    first_line: dict[str, int] = {}
    for row, unit in enumerate(table.texts.get("unit_id", [])):
        if not unit:
            continue
        line = table.lines[row]
        if unit in first_line:
            faults.add("duplicate_unit", line, "unit_id", unit, first_line=first_line[unit])
        elif table.numbers["count"][row] > 1:
            faults.add(
                "count_of_named_unit", line, "count", table.texts["count"][row], unit_id=unit, expected=1
            )
        first_line.setdefault(unit, line)
