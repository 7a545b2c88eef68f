"""The rows of units that stand apart, brought together: in memory where few, else by way of the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from ratedparts.protocols.typed_frame import LINE

ROWS_IN_MEMORY = 500_000
PARTS = 64  # of the disk's copy; each is sorted in memory by itself
PART = "part of the copy"  # no column of a protocol has a name with a blank


def gathered(blocks: Iterator[pl.DataFrame], rows_in_memory: int = ROWS_IN_MEMORY) -> Iterator[pl.DataFrame]:
    """The same rows, unit by unit in no order of the units, those of a unit in the order of the file."""
    held: list[pl.DataFrame] = []
    rows = 0
    for block in blocks:
        held.append(block)
        rows += block.height
        if rows > rows_in_memory:
            yield from _by_way_of_the_disk(held, blocks)
            return
    yield _sorted(pl.concat(held))


def _by_way_of_the_disk(held: list[pl.DataFrame], rest: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        count = 0
        while held:
            _lay_down(held.pop(0), folder, count)
            count += 1
        for block in rest:
            _lay_down(block, folder, count)
            count += 1
        for part in range(PARTS):
            files = sorted(folder.glob(f"{part}-*.parquet"))
            if files:
                yield _sorted(pl.read_parquet(files))


def _lay_down(block: pl.DataFrame, folder: Path, number: int) -> None:
    """Every unit's rows go to the part that its name says."""
    marked = block.with_columns((pl.col("unit_id").hash() % PARTS).alias(PART))
    for (part,), rows in marked.partition_by(PART, as_dict=True, include_key=False).items():
        rows.write_parquet(folder / f"{part}-{number:06}.parquet", compression="lz4")


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("unit_id", LINE)
