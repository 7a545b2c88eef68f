"""The rules between the rows of one unit, and the history that the evaluation reads.

Every unit has a readout 0 and every mandatory readout unless it ended before; its readouts are scheduled
ones, each taken once; nothing follows a failure, a removal or a loss.  The actual readout is analysed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ratedparts.protocols.model import Protocol, Readouts
from ratedparts.protocols.report import EXTERNAL, FaultList, Table, UnitHistory
from ratedparts.protocols.unit_rows import UnitRows

ENDED = ("fail", "removed", "lost")
_NO_INSTANT = np.iinfo(np.int64).min  # how numpy keeps an instant that could not be read


def check_histories(
    units: Sequence[UnitRows],
    table: Table,
    protocol: Protocol,
    outside_at_receipt: frozenset[int],
    faults: FaultList,
    stated: Mapping[str, str],
) -> tuple[UnitHistory, ...]:
    """Check each unit's rows against the schedule.

    ``outside_at_receipt``: the rows that lie outside the part's limits before any stress; ``stated``: what
    the file says first of each stress, where the table is only a part of the file.
    """
    readouts = protocol.readouts
    if readouts is None:
        raise ValueError(f"{protocol.name} has no readouts")  # its file could not have been loaded
    _check_endings(table, protocol, faults)
    _check_one_stress(table, protocol, stated, faults)
    histories = []
    for unit in units:
        if not unit.rows:
            continue
        scheduled = _check_schedule(unit, table, readouts, faults)
        end = _check_end(unit, table, faults)
        _check_presence(unit, scheduled, end, table, readouts, faults)
        _check_times(unit, table, faults)
        histories.append(_history(unit, end, table, outside_at_receipt))
    return tuple(histories)


def _check_endings(table: Table, protocol: Protocol, faults: FaultList) -> None:
    """Row by row: a failure names its mode, a removal its reason, and no other row does."""
    modes, reasons = table.texts["fail_mode"], table.texts["removed_reason"]
    for row, status in enumerate(table.texts["status"]):
        mode, reason, line = modes[row], reasons[row], table.lines[row]
        if status == "fail" and not mode:
            faults.add("fail_mode_missing", line, "fail_mode", "", expected=list(protocol.failure_modes))
        elif mode and mode not in protocol.failure_modes:
            faults.add("fail_mode_unknown", line, "fail_mode", mode, expected=list(protocol.failure_modes))
        elif mode and status in ("ok", "removed", "lost"):
            faults.add("fail_mode_unexpected", line, "fail_mode", mode, status=status, expected="")
        if status == "removed" and not reason.strip():
            faults.add("removed_reason_missing", line, "removed_reason", reason)
        elif reason and status in ("ok", "fail"):
            faults.add(
                "removed_reason_unexpected", line, "removed_reason", reason, status=status, expected=""
            )


def _check_one_stress(table: Table, protocol: Protocol, stated: Mapping[str, str], faults: FaultList) -> None:
    """A column that states a stress, such as the bias, says the same in every row: a file is one test."""
    for name in {stress.name for stress in protocol.stress} & set(table.columns):
        cells = table.texts[name]
        allowed = (protocol.column(name) or protocol.columns[0]).choices
        first = stated.get(name) or next((cell for cell in cells if cell in allowed), None)
        for row, cell in enumerate(cells):
            if cell in allowed and cell != first:
                faults.add("stress_varies", table.lines[row], name, cell, expected=first)


def scheduled_readout(hours: float, readouts: Readouts) -> float | None:
    """The scheduled readout that a reading at ``hours`` belongs to; readout 0 is exactly 0."""
    if hours == 0:
        return 0.0
    for scheduled in readouts.at:
        if scheduled > 0 and scheduled - readouts.early <= hours <= scheduled + readouts.late:
            return scheduled
    return None


def _check_schedule(unit: UnitRows, table: Table, readouts: Readouts, faults: FaultList) -> set[float | None]:
    """Which scheduled readouts the unit has; None stands for one that is not scheduled."""
    seen: dict[float | None, int] = {}
    for row in sorted(unit.rows):
        hours = float(table.numbers["readout"][row])
        given, line = table.texts["readout"][row], table.lines[row]
        scheduled = scheduled_readout(hours, readouts)
        if scheduled is None and table.texts["status"][row] == "removed":
            continue  # a unit is removed when its socket burns, not when a readout is due
        if scheduled is None:
            faults.add(
                "readout_not_scheduled",
                line,
                "readout",
                given,
                expected=list(readouts.at),
                early=readouts.early,
                late=readouts.late,
                unit=readouts.unit,
            )
        elif scheduled in seen:
            first_line = table.lines[seen[scheduled]]
            faults.add(
                "duplicate_readout", line, "readout", given, unit_id=unit.unit_id, first_line=first_line
            )
            continue
        seen.setdefault(scheduled, row)
    return set(seen)


def _check_end(unit: UnitRows, table: Table, faults: FaultList) -> int | None:
    """The row in which the unit ended, or None; every later row is a fault."""
    statuses, values = table.texts["status"], table.numbers["readout"]
    end = next((row for row in unit.rows if statuses[row] in ENDED), None)
    if end is None:
        return None
    for row in unit.rows:
        if values[row] > values[end]:
            faults.add(
                "after_the_end",
                table.lines[row],
                "readout",
                table.texts["readout"][row],
                unit_id=unit.unit_id,
                status=statuses[end],
                ended_at=table.texts["readout"][end],
                ended_line=table.lines[end],
            )
    return end


def _check_presence(
    unit: UnitRows,
    scheduled: set[float | None],
    end: int | None,
    table: Table,
    readouts: Readouts,
    faults: FaultList,
) -> None:
    if unit.doubtful or None in scheduled:
        return  # the readout that seems to be missing may be the one that could not be placed
    if 0.0 not in scheduled:
        faults.add(
            "no_initial_readout",
            table.lines[min(unit.rows)],
            "readout",
            None,
            unit_id=unit.unit_id,
            expected=0,
        )
    last = float("inf") if end is None else float(table.numbers["readout"][end])
    for mandatory in readouts.mandatory:
        if 0 < mandatory < last and mandatory not in scheduled:
            faults.add(
                "mandatory_readout_missing",
                table.lines[max(unit.rows)],
                "readout",
                None,
                unit_id=unit.unit_id,
                expected=mandatory,
                unit=readouts.unit,
            )


def _check_times(unit: UnitRows, table: Table, faults: FaultList) -> None:
    """A later readout was not measured before an earlier one."""
    instants, texts = table.instants["measured_at"], table.texts["measured_at"]
    microseconds = instants[list(unit.rows)].view(np.int64).tolist()
    latest: int | None = None
    before = _NO_INSTANT
    for row, instant in zip(unit.rows, microseconds, strict=True):
        if instant == _NO_INSTANT:
            continue
        if instant < before:
            assert latest is not None
            faults.add(
                "measured_out_of_order",
                table.lines[row],
                "measured_at",
                texts[row],
                unit_id=unit.unit_id,
                earlier_readout_at=texts[latest],
                earlier_line=table.lines[latest],
            )
        else:
            latest, before = row, instant


def _history(
    unit: UnitRows, end: int | None, table: Table, outside_at_receipt: frozenset[int]
) -> UnitHistory:
    values = table.numbers["readout"]
    rows = unit.rows if end is None else unit.rows[: unit.rows.index(end) + 1]
    readouts = tuple(float(values[row]) for row in rows)
    last = rows[-1]
    status = table.texts["status"][last] if end is not None else "ok"
    before = readouts[-2] if len(readouts) > 1 else 0.0
    failed = status == "fail"
    return UnitHistory(
        lot_code=unit.lot_code,
        unit_id=unit.unit_id,
        line=table.lines[min(unit.rows)],
        readouts=readouts,
        status=status,
        lower=before if status in ("fail", "lost") else readouts[-1],
        upper=readouts[-1] if failed else None,
        mode=table.texts["fail_mode"][last] or None if failed else None,
        failure_analysis=table.texts["fa_ref"][last] or None if failed else None,
        removed=_removal(status, table.texts["removed_reason"][last]),
        nonconforming_at_receipt=(failed and readouts[-1] == 0) or rows[0] in outside_at_receipt,
    )


def _removal(status: str, reason: str) -> str | None:
    if status == "lost":
        return "lost"
    if status != "removed":
        return None
    return EXTERNAL if reason.strip().lower().startswith(EXTERNAL) else reason
