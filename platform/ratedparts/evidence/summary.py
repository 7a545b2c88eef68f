"""What a file says of its test, as a dossier holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date
from typing import Any

import numpy as np

from ratedparts.calendar_days import day_of
from ratedparts.protocols import CheckReport, Layout, Protocol, Table, UnitHistory
from ratedparts.reliability import anderson_darling_normal

NORMALITY_UNITS = 50


def summarise(report: CheckReport, protocol: Protocol) -> dict[str, Any]:
    """``{"lots": …}`` of a life test, ``{"capability": …, "conformity": …}`` of a lot sample."""
    if report.table is None:
        raise ValueError("a refused file has no summary")
    if protocol.layout is Layout.UNIT_READOUTS:
        return {"lots": _lots(report)}
    if protocol.layout is Layout.UNIT_LIVES:
        return {"lots": _grouped_lives(report.table), "stress": _stresses(report.table)}
    return _lot_sample(report, protocol)


def first_and_last_day(report: CheckReport) -> tuple[date, date] | None:
    """The days, in Shanghai, of the first and the last measurement; None where the file has no times."""
    instants = report.table.instants.get("measured_at") if report.table else None
    if instants is None:
        return None
    known = instants[~np.isnat(instants)]
    if not known.size:
        return None
    first, last = (
        value.astype("datetime64[s]").item().replace(tzinfo=UTC) for value in (known.min(), known.max())
    )
    return day_of(first), day_of(last)


def _lots(report: CheckReport) -> list[dict[str, Any]]:
    """Units alike are counted together; a unit that did not conform at receipt was never on test."""
    groups: dict[str, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for history in report.histories:
        if not history.nonconforming_at_receipt:
            groups[history.lot_code][_fate(history)] += 1
    for lot_code, missing in report.undeclared_missing.items():
        # Planned, not there, and no reason given: counted as failed before the first readout.
        first = min((h.readouts[1] for h in report.histories if len(h.readouts) > 1), default=1.0)
        groups[lot_code][(0.0, first, "missing", None)] += missing
    return [
        {
            "lot_code": lot_code,
            "units": [_unit_group(fate, count) for fate, count in sorted(fates.items(), key=str)],
        }
        for lot_code, fates in sorted(groups.items())
    ]


def _fate(history: UnitHistory) -> tuple[float, float | None, str | None, str | None]:
    return history.lower, history.upper, history.mode, history.removed


def _unit_group(fate: tuple[Any, ...], count: int) -> dict[str, Any]:
    lower, upper, mode, removed = fate
    group = {"count": count, "lower": lower, "upper": upper, "mode": mode, "removed": removed}
    return {name: value for name, value in group.items() if value is not None or name == "upper"}


def _grouped_lives(table: Table) -> list[dict[str, Any]]:
    lots: dict[str, list[dict[str, Any]]] = defaultdict(list)
    codes = table.texts.get("lot_code") or ["L1"] * table.rows
    counts = table.numbers.get("count")
    for row in range(table.rows):
        lower, upper = (float(table.numbers[name][row]) for name in ("lower_hours", "upper_hours"))
        count = 1 if counts is None or np.isnan(counts[row]) else int(counts[row])
        group = {
            "count": count,
            "lower": 0.0 if np.isnan(lower) else lower,
            "upper": None if np.isnan(upper) else upper,
        }
        lots[codes[row] or "L1"].append(group)
    return [{"lot_code": code, "units": units} for code, units in sorted(lots.items())]


def _stresses(table: Table) -> dict[str, list[float]]:
    """The distinct values of every stress column, for the reader of published data."""
    return {
        name: sorted({float(value) for value in values if not np.isnan(value)})
        for name, values in table.numbers.items()
        if name.startswith("stress_")
    }


def _lot_sample(report: CheckReport, protocol: Protocol) -> dict[str, Any]:
    table = report.table
    assert table is not None
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in range(table.rows):
        rows[(table.texts["lot_code"][row], table.texts["parameter"][row])].append(row)
    capability, outside_units = [], set()
    for (lot_code, parameter), members in sorted(rows.items()):
        values = table.numbers["value"][members]
        low, high = report.limits.get(parameter, (None, None))
        outside = _outside(values, low, high)
        outside_units |= {table.texts["unit_id"][members[i]] for i in np.flatnonzero(outside)}
        if (low is None and high is None) or len(members) < 2 or values.std(ddof=1) == 0:
            continue
        capability.append(
            _capability(lot_code, parameter, table.texts["unit"][members[0]], values, low, high, outside)
        )
    units = len(set(table.texts["unit_id"]))
    return {"capability": capability, "conformity": {"sampled": units, "nonconforming": len(outside_units)}}


def _outside(values: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    outside = np.zeros(len(values), dtype=bool)
    if low is not None:
        outside |= values < low
    if high is not None:
        outside |= values > high
    return outside


def _capability(
    lot_code: str,
    parameter: str,
    unit: str,
    values: np.ndarray,
    low: float | None,
    high: float | None,
    outside: np.ndarray,
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "lot_code": lot_code,
        "parameter": parameter,
        "unit": unit,
        "n": len(values),
        "mean": float(values.mean()),
        "standard_deviation": float(values.std(ddof=1)),
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "outside_limits": int(outside.sum()),
    }
    if low is not None:
        entry["lower_limit"] = low
    if high is not None:
        entry["upper_limit"] = high
    if len(values) >= NORMALITY_UNITS:
        entry["anderson_darling_p"] = anderson_darling_normal(values)[1]
        percentiles = [float(p) for p in np.percentile(values, [0.135, 50, 99.865])]
        if percentiles[0] < percentiles[1] < percentiles[2]:
            entry["percentiles"] = percentiles
    return entry
