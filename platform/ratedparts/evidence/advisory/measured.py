"""The measurements of one file as the rules of this folder look at them: units down, readouts across."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from ratedparts.protocols import ColumnType, Layout, Protocol

from .written_digits import written_digits

Numbers = npt.NDArray[np.float64]
Kind = TypeVar("Kind", bound=np.generic)
LARGEST = 2_000_000  # rows; of a longer file a part of the units is looked at, each with all its rows
INSTANT = "measured_at:instant"


@dataclass(frozen=True)
class Readings:
    """One measured column: ``(units, readouts)`` each, NaN and -1 where nothing was read."""

    values: Numbers
    steps: Numbers  # what the last digit is worth
    digits: npt.NDArray[np.int8]

    def span(self, readout: int = 0) -> float:
        """How many last digits the middle four fifths of the units lie apart; 0 where there are too few."""
        known = np.isfinite(self.values[:, readout])
        if known.sum() < 10:
            return 0.0
        low, high = np.percentile(self.values[known, readout], [10, 90])
        return float((high - low) / np.median(self.steps[known, readout]))


@dataclass(frozen=True)
class Measured:
    """``units`` has ``lot_code``, ``unit_id`` and the first ``line`` of each; rows name theirs."""

    protocol: Protocol
    frame: pl.DataFrame
    units: pl.DataFrame
    units_in_file: int
    readouts: tuple[float, ...]  # as scheduled; a lot sample has the single one 0
    names: tuple[str, ...]  # of measured columns or parameters

    @cached_property
    def columns(self) -> dict[str, Readings]:
        found = {}
        for name in self.names:
            written = written_digits(self.frame[name])
            values = self.frame[name].cast(pl.Float64, strict=False).to_numpy()
            if np.isfinite(values).any():
                steps = written["step"].to_numpy()
                digits = written["digit"].to_numpy()
                matrix = self._spread(values, np.nan)
                found[name] = Readings(matrix, self._spread(steps, np.nan), self._spread(digits, -1))
        return found

    @cached_property
    def hours(self) -> Numbers:
        """The readout as given, in the unit of the protocol."""
        return self._spread(self.frame["readout"].to_numpy(), np.nan)

    @cached_property
    def seconds(self) -> Numbers:
        """When each reading was taken, in seconds."""
        at = self.frame["at"].dt.epoch("us").cast(pl.Float64).to_numpy() / 1e6
        return self._spread(at, np.nan)

    @cached_property
    def good(self) -> npt.NDArray[np.bool_]:
        """Where the unit was there and had not failed."""
        return self._spread(self.frame["good"].to_numpy(), False)

    def unit(self, index: int) -> str:
        lot, unit = self.units.select("lot_code", "unit_id").row(int(index))
        return f"{lot} / {unit}"

    def line(self, index: int) -> int:
        return int(self.units["line"][int(index)])

    def _spread(self, flat: npt.NDArray[Kind], empty: float | bool) -> npt.NDArray[Kind]:
        matrix = np.full((self.units.height, len(self.readouts)), empty, dtype=flat.dtype)
        matrix[self.frame["unit"].to_numpy(), self.frame["place"].to_numpy()] = flat
        return matrix


def measured(rows: pl.LazyFrame, protocol: Protocol, largest: int = LARGEST) -> Measured | None:
    """The measurements in the typed columns of a file; None of a layout that lists lives, not readings."""
    if protocol.layout is Layout.UNIT_LIVES:
        return None
    rows, units_in_file = _bounded(rows, largest)
    long = protocol.layout is Layout.UNIT_PARAMETERS
    frame, names = _by_parameter(rows) if long else _by_readout(rows, protocol)
    units = frame.group_by("lot_code", "unit_id", maintain_order=True).agg(pl.col("line").min())
    units = units.with_row_index("unit")
    frame = frame.join(units.drop("line"), on=["lot_code", "unit_id"], maintain_order="left")
    scheduled = protocol.readouts.at if protocol.readouts is not None and not long else (0.0,)
    places = np.abs(frame["readout"].to_numpy()[:, None] - np.array(scheduled)[None, :]).argmin(axis=1)
    frame = frame.drop("lot_code", "unit_id").with_columns(place=pl.Series(places))
    return Measured(protocol, frame, units, units_in_file, tuple(scheduled), names)


def _bounded(rows: pl.LazyFrame, largest: int) -> tuple[pl.LazyFrame, int]:
    """All rows, or those of every so-many-th unit."""
    unit = pl.struct("lot_code", "unit_id")
    count = int(rows.select(pl.len()).collect().item())
    units = int(rows.select(unit.hash().n_unique()).collect(engine="streaming").item())
    if count <= largest:
        return rows, units
    return rows.filter(unit.hash() % (-(-count // largest)) == 0), units


def _by_readout(rows: pl.LazyFrame, protocol: Protocol) -> tuple[pl.DataFrame, tuple[str, ...]]:
    there = set(rows.collect_schema().names())
    names = tuple(
        column.name
        for column in protocol.columns
        if column.type is ColumnType.NUMBER
        and column.name != "readout"
        and column.name in there
        # A temperature is that of a chamber or a fixture, which many units share: it is no reading of a unit.
        and column.unit != "°C"
    )
    chosen = rows.select(
        "line",
        "lot_code",
        "unit_id",
        *names,
        readout=pl.col("readout:number"),
        at=pl.col(INSTANT),
        instrument="instrument_id",
        good=(pl.col("status") == "ok").fill_null(False),
    )
    return chosen.collect(engine="streaming"), names


def _by_parameter(rows: pl.LazyFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """One row a unit.  Of a parameter that was measured several times, the first."""
    names = rows.select(pl.col("parameter").unique().sort()).collect()["parameter"].to_list()
    frame = (
        rows.group_by("lot_code", "unit_id", maintain_order=True)
        .agg(
            pl.col("line").min(),
            pl.col(INSTANT).min().alias("at"),
            pl.col("instrument_id").first().alias("instrument"),
            *(pl.col("value").filter(pl.col("parameter") == name).first().alias(name) for name in names),
        )
        .with_columns(readout=pl.lit(0.0), good=pl.lit(True))
        .collect()
    )
    return frame, tuple(names)
