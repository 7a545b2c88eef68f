"""How each unit's value drifted from readout to readout, where lives are inferred from the drift."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from ratedparts.protocols import CheckReport, Degradation, Measure, Protocol, Table

Numbers = npt.NDArray[np.float64]
Path = list[list[float]]


def lots_with_paths(report: CheckReport, protocol: Protocol) -> list[dict[str, Any]]:
    """``[{"lot_code", "units"}]`` with every unit by itself, and its drift where it was measured throughout.

    A unit that did not conform at receipt was never on test.
    """
    assert report.table is not None  # such a protocol's files are always read whole
    rows = _rows_by_unit(report.table)
    lots: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for history in sorted(report.histories, key=lambda one: (one.lot_code, one.unit_id)):
        if history.nonconforming_at_receipt:
            continue
        unit: dict[str, Any] = {"count": 1, "lower": history.lower, "upper": history.upper}
        told = {"mode": history.mode, "removed": history.removed}
        unit |= {name: value for name, value in told.items() if value is not None}
        path = _path(report.table, rows[history.unit_id], protocol)
        if path is not None:
            unit["degradation"] = [path]
        lots[history.lot_code].append(unit)
    return [{"lot_code": code, "units": units} for code, units in sorted(lots.items())]


def _rows_by_unit(table: Table) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, unit in enumerate(table.texts["unit_id"]):
        rows[unit].append(row)
    return rows


def _path(table: Table, rows: list[int], protocol: Protocol) -> Path | None:
    """``[[readout, drift], …]`` by the first rule whose column was measured in all of these rows."""
    times = table.numbers["readout"][rows]
    for rule in protocol.degradation:
        values = table.numbers.get(rule.column)
        if values is None or times[0] != 0 or len(rows) < 2 or not np.isfinite(values[rows]).all():
            continue
        drift = _drift(rule, values[rows])
        if np.isfinite(drift).all():
            return [[float(time), float(value)] for time, value in zip(times, drift, strict=True)]
    return None


def _drift(rule: Degradation, values: Numbers) -> Numbers:
    first = float(values[0])
    if rule.measure is Measure.VALUE:
        return values
    drift: Numbers = values - first
    if rule.measure is Measure.CHANGE:
        return drift
    with np.errstate(all="ignore"):
        ratio: Numbers = values / first if rule.measure is Measure.RATIO_TO_INITIAL else 100.0 * drift / first
    return ratio
