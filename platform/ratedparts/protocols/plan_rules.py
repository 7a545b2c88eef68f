"""What only the plan can decide: the units and lots, the days, the instruments and the laboratory's scope.

A fault that many rows share is told once, at the first of them, with the number of ``rows``.
Days are those of Asia/Shanghai, which has kept UTC+8 without summer time since 1991.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from ratedparts.protocols.model import Protocol
from ratedparts.protocols.plan_shape import Instrument, Plan
from ratedparts.protocols.report import FaultList, Instants, Table

SHANGHAI_OFFSET = np.timedelta64(8, "h")


def check_plan(plan: Plan, table: Table, protocol: Protocol, faults: FaultList) -> dict[str, int]:
    """Check the file against its plan.

    The answer is, per lot, the planned units that are neither there nor declared missing.
    """
    if plan.plan_id is not None:
        for plan_id, rows in _groups(table.texts.get("plan_id", [])):
            if plan_id != plan.plan_id:
                _add("unknown_plan", rows, "plan_id", plan_id, table, faults, expected=plan.plan_id)
    days = _days(table.instants.get("measured_at"))
    _check_days(plan, days, table, protocol, faults)
    _check_duration(days, table, protocol, faults)
    if plan.instruments is not None:
        _check_instruments(plan.instruments, days, table, faults)
    return _check_units(plan, table, faults)


def _groups(values: list[str]) -> Iterator[tuple[str, list[int]]]:
    """Each value that is not blank with its rows."""
    rows_of: dict[str, list[int]] = {}
    for row, value in enumerate(value.strip() for value in values):
        if value:
            rows_of.setdefault(value, []).append(row)
    yield from rows_of.items()


def _add(
    code: str, rows: list[int], column: str, given: str, table: Table, faults: FaultList, **parameters: object
) -> None:
    faults.add(code, table.lines[rows[0]], column, given, rows=len(rows), **parameters)


def _days(instants: Instants | None) -> list[str]:
    """The Asia/Shanghai day of each row, '' where there is none."""
    if instants is None:
        return []
    texts = np.datetime_as_string(instants + SHANGHAI_OFFSET, unit="D")
    return ["" if text == "NaT" else str(text) for text in texts]


def _check_days(plan: Plan, days: list[str], table: Table, protocol: Protocol, faults: FaultList) -> None:
    scope = None
    if plan.scope is not None:
        scope = [entry for entry in plan.scope if entry.protocol in (protocol.id, protocol.name)]
        if not scope:
            named = [entry.protocol for entry in plan.scope]
            faults.add(
                "outside_scope", None, "plan.scope", protocol.name, expected=named, day=None, rows=table.rows
            )
    for text, rows in _groups(days):
        day = date.fromisoformat(text)
        given = table.texts["measured_at"][rows[0]]
        if not _within(day, plan.started_on, plan.ended_on):
            _add(
                "outside_test_dates",
                rows,
                "measured_at",
                given,
                table,
                faults,
                day=text,
                started_on=_iso(plan.started_on),
                ended_on=_iso(plan.ended_on),
            )
        if scope and not any(_within(day, entry.valid_from, entry.valid_until) for entry in scope):
            periods = [[_iso(entry.valid_from), _iso(entry.valid_until)] for entry in scope]
            _add("outside_scope", rows, "measured_at", given, table, faults, day=text, expected=periods)


def _check_duration(days: list[str], table: Table, protocol: Protocol, faults: FaultList) -> None:
    """A test of so many hours cannot fit into fewer days; first and last day count whole."""
    readouts = table.numbers.get("readout")
    known = sorted(day for day in days if day)
    if protocol.metric != "hours" or readouts is None or not known or np.isnan(readouts).all():
        return
    available = ((date.fromisoformat(known[-1]) - date.fromisoformat(known[0])).days + 1) * 24.0
    row = int(np.nanargmax(readouts))
    if readouts[row] > available:
        given = table.texts["readout"][row]
        faults.add(
            "longer_than_its_dates",
            table.lines[row],
            "readout",
            given,
            hours=float(readouts[row]),
            available=available,
        )


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _check_instruments(
    register: tuple[Instrument, ...], days: list[str], table: Table, faults: FaultList
) -> None:
    known: dict[str, list[Instrument]] = {}  # one entry a calibration: an instrument may have several
    for instrument in register:
        known.setdefault(instrument.instrument_id, []).append(instrument)
    for identifier, rows in _groups(table.texts.get("instrument_id", [])):
        if identifier not in known:
            expected = sorted(known)
            _add("instrument_unknown", rows, "instrument_id", identifier, table, faults, expected=expected)
            continue
        rows_of_day: dict[str, list[int]] = {}
        for row in rows:
            if days[row]:
                rows_of_day.setdefault(days[row], []).append(row)
        for text, rows_then in rows_of_day.items():
            day = date.fromisoformat(text)
            entries = known[identifier]
            if not any(_within(day, entry.calibrated_on, entry.calibration_due_on) for entry in entries):
                periods = [[_iso(entry.calibrated_on), _iso(entry.calibration_due_on)] for entry in entries]
                _add(
                    "calibration_expired",
                    rows_then,
                    "instrument_id",
                    identifier,
                    table,
                    faults,
                    day=text,
                    expected=periods,
                )


def _check_units(plan: Plan, table: Table, faults: FaultList) -> dict[str, int]:
    first_rows = _first_row_of_units(table)
    for index, missing in enumerate(plan.missing_units):
        if missing.unit_id in first_rows:
            line = table.lines[first_rows[missing.unit_id]]
            path = f"plan.missing_units[{index}].unit_id"
            faults.add("missing_unit_present", line, "unit_id", missing.unit_id, declared=path)
    if plan.lots is None:
        return {}
    lots = table.texts["lot_code"]
    planned = {lot.lot_code: lot.units for lot in plan.lots}
    for lot, rows in _groups(lots):
        if lot not in planned:
            _add("unknown_lot", rows, "lot_code", lot, table, faults, expected=sorted(planned))
    rows_of_lot: dict[str, list[int]] = {lot: [] for lot in planned}
    for row in first_rows.values():
        if lots[row] in rows_of_lot:
            rows_of_lot[lots[row]].append(row)
    return _missing_units(plan, planned, rows_of_lot, table, faults)


def _missing_units(
    plan: Plan,
    planned: Mapping[str, int | None],
    rows_of_lot: Mapping[str, list[int]],
    table: Table,
    faults: FaultList,
) -> dict[str, int]:
    undeclared: dict[str, int] = {}
    for lot, count in planned.items():
        found = rows_of_lot[lot]
        if count is None:
            continue
        if len(found) > count:
            line = table.lines[found[count]]  # the first unit beyond the plan
            faults.add("too_many_units", line, "lot_code", lot, found=len(found), expected=count)
        declared = sum(1 for unit in plan.missing_units if unit.lot_code == lot)
        if count - len(found) - declared > 0:
            undeclared[lot] = count - len(found) - declared
    return undeclared


def _first_row_of_units(table: Table) -> dict[str, int]:
    first: dict[str, int] = {}
    for row, unit in enumerate(table.texts.get("unit_id", [])):
        if unit:
            first.setdefault(unit, row)
    return first
