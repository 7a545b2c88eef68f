"""What only the plan can decide: the units and lots, the days, the instruments and the laboratory's scope.

A fault that many rows share is told once, at the first of them, with the number of ``rows``.
Days are those of Asia/Shanghai, which has kept UTC+8 without summer time since 1991.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ratedparts.protocols.model import Protocol
from ratedparts.protocols.plan_shape import Instrument, Plan
from ratedparts.protocols.report import FaultList

if TYPE_CHECKING:  # its columnar reader takes a while to load, and only files with a plan need it
    from ratedparts.protocols.plan_tally import Occurrence, PlanTally


def check_plan(plan: Plan, tally: PlanTally, protocol: Protocol, faults: FaultList) -> dict[str, int]:
    """Check what was counted of the file against its plan.

    The answer is, per lot, the planned units that are neither there nor declared missing.
    """
    if plan.plan_id is not None:
        for plan_id, found in tally.plans.items():
            if plan_id != plan.plan_id:
                _add("unknown_plan", found, "plan_id", faults, expected=plan.plan_id)
    _check_days(plan, tally, protocol, faults)
    _check_duration(tally, protocol, faults)
    if plan.instruments is not None:
        _check_instruments(plan.instruments, tally, faults)
    return _check_units(plan, tally, faults)


def _add(code: str, found: Occurrence, column: str, faults: FaultList, **parameters: object) -> None:
    faults.add(code, found.line, column, found.given, rows=found.rows, **parameters)


def _check_days(plan: Plan, tally: PlanTally, protocol: Protocol, faults: FaultList) -> None:
    scope = None
    if plan.scope is not None:
        scope = [entry for entry in plan.scope if entry.protocol in (protocol.id, protocol.name)]
        if not scope:
            named = [entry.protocol for entry in plan.scope]
            faults.add(
                "outside_scope", None, "plan.scope", protocol.name, expected=named, day=None, rows=tally.rows
            )
    for day, found in sorted(tally.days.items()):
        if not _within(day, plan.started_on, plan.ended_on):
            _add(
                "outside_test_dates",
                found,
                "measured_at",
                faults,
                day=day.isoformat(),
                started_on=_iso(plan.started_on),
                ended_on=_iso(plan.ended_on),
            )
        if scope and not any(_within(day, entry.valid_from, entry.valid_until) for entry in scope):
            periods = [[_iso(entry.valid_from), _iso(entry.valid_until)] for entry in scope]
            _add("outside_scope", found, "measured_at", faults, day=day.isoformat(), expected=periods)


def _check_duration(tally: PlanTally, protocol: Protocol, faults: FaultList) -> None:
    """A test of so many hours cannot fit into fewer days; first and last day count whole."""
    if protocol.metric != "hours" or tally.longest_readout is None or not tally.days:
        return
    available = ((max(tally.days) - min(tally.days)).days + 1) * 24.0
    hours, line, given = tally.longest_readout
    if hours > available:
        faults.add("longer_than_its_dates", line, "readout", given, hours=hours, available=available)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _check_instruments(register: tuple[Instrument, ...], tally: PlanTally, faults: FaultList) -> None:
    known: dict[str, list[Instrument]] = {}  # one entry a calibration: an instrument may have several
    for instrument in register:
        known.setdefault(instrument.instrument_id, []).append(instrument)
    for identifier, found in tally.instruments.items():
        if identifier not in known:
            _add("instrument_unknown", found, "instrument_id", faults, expected=sorted(known))
    for (identifier, day), found in tally.instrument_days.items():
        entries = known.get(identifier, [])
        if entries and not any(_within(day, e.calibrated_on, e.calibration_due_on) for e in entries):
            periods = [[_iso(entry.calibrated_on), _iso(entry.calibration_due_on)] for entry in entries]
            _add("calibration_expired", found, "instrument_id", faults, day=day.isoformat(), expected=periods)


def _check_units(plan: Plan, tally: PlanTally, faults: FaultList) -> dict[str, int]:
    for index, missing in enumerate(plan.missing_units):
        line = tally.present.get(missing.unit_id)
        if line is not None:
            path = f"plan.missing_units[{index}].unit_id"
            faults.add("missing_unit_present", line, "unit_id", missing.unit_id, declared=path)
    if plan.lots is None:
        return {}
    planned = {lot.lot_code: lot.units for lot in plan.lots}
    for lot, found in tally.lots.items():
        if lot not in planned:
            _add("unknown_lot", found, "lot_code", faults, expected=sorted(planned))
    return _missing_units(plan, planned, tally, faults)


def _missing_units(
    plan: Plan, planned: dict[str, int | None], tally: PlanTally, faults: FaultList
) -> dict[str, int]:
    undeclared: dict[str, int] = {}
    for lot, count in planned.items():
        lines = tally.units_of(lot)
        if count is None:
            continue
        if len(lines) > count:
            line = int(lines[count])  # the first unit beyond the plan
            faults.add("too_many_units", line, "lot_code", lot, found=len(lines), expected=count)
        declared = sum(1 for unit in plan.missing_units if unit.lot_code == lot)
        if count - len(lines) - declared > 0:
            undeclared[lot] = count - len(lines) - declared
    return undeclared
