"""What a file says of its test, as a dossier holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from ratedparts.calendar_days import day_of
from ratedparts.protocols import CheckReport, Fate, Layout, Protocol, Table, UnitOutcomes
from ratedparts.reliability import anderson_darling_normal

from .drift_paths import lots_with_paths

NORMALITY_UNITS = 50


def summarise(report: CheckReport, protocol: Protocol) -> dict[str, Any]:
    """``{"lots": …}`` of a life test, ``{"capability": …, "conformity": …}`` of a lot sample."""
    if report.outcomes is not None:
        missing = _missing(report.outcomes, report.undeclared_missing)
        if protocol.lives_from_drift:
            return {"lots": _together(lots_with_paths(report, protocol), missing)}
        return {"lots": _lots(report.outcomes, missing)}
    if report.table is None:
        raise ValueError("a refused file has no summary")
    if protocol.layout is Layout.UNIT_LIVES:
        return {"lots": _grouped_lives(report.table), "stress": _stresses(report.table)}
    return _lot_sample(report, protocol)


def first_and_last_day(report: CheckReport) -> tuple[date, date] | None:
    """The days, in Shanghai, of the first and the last measurement; None where the file has no times."""
    if report.measured is None:
        return None
    first, last = report.measured
    return day_of(first), day_of(last)


def _missing(outcomes: UnitOutcomes, undeclared: Mapping[str, int]) -> dict[str, Counter[Fate]]:
    """Units planned, not there, and no reason given: counted as failed before the first readout."""
    first = 1.0 if outcomes.first_readout is None else outcomes.first_readout
    return {code: Counter({Fate(0.0, first, "missing"): count}) for code, count in undeclared.items()}


def _lots(outcomes: UnitOutcomes, missing: Mapping[str, Counter[Fate]]) -> list[dict[str, Any]]:
    """Units alike are counted together; a unit that did not conform at receipt was never on test."""
    groups = {lot_code: Counter(lot.fates) for lot_code, lot in outcomes.lots.items() if lot.fates}
    for lot_code, fates in missing.items():
        groups[lot_code] = groups.get(lot_code, Counter()) + fates
    return [
        {"lot_code": lot_code, "units": _unit_groups(fates)} for lot_code, fates in sorted(groups.items())
    ]


def _together(lots: list[dict[str, Any]], missing: Mapping[str, Counter[Fate]]) -> list[dict[str, Any]]:
    units = {lot["lot_code"]: lot["units"] for lot in lots}
    for lot_code, fates in missing.items():
        units[lot_code] = units.get(lot_code, []) + _unit_groups(fates)
    return [{"lot_code": lot_code, "units": those} for lot_code, those in sorted(units.items())]


def _unit_groups(fates: Counter[Fate]) -> list[dict[str, Any]]:
    return [_unit_group(fate, count) for fate, count in sorted(fates.items(), key=str)]


def _unit_group(fate: Fate, count: int) -> dict[str, Any]:
    group = {"count": count, **fate._asdict()}
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
