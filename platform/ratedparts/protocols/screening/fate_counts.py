"""What became of units that are beyond doubt, counted by whole columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from ratedparts.protocols.part_rules import Limits, outside_limits
from ratedparts.protocols.report import EXTERNAL
from ratedparts.protocols.typed_frame import number
from ratedparts.protocols.unit_outcomes import Fate, UnitOutcomes

READOUT = number("readout")


def count_fates(rows: pl.DataFrame, outcomes: UnitOutcomes, limits: Limits) -> None:
    """``rows``: whole units, each with its rows together and rising through the schedule from readout 0.

    The rule of each fate is that of `unit_histories`: a unit that failed, or lay outside the part's limits,
    before any stress was never on test.
    """
    if not rows.height:
        return
    unit = pl.col("unit_id")
    place = rows.lazy().select(
        "lot_code",
        READOUT,
        "status",
        "fail_mode",
        "removed_reason",
        first=(unit != unit.shift(1)).fill_null(True),
        last=(unit != unit.shift(-1)).fill_null(True),
        before=pl.col(READOUT).shift(1),
        nonconforming=pl.Series(_nonconforming_at_receipt(rows, limits)),
    )
    second = pl.col("first").shift(1).fill_null(False) & ~pl.col("first")
    status, readout = pl.col("status"), pl.col(READOUT)
    before = pl.when("first").then(0.0).otherwise(pl.col("before"))
    failed = status == "fail"
    fates = (
        place.filter("last")
        .select(
            "lot_code",
            "nonconforming",
            lower=pl.when(status.is_in(["fail", "lost"])).then(before).otherwise(readout),
            upper=pl.when(failed).then(readout),
            mode=pl.when(failed).then("fail_mode"),
            removed=pl.when(status == "lost").then(pl.lit("lost")).when(status == "removed").then(_reason()),
        )
        .group_by(pl.all())
        .len()
    )
    seconds = place.filter(second).select(pl.col(READOUT).min())
    lots = place.group_by("lot_code").len()
    counted, seen, sizes = pl.collect_all([fates, seconds, lots])
    for lot_code, nonconforming, *fate, count in counted.iter_rows():
        if nonconforming:
            outcomes.lots[lot_code].nonconforming += count
        else:
            outcomes.lots[lot_code].fates[Fate(*fate)] += count
    for lot_code, count in sizes.iter_rows():
        outcomes.lots[lot_code].rows += count
    if (earliest := seen.item()) is not None:
        outcomes.readout_seen(earliest)


def _nonconforming_at_receipt(rows: pl.DataFrame, limits: Limits) -> npt.NDArray[np.bool_]:
    """Of each row, whether its unit failed or lay outside the limits before any stress."""
    unit = rows["unit_id"]
    first = np.flatnonzero((unit != unit.shift(1)).fill_null(True).to_numpy())
    initial = rows[first]
    names = [name for name in limits if number(name) in rows.columns]
    numbers = {name: initial[number(name)].fill_null(np.nan).to_numpy() for name in names}
    told = outside_limits(numbers, limits, initial.height) | (initial["status"] == "fail").to_numpy()
    told &= (initial[READOUT] == 0).to_numpy()
    return np.repeat(told, np.diff(first, append=rows.height))


def _reason() -> pl.Expr:
    given = pl.col("removed_reason")
    external = given.str.strip_chars().str.to_lowercase().str.starts_with(EXTERNAL)
    return pl.when(external).then(pl.lit(EXTERNAL)).otherwise(given)
