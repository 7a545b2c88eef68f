"""Screen a whole file, block by block, and hand what is in doubt to the exact checker."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS, Records
from ratedparts.protocols.header import match_header
from ratedparts.protocols.model import Column, Layout, Protocol
from ratedparts.protocols.part_rules import Part
from ratedparts.protocols.plan_tally import PlanTally
from ratedparts.protocols.report import FaultList, Table
from ratedparts.protocols.typed_frame import LINE, frame_schema, instant, typed_frame
from ratedparts.protocols.unit_outcomes import UnitOutcomes

from .cell_screen import read_cells
from .fate_counts import count_fates
from .gathering import gathered
from .line_blocks import Doubt, Tidiness, header_line
from .text_frames import text_frames
from .unit_screen import Rows, doubtful_units, units_begin

SLICE_ROWS = 200_000
MAXIMUM_ROWS = 50_000_000  # more than the exact reader takes: nothing here is kept

# The exact checker, on some units: their records, and what the file's first row says of each stress.
LookClosely = Callable[[Records, Mapping[str, str]], Table]


class Scattered(Exception):
    """A unit comes back further down."""


class Screen:
    """One reading of a file; ``rows``, ``units`` and ``measured`` are known once the last frame was taken."""

    def __init__(
        self,
        source: IO[bytes],
        protocol: Protocol,
        part: Part,
        look_closely: LookClosely,
        outcomes: UnitOutcomes,
        tally: PlanTally | None = None,
    ) -> None:
        """Read the header.  Raises `Doubt` where the exact checker must."""
        self._source = source
        self._protocol = protocol
        self._part = part
        self._look_closely = look_closely
        self._outcomes = outcomes
        self._tally = tally
        self._header, self._columns = _read_header(source, protocol)
        self._tidy = Tidiness()
        self.schema = frame_schema(self._columns)
        self.rows = self.units = 0
        self.measured: tuple[datetime, datetime] | None = None

    def frames(self, *, gather: bool, block_bytes: int) -> Iterator[pl.DataFrame]:
        """The typed columns, whole units at a time; any unit not beyond doubt is looked at closely.

        Memory holds a block and a digest of each unit, not the file.  With ``gather`` the rows of a unit are
        first brought together, on the disk where the file is long.

        Raises
        ------
        Doubt
            Only the exact checker can read the whole of this file.
        Scattered
            The rows of a unit do not stand together.

        After either, what was found must be forgotten.
        """
        frames = text_frames(self._source, self._header, block_bytes, self._tidy)
        beginning = next(frames, None)
        if beginning is None:
            raise Doubt
        stated = _stated(beginning, self._protocol)
        frames = chain([beginning], frames)
        if gather:
            frames = (rows for part in gathered(frames) for rows in part.iter_slices(SLICE_ROWS))
        seen = _Names()
        for rows in _whole_units(frames):
            first = units_begin(rows)
            seen.add(rows["unit_id"].gather(first).hash().to_numpy())
            self.rows += rows.height
            if self.rows > MAXIMUM_ROWS:
                raise Doubt
            yield self._looked_through(rows, first, stated)
        seen.require_once_each()
        self.units = seen.count

    def _looked_through(self, rows: pl.DataFrame, first: Rows, stated: Mapping[str, str]) -> pl.DataFrame:
        """The typed columns of ``rows``, whose units begin at ``first``."""
        read = read_cells(rows, self._columns, self._tidy)
        doubtful = doubtful_units(read, first, self._protocol, self._part, stated)
        typed = read.select(list(self.schema))
        held = None
        if doubtful.any():
            sizes = np.diff(first, append=rows.height)
            of_doubtful = np.repeat(doubtful, sizes)
            held, typed = rows.filter(of_doubtful), typed.filter(~of_doubtful)
            sizes = sizes[~doubtful]
            first = np.cumsum(sizes) - sizes
        count_fates(typed, first, self._outcomes, self._part.limits)
        if held is not None:
            records = [list(row) for row in held.select(self._header).fill_null("").iter_rows()]
            looked_at = self._look_closely(Records(self._header, records, held[LINE].to_list(), []), stated)
            typed = pl.concat([typed, typed_frame(looked_at)]).sort(LINE)
        if self._tally is not None:
            self._tally.add(typed)
        self._note_times(typed)
        return typed

    def _note_times(self, typed: pl.DataFrame) -> None:
        times = typed[instant("measured_at")]
        first, last = times.min(), times.max()
        if isinstance(first, datetime) and isinstance(last, datetime):
            known = self.measured or (first, last)
            self.measured = (min(first, known[0]), max(last, known[1]))


class _Names:
    """Digests of the units so far, looked through for one that comes back whenever they have doubled."""

    def __init__(self) -> None:
        self._parts: list[npt.NDArray[np.uint64]] = []
        self.count = 0
        self._looked_at = 0

    def add(self, names: npt.NDArray[np.uint64]) -> None:
        self._parts.append(names)
        self.count += names.size
        if self.count >= 2 * self._looked_at:
            self.require_once_each()

    def require_once_each(self) -> None:
        names = np.sort(np.concatenate(self._parts)) if self._parts else np.empty(0)
        if (names[1:] == names[:-1]).any():
            raise Scattered
        self._looked_at = self.count


def _read_header(source: IO[bytes], protocol: Protocol) -> tuple[list[str], list[Column]]:
    """The names as the file has them, and their columns in that order."""
    if protocol.layout is not Layout.UNIT_READOUTS:
        raise Doubt
    try:
        header = next(csv.reader([header_line(source).decode()], strict=True), [])
    except (csv.Error, UnicodeDecodeError):
        raise Doubt from None
    if not header or len(header) > MAXIMUM_COLUMNS:
        raise Doubt
    matched = match_header(header, protocol, FaultList())
    if not matched.whole:
        raise Doubt
    return header, [column for _, column in matched.columns]


def _whole_units(blocks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows, cut where a unit ends."""
    kept: pl.DataFrame | None = None
    for block in blocks:
        rows = block if kept is None else pl.concat([kept, block])
        unit = rows["unit_id"]
        differs = (unit != unit[-1]).arg_true()
        cut = int(differs[-1]) + 1 if differs.len() else 0
        kept = rows[cut:]
        if cut:
            yield rows[:cut]
    if kept is not None:
        yield kept


def _stated(rows: pl.DataFrame, protocol: Protocol) -> dict[str, str]:
    """What the first row says of every stress that has a column."""
    stated = {}
    for name in {stress.name for stress in protocol.stress} & set(rows.columns):
        value = rows[name][0]
        column = protocol.column(name)
        if column is None or not column.choices:
            continue  # the protocol takes any value, in every row
        if value not in column.choices:
            raise Doubt
        stated[name] = str(value)
    return stated
