"""What a plan decides about, counted as the rows of a file go by: identities, days, units of each lot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import numpy as np
import polars as pl

from ratedparts.protocols.report import Numbers
from ratedparts.protocols.typed_frame import LINE, instant, number

# Asia/Shanghai has kept UTC+8 without summer time since 1991.
SHANGHAI_OFFSET = pl.duration(hours=8)
Value = TypeVar("Value")
COUNTED = ("plan_id", "lot_code", "instrument_id")


@dataclass
class Occurrence:
    """A value: in how many rows, and the line and the text of the first."""

    rows: int
    line: int
    given: str

    def join(self, other: Occurrence) -> None:
        self.rows += other.rows
        if other.line < self.line:
            self.line, self.given = other.line, other.given


@dataclass
class PlanTally:
    """Rows are added in any order; lines are lines of the file, days those of Asia/Shanghai."""

    declared_missing: frozenset[str] = frozenset()
    rows: int = 0
    plans: dict[str, Occurrence] = field(default_factory=dict)
    lots: dict[str, Occurrence] = field(default_factory=dict)
    instruments: dict[str, Occurrence] = field(default_factory=dict)
    days: dict[date, Occurrence] = field(default_factory=dict)  # of the measurements
    instrument_days: dict[tuple[str, date], Occurrence] = field(default_factory=dict)
    longest_readout: tuple[float, int, str] | None = None  # value, line, text
    present: dict[str, int] = field(default_factory=dict)  # declared missing, and here all the same: its line
    _first_lines: dict[str, list[Numbers]] = field(default_factory=lambda: defaultdict(list))

    def add(self, frame: pl.DataFrame) -> None:
        """Count the rows of a frame that holds all the rows of each of its units."""
        self.rows += frame.height
        self._add_values(frame)
        self._add_units(frame)
        self._add_readouts(frame)

    def units_of(self, lot_code: str) -> Numbers:
        """The first line of each of the lot's units, in the order of the file."""
        parts = self._first_lines.get(lot_code)
        return np.sort(np.concatenate(parts)) if parts else np.empty(0)

    def _add_values(self, frame: pl.DataFrame) -> None:
        timed = instant("measured_at") in frame.columns
        day = (pl.col(instant("measured_at")) + SHANGHAI_OFFSET).dt.date() if timed else pl.lit(None, pl.Date)
        given = pl.col("measured_at") if timed else pl.lit("")
        keys = [
            (pl.col(name).str.strip_chars() if name in frame.columns else pl.lit("")).alias(name)
            for name in COUNTED
        ]
        first = pl.col(LINE).arg_min()
        groups = frame.select(*keys, day.alias("day"), given.alias("given"), LINE).group_by(*COUNTED, "day")
        counted = groups.agg(pl.len(), pl.col(LINE).min(), pl.col("given").get(first))
        for plan, lot, tool, day, count, line, text in counted.iter_rows():
            _note(self.plans, plan, Occurrence(count, line, plan))
            _note(self.lots, lot, Occurrence(count, line, lot))
            _note(self.instruments, tool, Occurrence(count, line, tool))
            _note(self.days, day, Occurrence(count, line, text))
            both = (tool, day) if tool and day else None
            _note(self.instrument_days, both, Occurrence(count, line, tool))

    def _add_units(self, frame: pl.DataFrame) -> None:
        if "unit_id" not in frame.columns or "lot_code" not in frame.columns:
            return
        units = frame.lazy().filter(pl.col("unit_id").is_not_null())
        first = pl.col(LINE).arg_min()
        firsts = units.group_by("unit_id").agg(pl.col(LINE).min(), pl.col("lot_code").get(first)).collect()
        for (lot_code,), lines in firsts.partition_by("lot_code", as_dict=True).items():
            self._first_lines[str(lot_code or "")].append(lines[LINE].to_numpy())
        if self.declared_missing:
            here = firsts.filter(pl.col("unit_id").is_in(list(self.declared_missing)))
            self.present.update(dict(here.select("unit_id", LINE).iter_rows()))

    def _add_readouts(self, frame: pl.DataFrame) -> None:
        name = number("readout")
        if name not in frame.columns:
            return
        longest = frame.select(LINE, "readout", name).filter(pl.col(name) == pl.col(name).max())
        for line, text, value in longest.sort(LINE).head(1).iter_rows():
            known = self.longest_readout
            if known is None or value > known[0] or (value == known[0] and line < known[1]):
                self.longest_readout = (value, line, text)


def _note(values: dict[Value, Occurrence], value: Value | None, found: Occurrence) -> None:
    if not value:
        return  # blank
    if value in values:
        values[value].join(found)
    else:
        values[value] = found
