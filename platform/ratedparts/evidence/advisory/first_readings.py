"""What is kept of a file for comparison with later ones: the first readings of each unit, and what they
tell.

Rules: (a) units of another test read the same in every column that both tests measure, beyond chance as
for copied units; (b) one instrument read, at the same seconds, the units of two tests, in half of the
readings of one of them and at least twenty times (times given to the minute say nothing).

False alarms: (a) the alarm rate, shared out among the tests compared; (b) none of an instrument that
reads one unit at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from .coincidence import beyond_chance, chance_of_agreement, expected_agreements
from .finding import ALARM, EXAMPLES, Finding
from .measured import Measured

UNIT = ("lot_code", "unit_id", "instrument", "at")
FEWEST_SECONDS = 20


def first_readings(measured: Measured) -> pl.DataFrame:
    """One row a unit: who, by what, when, and every column as it was first read."""
    first = measured.frame.filter(pl.col("place") == 0).unique("unit", keep="first", maintain_order=True)
    names = list(measured.columns)
    values = [pl.col(name).cast(pl.Float64, strict=False) for name in names]
    return first.join(measured.units.drop("line"), on="unit", maintain_order="left").select(*UNIT, *values)


def same_units(
    now: pl.DataFrame, earlier: pl.DataFrame, where: str, compared: int, alarm: float = ALARM
) -> Iterator[Finding]:
    """``where``: the number of the other plan; ``compared``: with how many in all."""
    names = [name for name in now.columns if name in earlier.columns and name not in UNIT]
    names = [name for name in names if now[name].is_not_null().any() and earlier[name].is_not_null().any()]
    if not names:
        return
    ours, theirs = (one.drop_nulls(names) for one in (now, earlier))
    if min(ours.height, theirs.height) < 2:
        return
    chances = [max(chance_of_agreement(_keys(one[name])) for one in (ours, theirs)) for name in names]
    expected = expected_agreements(ours.height * theirs.height, chances)
    if expected is None:
        return
    alike = ours.join(theirs.select("lot_code", "unit_id", *names), on=names, suffix="_there")
    if alike.height and beyond_chance(alike.height, expected, alarm / max(compared, 1)):
        columns = ("lot_code", "unit_id", "lot_code_there", "unit_id_there")
        parameters = {
            "plan": where,
            "units": alike["unit_id"].n_unique(),
            "columns": names,
            "examples": [
                f"{a} / {b} = {c} / {d}" for a, b, c, d in alike.select(columns).head(EXAMPLES).rows()
            ],
        }
        yield Finding("finding_same_units_elsewhere", parameters)


def same_seconds(now: pl.DataFrame, earlier: pl.DataFrame, where: str) -> Iterator[Finding]:
    ours, theirs = (_seconds(one) for one in (now, earlier))
    both = ours.join(theirs, on=["instrument", "at"]).sort("at")
    if both.height >= FEWEST_SECONDS and 2 * both.height >= min(ours.height, theirs.height):
        parameters = {
            "plan": where,
            "instrument": both["instrument"][0],
            "seconds": both.height,
            "at": both["at"][0].isoformat(),
        }
        yield Finding("finding_instrument_elsewhere", parameters)


def _keys(values: pl.Series) -> np.ndarray:
    return values.to_numpy().view(np.int64)


def _seconds(readings: pl.DataFrame) -> pl.DataFrame:
    timed = readings.filter(pl.col("at").is_not_null() & (pl.col("at").dt.second() != 0))
    return timed.select("instrument", "at").unique()
