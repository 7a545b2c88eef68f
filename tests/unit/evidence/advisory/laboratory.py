"""An honest laboratory: units that differ, age, and are read with noise; and what it hands in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from ratedparts.evidence.advisory.measured import Measured, measured
from ratedparts.protocols import check_file, load_library
from ratedparts.protocols.typed_frame import typed_frame

LIBRARY = load_library()
PROTOCOL = LIBRARY.protocol("MLCC-HTL@1")
READOUTS = (0, 168, 500, 1000)
STARTED = datetime(2026, 1, 12, 1, 0, 17, tzinfo=UTC)
# Column → middle, spread between units, drift to the end and its spread, repeatability; all relative.
COLUMNS = {
    "cap_nF": (100.0, 0.015, -0.012, 0.004, 0.0003),
    "df_pct": (1.6, 0.05, 0.04, 0.01, 0.003),
    "ir_Mohm": (20_000.0, 0.12, -0.15, 0.05, 0.01),
}
Rows = list[dict[str, str]]


@dataclass
class Laboratory:
    """``related``: how much the columns of one unit have in common; ``digits``: how finely is written."""

    seed: int = 1
    units: int = 80
    lots: int = 2
    related: float = 0.5
    digits: int = 6
    stripped: bool = True  # without zeros at the end
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def rows(self) -> Rows:
        shared = self.random.standard_normal(self.units)
        values = {name: self._column(shared, *law) for name, law in COLUMNS.items()}
        found = []
        for unit in range(self.units):
            lot, place = f"L{unit % self.lots + 1}", unit // self.lots + 1
            for index, readout in enumerate(READOUTS):
                at = STARTED + timedelta(hours=readout, seconds=37 * unit)
                found.append(
                    {
                        "plan_id": "PLAN-1",
                        "lot_code": lot,
                        "unit_id": f"{lot}-{place:03d}",
                        "readout": str(readout),
                        "status": "ok",
                        "instrument_id": "LCR-1",
                        "measured_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                        **{name: self.written(matrix[unit, index]) for name, matrix in values.items()},
                    }
                )
        return found

    def written(self, value: float) -> str:
        return f"{value:.{self.digits}g}" if self.stripped else f"{value:#.{self.digits}g}".rstrip(".")

    def _column(
        self, shared: np.ndarray, middle: float, spread: float, drift: float, uneven: float, noise: float
    ) -> np.ndarray:
        random = self.random
        own = random.standard_normal(self.units)
        apart = self.related * shared + np.sqrt(1 - self.related**2) * own
        pace = drift + uneven * random.standard_normal(self.units)
        aged = np.sqrt(np.array(READOUTS) / READOUTS[-1])
        scatter = noise * random.standard_normal((self.units, len(READOUTS)))
        return middle * (1 + spread * apart[:, None]) * (1 + pace[:, None] * aged[None, :]) * (1 + scatter)


def as_file(rows: Rows, protocol: str = "MLCC-HTL@1") -> bytes:
    """The rows as CSV."""
    text = io.StringIO()
    names = [column.name for column in LIBRARY.protocol(protocol).columns]
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def look_at(rows: Rows, protocol: str = "MLCC-HTL@1", **bounds: int) -> Measured:
    """The rows as the rules see them, by way of a file that the checker accepts."""
    content = as_file(rows, protocol)
    report = check_file(content, LIBRARY.protocol(protocol))
    assert report.accepted, report.faults[:3]
    assert report.table is not None
    found = measured(typed_frame(report.table).lazy(), LIBRARY.protocol(protocol), **bounds)
    assert found is not None
    return found


def lot_sample(rows: Rows) -> Rows:
    """The first readings of the rows in long form."""
    units = {"cap_nF": "nF", "df_pct": "%", "ir_Mohm": "MΩ"}
    return [
        {
            **{
                name: row[name] for name in ("plan_id", "lot_code", "unit_id", "instrument_id", "measured_at")
            },
            "temp_C": "25",
            "parameter": parameter,
            "value": row[parameter],
            "unit": unit,
        }
        for row in rows
        if row["readout"] == "0"
        for parameter, unit in units.items()
    ]
