"""Records → typed columns, every faulty cell named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ratedparts.protocols.cells import (
    CellFault,
    read_boolean,
    read_instant,
    read_many_numbers,
    read_number,
    read_whole_number,
)
from ratedparts.protocols.csv_reader import Records
from ratedparts.protocols.header import Header
from ratedparts.protocols.model import Column, ColumnType, Layout, Protocol
from ratedparts.protocols.report import FaultList, Instants, Numbers, Table

MAXIMUM_TEXT_LENGTH = 500
TOGETHER = 4096  # cells of a column that are read at once, as long as none of them is at fault
EXPECTED = {  # the word that the sentence of a fault explains
    "number_format": "decimal_point_number",
    "not_finite": "finite_number",
    "underflow": "representable_number",
    "whole_number_format": "whole_number",
    "boolean_format": "zero_or_one",
    "instant_format": "iso_8601_with_offset",
}
READERS: dict[ColumnType, Callable[[str], float]] = {
    ColumnType.NUMBER: read_number,
    ColumnType.WHOLE_NUMBER: read_whole_number,
    ColumnType.BOOLEAN: read_boolean,
}
# Required in every row; other required columns may be blank where the unit could not be measured any more.
ALWAYS_REQUIRED = frozenset({"plan_id", "lot_code", "unit_id", "readout", "status"})
MEASURED_AT_A_FAILURE = frozenset({"instrument_id", "measured_at"})


def read_columns(records: Records, header: Header, protocol: Protocol, faults: FaultList) -> Table:
    """Read every cell of every known column, and check the rules that one cell alone can break."""
    lines = tuple(records.lines)
    texts = {column.name: [row[place] for row in records.rows] for place, column in header.columns}
    statuses = texts.get("status")
    if statuses is None and protocol.layout is Layout.UNIT_READOUTS:
        statuses = ["lost"] * len(lines)  # the header lacks it: nothing is called missing that may be blank
    numbers: dict[str, Numbers] = {}
    instants: dict[str, Instants] = {}
    for _, column in header.columns:
        cells = texts[column.name]
        _require(column, cells, statuses, lines, faults)
        if column.type in READERS:
            numbers[column.name] = _read_numbers(column, cells, lines, faults)
        elif column.type is ColumnType.INSTANT:
            instants[column.name] = _read_instants(column, cells, lines, faults)
        else:
            _check_words(column, cells, lines, faults)
    return Table(tuple(column.name for _, column in header.columns), lines, texts, numbers, instants)


def _require(
    column: Column, cells: list[str], statuses: list[str] | None, lines: tuple[int, ...], faults: FaultList
) -> None:
    if not column.required or "" not in cells:
        return
    for index, cell in enumerate(cells):
        if cell == "" and not _may_be_blank(column.name, None if statuses is None else statuses[index]):
            faults.add("missing_value", lines[index], column.name, "")


def _may_be_blank(name: str, status: str | None) -> bool:
    """A unit that is gone cannot be measured; one that failed may not be measurable any more."""
    if status is None or name in ALWAYS_REQUIRED:
        return False
    if status == "fail":
        return name not in MEASURED_AT_A_FAILURE
    return status in ("removed", "lost")


def _read_numbers(column: Column, cells: list[str], lines: tuple[int, ...], faults: FaultList) -> Numbers:
    values = np.full(len(cells), np.nan)
    for start in range(0, len(cells), TOGETHER):
        some = cells[start : start + TOGETHER]
        together = read_many_numbers(some) if column.type is ColumnType.NUMBER else None
        if together is not None:
            values[start : start + TOGETHER] = together
            continue
        for index, cell in enumerate(some, start):
            if cell == "":
                continue
            try:
                values[index] = READERS[column.type](cell)
            except CellFault as fault:
                faults.add(fault.code, lines[index], column.name, cell, expected=EXPECTED[fault.code])
    _check_range(column, values, cells, lines, faults)
    return values


def _check_range(
    column: Column, values: Numbers, cells: list[str], lines: tuple[int, ...], faults: FaultList
) -> None:
    outside = np.zeros(len(values), dtype=bool)
    if column.minimum is not None:
        outside |= values < column.minimum
    if column.maximum is not None:
        outside |= values > column.maximum
    for index in np.flatnonzero(outside):
        faults.add(
            "out_of_range",
            lines[index],
            column.name,
            cells[index],
            minimum=column.minimum,
            maximum=column.maximum,
            unit=column.unit,
        )
        values[index] = np.nan


def _read_instants(column: Column, cells: list[str], lines: tuple[int, ...], faults: FaultList) -> Instants:
    values = np.full(len(cells), "NaT", dtype="datetime64[us]")
    known: dict[str, np.datetime64] = {}
    for index, cell in enumerate(cells):
        if cell == "":
            continue
        if cell not in known:
            try:
                known[cell] = np.datetime64(read_instant(cell).replace(tzinfo=None), "us")
            except CellFault as fault:
                faults.add(fault.code, lines[index], column.name, cell, expected=EXPECTED[fault.code])
                continue
        values[index] = known[cell]
    return values


def _check_words(column: Column, cells: list[str], lines: tuple[int, ...], faults: FaultList) -> None:
    choices = set(column.choices)
    different = set(cells)
    if max(map(len, different), default=0) <= MAXIMUM_TEXT_LENGTH and (
        different <= choices | {""}
        if choices
        else not column.required or all(map(_has_no_blanks_around, different))
    ):
        return
    for index, cell in enumerate(cells):
        if choices and cell and cell not in choices:
            faults.add("not_a_choice", lines[index], column.name, cell, expected=list(column.choices))
        elif len(cell) > MAXIMUM_TEXT_LENGTH:
            faults.add("text_too_long", lines[index], column.name, cell, maximum=MAXIMUM_TEXT_LENGTH)
        elif column.required and cell != cell.strip():
            # ' L1' and 'L1' would be two lots that nobody can tell apart; free text stays as it was given
            faults.add("surrounding_blanks", lines[index], column.name, cell, expected=cell.strip())


def _has_no_blanks_around(cell: str) -> bool:
    return cell == cell.strip()
