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
HOURS_PER = {"cycles": 0.5, "step": 72.0}  # of a readout whose unit is not the hour

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
    "meas_temp_C": (25.0, 0.0, 0.0),
    "cap_uF": (100.0, 0.03, -0.03),
    "esr_mohm": (70.0, 0.05, 0.06),
    "leak_uA": (6.0, 0.30, 0.05),
    "il_db": (1.5, 0.03, 0.03),
    "rl_db": (15.0, 0.04, -0.02),
    "f_center_MHz": (1842.5, 0.0003, -0.00002),
    "bw_MHz": (75.0, 0.004, 0.0),
    "atten_stop_db": (48.0, 0.02, -0.005),
    "ripple_db": (0.6, 0.10, 0.05),
    "llcr_mohm": (18.0, 0.10, 0.12),
    "mate_force_N": (42.0, 0.06, -0.10),
    "unmate_force_N": (26.0, 0.08, -0.12),
    "ith_mA": (8.0, 0.08, 0.06),
    "se_mW_per_mA": (0.28, 0.04, -0.03),
    "pout_mW": (10.0, 0.02, -0.03),
    "ibias_mA": (45.0, 0.03, 0.0),
    "vf_V": (1.1, 0.01, 0.005),
    "smsr_dB": (45.0, 0.03, -0.01),
    "wavelength_nm": (1310.0, 0.001, 0.0001),
    "tcase_C": (85.0, 0.003, 0.0),
    "offset_mg": (15.0, 0.80, 0.10),
    "sens_lsb_per_g": (1024.0, 0.01, -0.003),
    "noise_ug_rtHz": (110.0, 0.06, 0.02),
    "nonlin_pct_fs": (0.2, 0.20, 0.05),
    "spacing_um": (300.0, 0.0, 0.0),
    "pitch_um": (800.0, 0.0, 0.0),
    "ir_ohm": (5e10, 0.30, -0.40),
    "net_ohm": (1.2, 0.03, 0.02),
    "inductance_uH": (4.7, 0.04, -0.02),
    "dcr_mohm": (38.0, 0.03, 0.005),
}
# Where the same column shows something else on other parts, or under another stress.
TYPICAL_OF: dict[str, dict[str, tuple[float, float, float]]] = {
    "CAP-END": {"df_pct": (4.0, 0.08, 0.10)},
    "TA-WG": {"temp_C": (86.0, 0.005, 0.0)},
    "CON-DUR": {"il_db": (0.9, 0.04, 0.08)},
}
GOOD_AT_ZERO = frozenset({"fuse_blown"})  # booleans that say what went wrong, not what went well
# What a counting column says at each readout.
COUNTED: dict[str, tuple[int, ...]] = {"matings": (0, 25, 25, 25, 100)}
# Which parameters an example in long form shows, and about which value: those of a ceramic capacitor.
EXAMPLE_QUANTITIES: dict[str, float] = {"cap_nF": 100.0, "df_pct": 1.5, "ir_Mohm": 20000.0}


def template_file(protocol: Protocol) -> bytes:
    """The header alone, in the protocol's order."""
    return _write([[column.name for column in protocol.columns]])


def example_file(
    protocol: Protocol,
    units: int | None = None,
    *,
    plan_id: str = PLAN_ID,
    started_at: datetime = STARTED_AT,
) -> bytes:
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
    }[protocol.layout](protocol, units, plan_id, started_at)
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


def _unit_readouts(protocol: Protocol, units: int, plan_id: str, started_at: datetime) -> Iterator[list[str]]:
    readouts = protocol.readouts
    if readouts is None:
        return
    last = readouts.at[-1]
    typical = TYPICAL | TYPICAL_OF.get(protocol.id, {})
    for number, lot, unit in _units(protocol, units):
        for index, readout in enumerate(readouts.at):
            hours = readout * HOURS_PER.get(readouts.unit, 1.0)
            identity = {
                "plan_id": plan_id,
                "lot_code": lot,
                "unit_id": unit,
                "readout": _shown(readout),
                "status": "ok",
                "instrument_id": INSTRUMENT_ID,
                "measured_at": (started_at + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            identity |= _specimen(lot, unit)
            identity |= {name: str(counts[index % len(counts)]) for name, counts in COUNTED.items()}
            aged = math.sqrt(readout / last)
            yield [
                identity.get(column.name, _measured(column, typical, number, place, aged))
                for place, column in enumerate(protocol.columns)
            ]


def _specimen(lot: str, unit: str) -> dict[str, str]:
    """What carries a unit that is no part of its own: contacts of 8 connectors, nets of coupons, axes."""
    place = int(unit.rpartition("-")[2]) - 1
    return {
        "connector_id": f"{lot}-C{place // 29 + 1}",
        "contact_no": str(place % 29 + 1),
        "coupon_id": f"{lot}-K{place // 13 + 1}",
        "net_id": f"N{place % 13 + 1}",
        "device_id": f"{lot}-D{place // 3 + 1}",
        "axis": "xyz"[place % 3],
    }


def _measured(
    column: Column, typical: dict[str, tuple[float, float, float]], number: int, salt: int, aged: float
) -> str:
    if column.type is ColumnType.BOOLEAN:
        good = "0" if column.name in GOOD_AT_ZERO else "1"
        return good if column.required else ""
    if column.type is ColumnType.CHOICE:
        return column.choices[0] if column.required else ""
    if column.type is ColumnType.TEXT or (not column.required and column.name not in typical):
        return ""
    middle, spread, change = typical.get(column.name, (1.0, 0.01, 0.0))
    value = (
        middle
        * (1 + spread * _spread(number, salt))
        * (1 + change * aged * (1 + 0.2 * _spread(number, salt + 7)))
    )
    return f"{value:.6g}"


def _unit_lives(protocol: Protocol, units: int, plan_id: str, started_at: datetime) -> Iterator[list[str]]:
    """Weibull lives of shape 2 and scale 1000 h, read exactly up to 1200 h."""
    for number, lot, unit in _units(protocol, units):
        life = 1000.0 * math.sqrt(-math.log(1 - (number + 0.7) / (units + 0.4)))
        survived = life > 1200
        cells = {
            "plan_id": plan_id,
            "lot_code": lot,
            "unit_id": unit,
            "lower_hours": "1200" if survived else f"{life:.6g}",
            "upper_hours": "" if survived else f"{life:.6g}",
            "count": "1",
        }
        yield [cells.get(column.name, "") for column in protocol.columns]


def _unit_parameters(
    protocol: Protocol, units: int, plan_id: str, started_at: datetime
) -> Iterator[list[str]]:
    shown = [quantity for quantity in protocol.quantities if quantity.name in EXAMPLE_QUANTITIES]
    shown = shown or list(protocol.quantities[:1])
    for number, lot, unit in _units(protocol, units):
        for salt, quantity in enumerate(shown):
            middle = EXAMPLE_QUANTITIES.get(quantity.name, 1.0)
            cells = {
                "plan_id": plan_id,
                "lot_code": lot,
                "unit_id": unit,
                "temp_C": "25",
                "parameter": quantity.name,
                "value": f"{middle * (1 + 0.02 * _spread(number, salt)):.6g}",
                "unit": quantity.unit,
                "instrument_id": INSTRUMENT_ID,
                "measured_at": (started_at + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            yield [cells.get(column.name, "") for column in protocol.columns]


def _shown(readout: float) -> str:
    return str(int(readout)) if readout == int(readout) else repr(readout)
