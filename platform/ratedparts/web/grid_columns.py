"""The columns of a grid: what stands above each, how wide it is, and what a cell of it may hold."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.protocols import Column, ColumnType, Protocol

from .formatting import number
from .language import named, text
from .protocol_words import unit_in_words
from .typed_grid import Rows

NARROWEST, WIDEST = 3, 26  # characters
USUAL = {  # of a column that is still blank
    ColumnType.NUMBER: 7,
    ColumnType.WHOLE_NUMBER: 5,
    ColumnType.BOOLEAN: 3,
    ColumnType.INSTANT: 20,
    ColumnType.CHOICE: 7,
    ColumnType.TEXT: 11,
}
NAMING = ("plan_id", "lot_code", "unit_id", "readout", "parameter")  # they name a row


@dataclass(frozen=True)
class GridColumn:
    name: str
    title: str
    unit: str
    required: bool
    size: int  # characters
    expects: str
    choices: tuple[str, ...]
    names_the_row: bool


def columns_of(protocol: Protocol, rows: Rows, instruments: tuple[str, ...] = ()) -> list[GridColumn]:
    """As wide as what a column holds here, or as what it usually holds.

    ``instruments``: those on the laboratory's register, where its file may name no others.
    """
    choices = {column.name: _choices(column, protocol) for column in protocol.columns}
    choices["instrument_id"] = instruments
    return [
        GridColumn(
            column.name,
            named(column.title),
            unit_in_words(column.unit) if column.unit else "",
            column.required,
            _size(column, [cells[place] for cells in rows]),
            _expects(column, choices[column.name]),
            choices[column.name],
            column.name in NAMING,
        )
        for place, column in enumerate(protocol.columns)
    ]


def _size(column: Column, cells: list[str]) -> int:
    longest = max((len(cell) for cell in cells), default=0)
    choice = max((len(choice) for choice in column.choices), default=0)
    return min(max(longest or USUAL[column.type], choice, NARROWEST), WIDEST)


def _choices(column: Column, protocol: Protocol) -> tuple[str, ...]:
    if column.name == "fail_mode":
        return protocol.failure_modes
    if column.name == "parameter":
        return tuple(quantity.name for quantity in protocol.quantities)
    return ("0", "1") if column.type is ColumnType.BOOLEAN else column.choices


def _expects(column: Column, choices: tuple[str, ...]) -> str:
    if column.type is ColumnType.BOOLEAN:
        return text("1 for yes, 0 for no")
    if choices:
        return text("one of: {choices}", choices=", ".join(choices))
    if column.type is ColumnType.INSTANT:
        return text("date and time with offset, such as 2026-01-12T09:00:00+08:00")
    if column.type is ColumnType.TEXT:
        return text("text")
    if column.minimum is None or column.maximum is None:
        return text("a number with a decimal point")
    return text(
        "a number with a decimal point, from {minimum} to {maximum}",
        minimum=number(column.minimum),
        maximum=number(column.maximum),
    )
