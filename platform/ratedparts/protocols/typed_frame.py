"""The columns of a file as a data frame: the text as given, and beside it what the text means.

``line`` is the line of the file; a column ``name`` is text, null where blank; ``name:number`` is a double and
``name:instant`` a time in UTC to the microsecond, null where blank or faulty.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from ratedparts.protocols.model import Column, ColumnType
from ratedparts.protocols.report import Table

LINE = "line"
INSTANT_TYPE = pl.Datetime("us", "UTC")
NUMERIC = (ColumnType.NUMBER, ColumnType.WHOLE_NUMBER, ColumnType.BOOLEAN)


def number(name: str) -> str:
    """Where the numbers of a column stand."""
    return f"{name}:number"


def instant(name: str) -> str:
    """Where the times of a column stand."""
    return f"{name}:instant"


def text_columns(names: Iterable[str]) -> list[str]:
    """The columns as the file has them, in its order, among all the columns of a frame."""
    return [name for name in names if name != LINE and ":" not in name]


def frame_schema(columns: Iterable[Column]) -> dict[str, pl.DataType]:
    """Names and types of a frame, the columns in the order of the file."""
    schema: dict[str, pl.DataType] = {LINE: pl.Int64()}
    for column in columns:
        schema[column.name] = pl.String()
        if column.type in NUMERIC:
            schema[number(column.name)] = pl.Float64()
        elif column.type is ColumnType.INSTANT:
            schema[instant(column.name)] = INSTANT_TYPE
    return schema


def typed_frame(table: Table) -> pl.DataFrame:
    """The same table, as a frame."""
    series: list[pl.Series] = [pl.Series(LINE, table.lines, pl.Int64)]
    for name in table.columns:
        series.append(pl.Series(name, [text or None for text in table.texts[name]], pl.String))
        if name in table.numbers:
            series.append(pl.Series(number(name), table.numbers[name], nan_to_null=True))
        if name in table.instants:
            times = table.instants[name].astype(np.int64)  # NaT is the least of all
            known = pl.Series(instant(name), times).set(pl.Series(np.isnat(table.instants[name])), None)
            series.append(known.cast(INSTANT_TYPE))
    return pl.DataFrame(series)
