"""The typed columns of a file as Parquet: text as given, and beside it what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratedparts.protocols import TakeColumns

if TYPE_CHECKING:
    import polars as pl

ROW_GROUP = 100_000


def columns_into(path: Path) -> TakeColumns:
    """What writes the columns (see `ratedparts.protocols.typed_frame`) to ``path`` while they are read.

    The bytes depend on the rows and their order alone, not on how they came in frames.
    """

    def write(frames: Iterator[pl.DataFrame], schema: Mapping[str, pl.DataType]) -> None:
        from polars.io.plugins import register_io_source

        def rows(
            columns: list[str] | None, predicate: Any, _rows: int | None, _size: int | None
        ) -> Iterator[pl.DataFrame]:
            for frame in frames:
                yield frame if columns is None else frame.select(columns)

        lazy = register_io_source(rows, schema=dict(schema))
        lazy.sink_parquet(path, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)

    return write


def same_columns(path: Path, other: Path) -> bool:
    """Whether two files hold the same columns, whatever program wrote them."""
    import polars as pl

    return pl.read_parquet(path).equals(pl.read_parquet(other))
