"""Screen a whole file, block by block, and hand what is in doubt to the exact checker."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from ratedparts.protocols.csv_reader import MAXIMUM_COLUMNS, Records
from ratedparts.protocols.header import match_header
from ratedparts.protocols.model import Layout, Protocol, Scalar
from ratedparts.protocols.report import FaultList

from .cell_screen import has_odd_number, read_cells
from .line_blocks import Doubt, header_line, line_blocks
from .unit_screen import doubtful_rows

SLICE_ROWS = 200_000
MAXIMUM_ROWS = 50_000_000  # more than the exact reader takes: nothing here is kept
LINE = "line of the file"  # no column of a protocol has a name with a blank

# The exact checker, on some units: their records, and what the file's first row says of each stress.
LookClosely = Callable[[Records, Mapping[str, str]], None]


class Scattered(Exception):
    """A unit comes back further down."""


@dataclass(frozen=True)
class Screened:
    rows: int
    units: int


def screen(
    source: IO[bytes],
    protocol: Protocol,
    attributes: Mapping[str, Scalar],
    look_closely: LookClosely,
    *,
    gather: bool,
    block_bytes: int,
) -> Screened:
    """Count rows and units, and give ``look_closely`` every unit that is not beyond doubt.

    Memory holds a block and a digest of each unit, not the file.  With ``gather`` the whole file is sorted in
    memory, so that the rows of a unit stand together.

    Raises
    ------
    Doubt
        Only the exact checker can read the whole of this file.
    Scattered
        The rows of a unit do not stand together.

    After either, what ``look_closely`` found must be forgotten.
    """
    if protocol.layout is not Layout.UNIT_READOUTS:
        raise Doubt
    try:
        header = next(csv.reader([header_line(source).decode()], strict=True), [])
    except (csv.Error, UnicodeDecodeError):
        raise Doubt from None
    if not header:
        raise Doubt
    matched = match_header(header, protocol, FaultList())
    if not matched.whole or len(header) > MAXIMUM_COLUMNS:
        raise Doubt
    blocks = _read_blocks(source, header, block_bytes)
    first = next(blocks, None)
    if first is None:
        raise Doubt
    frames: Iterator[pl.DataFrame] = chain([first], blocks)
    if gather:
        frames = pl.concat(frames).sort("unit_id", maintain_order=True).iter_slices(SLICE_ROWS)
    columns = [column for _, column in matched.columns]
    stated = _stated(first, protocol)
    row_count, seen = 0, _Names()
    for rows in _whole_units(frames):
        seen.add(rows["unit_id"].rle().struct.field("value").hash().to_numpy())
        row_count += rows.height
        if row_count > MAXIMUM_ROWS:
            raise Doubt
        doubtful = doubtful_rows(read_cells(rows, columns), protocol, attributes, stated)
        if doubtful.any():
            held = rows.filter(pl.Series(doubtful))
            records = [list(row) for row in held.select(header).fill_null("").iter_rows()]
            look_closely(Records(header, records, held[LINE].to_list(), []), stated)
    seen.require_once_each()
    return Screened(row_count, seen.count)


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


def _read_blocks(source: IO[bytes], header: list[str], size: int) -> Iterator[pl.DataFrame]:
    """Texts of each block, null where blank, with the line of the file.  Raises `Doubt` for a ragged row."""
    line = 2
    texts = dict.fromkeys(header, pl.String)
    for block in line_blocks(source, size):
        if has_odd_number(block):
            raise Doubt
        try:
            rows = pl.read_csv(BytesIO(block), has_header=False, schema=texts, quote_char=None)
        except pl.exceptions.PolarsError:
            raise Doubt from None
        # A row with too many cells was an error; with this sum, then, none has too few.
        lines = rows.height
        if block.count(b",") != lines * (len(header) - 1) or rows["unit_id"].null_count():
            raise Doubt
        yield rows.with_columns(pl.int_range(line, line + lines, dtype=pl.Int64).alias(LINE))
        line += lines


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
