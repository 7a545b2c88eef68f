"""Hours and times that do not fit each other.

Rules: (a) between two readings a unit was under stress for more hours than the calendar has between them,
by more than an hour and 1 %; (b) one instrument read 200 units or more at the very same second (times
that are given to the minute are those of a session, and say nothing); (c) the first reading lies before
the plan was registered.

False alarms: none, where the times are those of the readings. Weekends, holidays and nights are no
finding; a unit whose readings go back in time is refused before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import polars as pl

from .finding import Finding
from .measured import Measured

HOUR, SHARE = 1.0, 0.01
AT_ONCE = 200


def hours_beyond_the_calendar(measured: Measured) -> Iterator[Finding]:
    readouts = measured.protocol.readouts
    if readouts is None or readouts.unit != "h":
        return
    worst, units = (0.0, 0, 0.0, 0.0), np.zeros(measured.units.height, dtype=bool)
    hours, seconds = measured.hours[:, 0], measured.seconds[:, 0]
    for place in range(1, len(measured.readouts)):
        stress = measured.hours[:, place] - hours
        elapsed = (measured.seconds[:, place] - seconds) / 3600
        excess = stress - elapsed - np.maximum(HOUR, SHARE * stress)
        beyond = np.where(np.isfinite(excess), excess, 0.0) > 0
        units |= beyond
        if beyond.any():
            index = int(np.where(beyond, excess, -np.inf).argmax())
            worst = max(worst, (float(excess[index]), index, float(stress[index]), float(elapsed[index])))
        # A readout that a unit missed is stepped over.
        there = np.isfinite(measured.hours[:, place]) & np.isfinite(measured.seconds[:, place])
        hours = np.where(there, measured.hours[:, place], hours)
        seconds = np.where(there, measured.seconds[:, place], seconds)
    if units.any():
        _, index, stress_hours, elapsed_hours = worst
        parameters = {
            "units": int(units.sum()),
            "unit": measured.unit(index),
            "line": measured.line(index),
            "stress_hours": stress_hours,
            "calendar_hours": elapsed_hours,
        }
        yield Finding("finding_hours_beyond_calendar", parameters)


def read_at_once(measured: Measured) -> Iterator[Finding]:
    crowded = (
        measured.frame.lazy()
        .filter(pl.col("at").is_not_null() & (pl.col("at").dt.second() != 0))
        .group_by("instrument", "at")
        .agg(pl.col("unit").n_unique().alias("units"), pl.col("line").min())
        .filter(pl.col("units") >= AT_ONCE)
        .sort("units", "line", descending=[True, False])
        .collect()
    )
    if crowded.height:
        top = crowded.row(0, named=True)
        parameters = {
            "instrument": top["instrument"],
            "at": top["at"].isoformat(),
            "units": top["units"],
            "instants": crowded.height,
            "line": top["line"],
        }
        yield Finding("finding_read_at_once", parameters)


def before_its_plan(measured: Measured, registered_at: datetime) -> Iterator[Finding]:
    first = measured.frame.filter(pl.col("at") == pl.col("at").min()).head(1)
    if first.height and first["at"][0] < registered_at:
        parameters = {
            "at": first["at"][0].isoformat(),
            "registered_at": registered_at.isoformat(timespec="seconds"),
            "line": first["line"][0],
        }
        yield Finding("finding_before_its_plan", parameters)
