"""Example files: what a laboratory sends, filled with plausible values that pass the checker."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ratedparts.protocols.model import Column, ColumnType, Layout, Protocol

STARTED_AT = datetime(2026, 1, 12, 1, 0, tzinfo=UTC)
PLAN_ID = "PLAN-EXAMPLE"
INSTRUMENT_ID = "INSTRUMENT-1"
HOURS_PER_CYCLE = 0.5

# The middle of what a good part shows, its spread from unit to unit and its change to the last readout, both
# relative.  A column that is not named here is left blank if it may be, and shows 1 ± 1 % if it may not.
TYPICAL: dict[str, tuple[float, float, float]] = {
    "cap_nF": (100.0, 0.015, -0.012),
    "df_pct": (0.15, 0.05, 0.04),
    "ir_Mohm": (20000.0, 0.10, -0.15),
    "r_ohm": (1000.0, 0.004, 0.001),
    "idd_mA": (2.5, 0.03, 0.01),
    "leakage_nA": (1.2, 0.20, 0.30),
    "vdd_V": (3.3, 0.002, 0.0),
    "tj_C": (125.5, 0.002, 0.0),
    "daisy_chain_ohm": (0.8, 0.02, 0.03),
    "value": (1.0, 0.01, 0.0),
    "temp_C": (25.0, 0.0, 0.0),
}
# Which parameters an example in long form shows, and about which value: those of a ceramic capacitor.
EXAMPLE_QUANTITIES: dict[str, float] = {"cap_nF": 100.0, "df_pct": 1.5, "ir_Mohm": 20000.0}


def template_file(protocol: Protocol) -> bytes:
    """The header alone, in the protocol's order."""
    return _write([[column.name for column in protocol.columns]])


def example_file(protocol: Protocol, units: int | None = None) -> bytes:
    """A file that ``check_file`` accepts, UTF-8, the same bytes at every call.

    ``units``: how many in all, spread evenly over the lots L1, L2, …; by default the protocol's sample.
    Raises ``ValueError`` for fewer than one.
    """
    if units is None:
        units = protocol.sample.lots * protocol.sample.units_per_lot
    if units < 1:
        raise ValueError(f"an example needs at least one unit, not {units}")
    rows = {
        Layout.UNIT_READOUTS: _unit_readouts,
        Layout.UNIT_LIVES: _unit_lives,
        Layout.UNIT_PARAMETERS: _unit_parameters,
    }[protocol.layout](protocol, units)
    return _write([[column.name for column in protocol.columns], *rows])


def _write(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def _units(protocol: Protocol, units: int) -> Iterator[tuple[int, str, str]]:
    """Number, lot and identifier of each unit; the first lots take what does not divide evenly."""
    lots = min(protocol.sample.lots, units)
    base, rest = divmod(units, lots)
    number = 0
    for lot in range(1, lots + 1):
        for place in range(1, base + (1 if lot <= rest else 0) + 1):
            yield number, f"L{lot}", f"L{lot}-{place:03d}"
            number += 1


def _spread(number: int, salt: int) -> float:
    """A number in (-1, 1) that looks irregular and is the same everywhere: multiples of the golden ratio."""
    return 2.0 * math.modf((number + 1) * 0.6180339887498949 + salt * 0.3819660112501051)[0] - 1.0


def _unit_readouts(protocol: Protocol, units: int) -> Iterator[list[str]]:
    readouts = protocol.readouts
    if readouts is None:
        return
    last = readouts.at[-1]
    for number, lot, unit in _units(protocol, units):
        for readout in readouts.at:
            hours = readout if readouts.unit == "h" else readout * HOURS_PER_CYCLE
            identity = {
                "plan_id": PLAN_ID,
                "lot_code": lot,
                "unit_id": unit,
                "readout": _shown(readout),
                "status": "ok",
                "instrument_id": INSTRUMENT_ID,
                "measured_at": (STARTED_AT + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            aged = math.sqrt(readout / last)
            yield [
                identity.get(column.name, _measured(column, number, place, aged))
                for place, column in enumerate(protocol.columns)
            ]


def _measured(column: Column, number: int, salt: int, aged: float) -> str:
    if column.type is ColumnType.BOOLEAN:
        return "1" if column.required else ""
    if column.type is ColumnType.CHOICE:
        return column.choices[0] if column.required else ""
    if column.type is ColumnType.TEXT or (not column.required and column.name not in TYPICAL):
        return ""
    middle, spread, change = TYPICAL.get(column.name, (1.0, 0.01, 0.0))
    value = (
        middle
        * (1 + spread * _spread(number, salt))
        * (1 + change * aged * (1 + 0.2 * _spread(number, salt + 7)))
    )
    return f"{value:.6g}"


def _unit_lives(protocol: Protocol, units: int) -> Iterator[list[str]]:
    """Weibull lives of shape 2 and scale 1000 h, read exactly up to 1200 h."""
    for number, lot, unit in _units(protocol, units):
        life = 1000.0 * math.sqrt(-math.log(1 - (number + 0.7) / (units + 0.4)))
        survived = life > 1200
        cells = {
            "plan_id": PLAN_ID,
            "lot_code": lot,
            "unit_id": unit,
            "lower_hours": "1200" if survived else f"{life:.6g}",
            "upper_hours": "" if survived else f"{life:.6g}",
            "count": "1",
        }
        yield [cells.get(column.name, "") for column in protocol.columns]


def _unit_parameters(protocol: Protocol, units: int) -> Iterator[list[str]]:
    shown = [quantity for quantity in protocol.quantities if quantity.name in EXAMPLE_QUANTITIES]
    shown = shown or list(protocol.quantities[:1])
    for number, lot, unit in _units(protocol, units):
        for salt, quantity in enumerate(shown):
            middle = EXAMPLE_QUANTITIES.get(quantity.name, 1.0)
            cells = {
                "plan_id": PLAN_ID,
                "lot_code": lot,
                "unit_id": unit,
                "temp_C": "25",
                "parameter": quantity.name,
                "value": f"{middle * (1 + 0.02 * _spread(number, salt)):.6g}",
                "unit": quantity.unit,
                "instrument_id": INSTRUMENT_ID,
                "measured_at": (STARTED_AT + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            yield [cells.get(column.name, "") for column in protocol.columns]


def _shown(readout: float) -> str:
    return str(int(readout)) if readout == int(readout) else repr(readout)
