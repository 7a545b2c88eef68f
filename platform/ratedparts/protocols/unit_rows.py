"""The rows of a file grouped by unit, and which units have a row that could not be placed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ratedparts.protocols.csv_reader import Records
from ratedparts.protocols.protocol_rules import STATUSES
from ratedparts.protocols.report import FaultList, Table


@dataclass(frozen=True)
class UnitRows:
    """The rows of one unit in the order of their readouts.

    ``doubtful``: a row of this unit, or one that may be of this unit, has an identity or a readout that could
    not be read; what seems to be missing may stand there, so that nothing is called missing.
    """

    unit_id: str
    lot_code: str
    rows: tuple[int, ...]
    doubtful: bool


def group_units(table: Table, records: Records, faults: FaultList) -> list[UnitRows]:
    """Group by ``unit_id`` in the order of the file.

    A unit that claims two lots is ``duplicate_unit_lot``.
    """
    units, lots, statuses = (table.texts[name] for name in ("unit_id", "lot_code", "status"))
    readouts = table.numbers["readout"]
    indexes: dict[str, list[int]] = {}
    nameless_readouts: set[float] = set()
    for index, unit in enumerate(name.strip() for name in units):
        if unit:
            indexes.setdefault(unit, []).append(index)
        else:
            nameless_readouts.add(float(readouts[index]))
    words_of_ragged = {cell for cells in records.ragged for cell in cells}
    grouped = []
    for unit, rows in indexes.items():
        check_one_lot(unit, rows, lots, table, faults)
        readable = [row for row in rows if not math.isnan(readouts[row])]
        odd_status = any(statuses[row] not in STATUSES for row in rows)
        has = {float(readouts[row]) for row in readable}
        doubtful = (
            not records.complete
            or odd_status
            or len(readable) < len(rows)
            or unit in words_of_ragged
            or bool(nameless_readouts - has)
        )
        ordered = tuple(sorted(readable, key=lambda row: readouts[row]))
        grouped.append(UnitRows(unit, lots[rows[0]], ordered, doubtful))
    return grouped


def check_one_lot(unit: str, rows: Sequence[int], lots: list[str], table: Table, faults: FaultList) -> None:
    """A unit belongs to the lot that its first row names."""
    first = next((lots[row].strip() for row in rows if lots[row]), "")
    told: set[str] = set()
    for row in rows:
        lot = lots[row].strip()
        if lot and lot != first and lot not in told:
            told.add(lot)
            faults.add("duplicate_unit_lot", table.lines[row], "lot_code", lot, expected=first, unit_id=unit)


def initial_rows(units: Sequence[UnitRows], table: Table) -> npt.NDArray[np.int64]:
    """For every row the row of its unit's readout 0, or -1."""
    initial = np.full(table.rows, -1, dtype=np.int64)
    readouts = table.numbers["readout"]
    for unit in units:
        if unit.rows and readouts[unit.rows[0]] == 0:
            initial[list(unit.rows)] = unit.rows[0]
    return initial
