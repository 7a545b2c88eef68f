"""Results files of made-up tests, as a laboratory would write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ratedparts.protocols import Column, ColumnType, Layout, Protocol

from .example_parts import Defect, ExamplePart

HOURS_PER_CYCLE = 0.5
INSTRUMENTS = ("EX-INSTR-1", "EX-INSTR-2")  # for life tests and for lot samples
# What a defect shows, by protocol: the mode, the column that gives it away and its value relative to normal.
SHOWN_BY = {
    "MLCC-HTL": ("ir_drop", "ir_Mohm", 2e-5),
    "RES-LL70": ("drift", "r_ohm", 1.06),
    "SEMI-HTOL": ("functional", "functional_pass", 0.0),
    "SEMI-THB": ("functional", "functional_pass", 0.0),
    "SEMI-TC": ("functional", "functional_pass", 0.0),
}
# Spread between units and change over the whole test, relative.  How fast a unit drifts is its own, and
# each reading has the noise of its instrument; both as parts of the spread between units.
DRIFT_SPREAD, NOISE = 0.25, 0.05
SPREAD = {
    "r_ohm": (0.0003, -0.0004),
    "ir_Mohm": (0.12, -0.10),
    "leakage_nA": (0.15, 0.20),
    "df_pct": (0.03, 0.02),
}
ORDINARY = (0.003, -0.002)


def life_file(
    protocol: Protocol,
    part: ExamplePart,
    plan_number: str,
    started_at: datetime,
    seed: int,
    stress: Mapping[str, Any],
) -> bytes:
    """One row per unit and readout up to the part's last readout."""
    assert protocol.readouts is not None
    random = np.random.default_rng(seed)
    last = part.last_readout if protocol.readouts.unit == "h" else 1000
    readouts = [at for at in protocol.readouts.at if at <= max(last, max(protocol.readouts.mandatory))]
    rows = []
    for lot in range(1, part.lots + 1):
        failing = _failing(protocol, part, lot)
        for number in range(1, part.units_per_lot + 1):
            own, pace = random.standard_normal((2, len(protocol.columns)))
            for readout in readouts:
                hours = readout if protocol.readouts.unit == "h" else readout * HOURS_PER_CYCLE
                failed = failing.get(number) == readout
                cells = {
                    "plan_id": plan_number,
                    "lot_code": f"L{lot}",
                    "unit_id": f"L{lot}-{number:03d}",
                    "readout": f"{readout:g}",
                    "status": "fail" if failed else "ok",
                    "fail_mode": SHOWN_BY[protocol.id][0] if failed else "",
                    "instrument_id": INSTRUMENTS[0],
                    "measured_at": _instant(started_at + timedelta(hours=hours)),
                    **{name: str(value) for name, value in stress.items() if name == "bias_mode"},
                }
                aged = (readout / readouts[-1]) ** 0.5 * np.exp(DRIFT_SPREAD * pace)
                noise = random.standard_normal(len(protocol.columns))
                rows.append(list(_row(protocol, part, cells, own + NOISE * noise, aged, failed)))
                if failed:
                    break
    return _written([column.name for column in protocol.columns], rows)


def lot_sample_file(
    protocol: Protocol, part: ExamplePart, plan_number: str, measured_at: datetime, seed: int
) -> bytes:
    """Every key parameter of every unit, spread so that it shows the part's capability."""
    random = np.random.default_rng(seed)
    rows = []
    for parameter, (low, high) in part.limits.items():
        quantity = protocol.quantity(parameter)
        middle, deviation = (low + high) / 2, (high - low) / (6 * part.capability)
        for lot in range(1, part.lots + 1):
            # Standardised, so that the sample shows exactly the capability that it was given.
            draws = np.clip(random.standard_normal(part.units_per_lot), -2.6, 2.6)
            draws = (draws - draws.mean()) / draws.std(ddof=1)
            for number, draw in enumerate(draws, 1):
                cells = {
                    "plan_id": plan_number,
                    "lot_code": f"L{lot}",
                    "unit_id": f"L{lot}-P{number:03d}",
                    "temp_C": "25",
                    "parameter": parameter,
                    "value": f"{middle + deviation * draw:.7g}",
                    "unit": quantity.unit if quantity else "",
                    "instrument_id": INSTRUMENTS[1],
                    "measured_at": _instant(measured_at + timedelta(minutes=number)),
                }
                rows.append([cells.get(column.name, "") for column in protocol.columns])
    return _written([column.name for column in protocol.columns], rows)


def _failing(protocol: Protocol, part: ExamplePart, lot: int) -> dict[int, float]:
    """Unit number → the readout at which it is found failed."""
    found: dict[int, float] = {}
    defects: Sequence[Defect] = [d for d in part.defects if d.protocol == protocol.id and d.lot == lot]
    for defect in defects:
        for _ in range(defect.units):
            found[len(found) * 7 % part.units_per_lot + 1] = defect.readout
    return found


def _row(
    protocol: Protocol,
    part: ExamplePart,
    cells: Mapping[str, str],
    own: np.ndarray,
    aged: np.ndarray,
    failed: bool,
) -> Iterator[str]:
    for place, column in enumerate(protocol.columns):
        if column.name in cells:
            yield cells[column.name]
        else:
            yield _measured(protocol, part, column, float(own[place]), float(aged[place]), failed)


def _measured(
    protocol: Protocol, part: ExamplePart, column: Column, own: float, aged: float, failed: bool
) -> str:
    normal = _normal_value(part, column)
    if normal is None:
        return ""
    _, telling, factor = SHOWN_BY.get(protocol.id, ("", "", 1.0))
    if column.type is ColumnType.BOOLEAN:
        return "0" if failed and column.name == telling else "1"
    spread, change = SPREAD.get(column.name, ORDINARY)
    value = normal * (1 + spread * max(-2.5, min(own, 2.5))) * (1 + change * aged)
    return f"{value * (factor if failed and column.name == telling else 1.0):.6g}"


def _normal_value(part: ExamplePart, column: Column) -> float | None:
    """What a good part shows; None: the laboratory did not measure it."""
    attributes = part.attributes
    values: dict[str, float | None] = {
        "cap_nF": attributes.get("capacitance_nf"),
        "df_pct": 0.05 if part.family == "mlcc_class1" else 1.6,
        "ir_Mohm": max(20_000.0, 2e6 / float(attributes.get("capacitance_nf", 1.0))),
        "r_ohm": attributes.get("resistance_ohm"),
        "idd_mA": 2.5,
        "leakage_nA": 1.2,
        "functional_pass": 1.0,
    }
    return values.get(column.name) if column.name in values else None


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(header: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode("utf-8")


def is_lot_sample(protocol: Protocol) -> bool:
    return protocol.layout is Layout.UNIT_PARAMETERS


def spoiled(content: bytes) -> bytes:
    """The same file with what goes wrong in real ones: a decimal comma, a row twice, a value left out."""
    lines = content.decode().splitlines()
    header = lines[0].split(",")
    column = next(name for name in ("cap_nF", "r_ohm", "idd_mA") if name in header)
    for line in (5, 9):
        cells = lines[line].split(",")
        value = cells[header.index(column)].replace(".", ",")
        cells[header.index(column)] = f'"{value}"' if line == 5 else ""
        lines[line] = ",".join(cells)
    lines.insert(12, lines[11])
    return ("\n".join(lines) + "\n").encode()


def lots_of(text: str) -> list[dict[str, Any]]:
    """The lots of a published table with their units."""
    header, *rows = [line.split(",") for line in text.splitlines()]
    units: dict[str, int] = {}
    for row in rows:
        lot = row[header.index("lot_code")]
        units[lot] = units.get(lot, 0) + int(row[header.index("count")])
    return [{"lot_code": lot, "units": count} for lot, count in units.items()]
