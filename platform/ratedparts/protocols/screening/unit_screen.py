"""Which units are surely in order: the rules between the rows of a unit, over a whole block at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from ratedparts.protocols.criteria import applies, evaluate
from ratedparts.protocols.model import Protocol, Readouts, Scalar
from ratedparts.protocols.part_rules import Part
from ratedparts.protocols.report import Numbers, Table
from ratedparts.protocols.typed_frame import instant, number

from .cell_screen import IN_ORDER

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


def units_begin(rows: pl.DataFrame) -> Rows:
    """Where each unit's rows begin, if they stand together."""
    unit = rows["unit_id"]
    return np.flatnonzero((unit != unit.shift(1)).fill_null(True).to_numpy())


def doubtful_units(
    rows: pl.DataFrame, first: Rows, protocol: Protocol, part: Part, stated: Mapping[str, str]
) -> Flags:
    """Of every unit whether it is not beyond doubt.

    ``rows``: whole units, each with its rows together, beginning at ``first``; ``stated``: what the file
    says first of each stress.
    """
    readouts = protocol.readouts
    assert readouts is not None
    step = _scheduled(rows, readouts)
    fine = rows[IN_ORDER].to_numpy().copy()
    fine &= _endings_in_order(rows, protocol, stated)
    fine &= _rows_in_order(rows, step, first)
    fine &= _statuses_agree(rows, protocol, part.attributes, first)
    return ~(np.logical_and.reduceat(fine, first) & _readouts_present(rows, step, readouts, first))


def _endings_in_order(rows: pl.DataFrame, protocol: Protocol, stated: Mapping[str, str]) -> Flags:
    """A failure names its mode, a removal its reason, no other row does; every row states the same stress."""
    status, mode, reason = pl.col("status"), pl.col("fail_mode"), pl.col("removed_reason")
    known = mode.is_in(list(protocol.failure_modes)).fill_null(False)
    mode_fits = pl.when(status == "fail").then(known).otherwise(mode.is_null())
    given = reason.str.strip_chars().str.len_bytes() > 0
    reason_fits = (
        pl.when(status == "removed")
        .then(given.fill_null(False))
        .when(status == "lost")
        .then(True)
        .otherwise(reason.is_null())
    )
    same = [pl.col(name).fill_null(value) == value for name, value in stated.items()]
    verdict = pl.all_horizontal(mode_fits, reason_fits, *same).fill_null(False)
    return rows.select(verdict.alias("fine"))["fine"].to_numpy()


def _rows_in_order(rows: pl.DataFrame, step: Rows, first: Rows) -> Flags:
    """One lot, readouts rising through the schedule, times that do not run back, nothing after the end."""
    follows = np.ones(rows.height, dtype=bool)  # whether the row before is of the same unit
    follows[first] = False
    lot, ended = rows["lot_code"], (rows["status"] != "ok").fill_null(True).to_numpy()
    fine: Flags = ~follows | (lot == lot.shift(1)).fill_null(False).to_numpy()
    fine &= step >= 0
    fine[1:] &= ~follows[1:] | ((step[1:] > step[:-1]) & ~ended[:-1])
    at = rows[instant("measured_at")].to_numpy()
    fine[1:] &= ~follows[1:] | ~(at[1:] < at[:-1])
    unknown = np.isnat(at)
    fine[:-1] &= ~(unknown[:-1] & follows[1:])  # a blank time hides the order of those around it
    return fine


def _scheduled(rows: pl.DataFrame, readouts: Readouts) -> Rows:
    """The place in the schedule of each row's readout; -1 where it has none."""
    value = rows[number("readout")].fill_null(np.nan).to_numpy()
    times = np.array(sorted(readouts.at))
    late, early = np.where(times > 0, readouts.late, 0.0), np.where(times > 0, readouts.early, 0.0)
    place = np.searchsorted(times - early, value, side="right") - 1
    inside = (place >= 0) & (value <= (times + late)[np.maximum(place, 0)])
    return np.where(inside, place, -1)


def _readouts_present(rows: pl.DataFrame, step: Rows, readouts: Readouts, first: Rows) -> Flags:
    """Of each unit: the initial readout, and every mandatory one before its end."""
    value = rows[number("readout")].fill_null(np.nan).to_numpy()
    last = np.append(first[1:], rows.height) - 1
    ended = (rows["status"] != "ok").fill_null(True).to_numpy()[last]
    until = np.where(ended, value[last], np.inf)
    present: Flags = value[first] == 0
    times = np.array(sorted(readouts.at))
    for mandatory in readouts.mandatory:
        if mandatory > 0:
            seen = np.logical_or.reduceat(step == int(np.searchsorted(times, mandatory)), first)
            present &= seen | (mandatory >= until)
    return present


def _statuses_agree(
    rows: pl.DataFrame, protocol: Protocol, attributes: Mapping[str, Scalar], first: Rows
) -> Flags:
    """No failed criterion without a failure, no failure without a failed criterion."""
    criteria = [criterion for criterion in protocol.criteria if applies(criterion, attributes)]
    numbers = {name: _numbers(rows, name) for name in {criterion.column for criterion in criteria}}
    table = Table((), (), {}, numbers, {})
    measured_first = np.where(_numbers(rows, "readout")[first] == 0, first, -1)
    initial = np.repeat(measured_first, np.diff(first, append=rows.height))
    fails = np.zeros(rows.height, dtype=bool)
    for criterion in criteria:
        fails |= evaluate(criterion, table, initial, attributes).fails
    failed = (rows["status"] == "fail").fill_null(False).to_numpy()
    agree: Flags = fails == failed
    return agree


def _numbers(rows: pl.DataFrame, name: str) -> Numbers:
    return rows[number(name)].fill_null(np.nan).to_numpy()
