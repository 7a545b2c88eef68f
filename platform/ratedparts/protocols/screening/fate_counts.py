"""What became of units that are beyond doubt, counted by whole columns."""

from __future__ import annotations

import numpy as np
import polars as pl

from ratedparts.protocols.part_rules import Limits, outside_limits
from ratedparts.protocols.report import EXTERNAL
from ratedparts.protocols.typed_frame import number
from ratedparts.protocols.unit_outcomes import Fate, UnitOutcomes

from .unit_screen import Rows

READOUT = number("readout")


def count_fates(rows: pl.DataFrame, first: Rows, outcomes: UnitOutcomes, limits: Limits) -> None:
    """``rows``: whole units, each with its rows together from ``first`` on, rising through the schedule from
    readout 0.

    The rule of each fate is that of `unit_histories`: a unit that failed, or lay outside the part's limits,
    before any stress was never on test.
    """
    if not rows.height:
        return
    last = np.append(first[1:], rows.height) - 1
    stayed = last > first  # was measured more than once
    readouts = rows[READOUT].to_numpy()
    before = np.where(stayed, readouts[last - 1], 0.0)
    endings = rows.select("lot_code", READOUT, "status", "fail_mode", "removed_reason")[last].with_columns(
        before=before,
        nonconforming=_nonconforming_at_receipt(rows, first, limits),
        rows=np.diff(first, append=rows.height),
    )
    for lot_code, nonconforming, *fate, count in (
        _fates(endings).group_by(pl.all(), maintain_order=True).len().iter_rows()
    ):
        if nonconforming:
            outcomes.lots[lot_code].nonconforming += count
        else:
            outcomes.lots[lot_code].fates[Fate(*fate)] += count
    for lot_code, count in (
        endings.group_by("lot_code", maintain_order=True).agg(pl.col("rows").sum()).iter_rows()
    ):
        outcomes.lots[lot_code].rows += count
    if stayed.any():
        outcomes.readout_seen(float(readouts[first[stayed] + 1].min()))


def _fates(endings: pl.DataFrame) -> pl.DataFrame:
    """Of each unit's last row, where its life ends; ``before`` is the readout of the row before."""
    status = pl.col("status")
    failed = status == "fail"
    return endings.select(
        "lot_code",
        "nonconforming",
        lower=pl.when(status.is_in(["fail", "lost"])).then("before").otherwise(READOUT),
        upper=pl.when(failed).then(READOUT),
        mode=pl.when(failed).then("fail_mode"),
        removed=pl.when(status == "lost").then(pl.lit("lost")).when(status == "removed").then(_reason()),
    )


def _nonconforming_at_receipt(rows: pl.DataFrame, first: Rows, limits: Limits) -> pl.Series:
    """Of each unit, whether it failed or lay outside the limits in its first row, before any stress."""
    names = [name for name in limits if number(name) in rows.columns]
    initial = rows.select("status", *map(number, {"readout", *names}))[first]
    numbers = {name: initial[number(name)].fill_null(np.nan).to_numpy() for name in names}
    told = outside_limits(numbers, limits, initial.height) | (initial["status"] == "fail").to_numpy()
    return pl.Series(told & (initial[READOUT] == 0).to_numpy())


def _reason() -> pl.Expr:
    given = pl.col("removed_reason")
    external = given.str.strip_chars().str.to_lowercase().str.starts_with(EXTERNAL)
    return pl.when(external).then(pl.lit(EXTERNAL)).otherwise(given)
