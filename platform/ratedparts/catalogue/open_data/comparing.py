"""A set of open data beside another source of the same tables: every value, numbers to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ratedparts.db import Database
from ratedparts.protocols import ProtocolLibrary

from ..read_model import position_now
from ..snapshot import Position
from .checking import OpenDataSet
from .reading import public_tables
from .tables import Table

MOST_NAMED = 20  # rows of a difference


@dataclass(frozen=True)
class Difference:
    """``column``: None where rows are there on one side only; ``keys``: the first of them."""

    table: str
    column: str | None
    count: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """``position``: how far the catalogue of the database has come; the set says how far its own had."""

    position: Position
    tables: int
    rows: int
    differences: tuple[Difference, ...]


def compare_with_database(
    found: OpenDataSet, database: Database, library: ProtocolLibrary, form: str = "parquet"
) -> Compared:
    """What the database holds now, at the instant of the set: terms count as they did then."""
    differences: list[Difference] = []
    seen, rows = set(), 0
    with database.snapshot() as work:
        then = replace(work, at=found.at)
        for table, frame in public_tables(then, library, made_up=found.made_up):
            seen.add(table.name)
            rows += frame.height
            if found.tables.get(table.name) != table:
                differences.append(Difference(table.name, None, frame.height, ()))
                continue
            differences += differences_of(table, frame, found.frame(table.name, form))
        position = position_now(work)
    for name in found.tables.keys() - seen:
        differences.append(Difference(name, None, found.frame(name, form).height, ()))
    return Compared(position, len(seen), rows, tuple(differences))


def differences_of(table: Table, first: pl.DataFrame, second: pl.DataFrame) -> Iterator[Difference]:
    """Both have the columns of the table; rows are matched by its key."""
    for one, other in ((first, second), (second, first)):
        alone = one.join(other, on=table.key, how="anti")
        if alone.height:
            yield Difference(table.name, None, alone.height, _keys(alone, table))
    shared = first.join(second.select(table.key), on=table.key, how="semi").sort(table.key)
    others = second.join(first.select(table.key), on=table.key, how="semi").sort(table.key)
    for name in table.names:
        wrong = differing(shared[name], others[name])
        if wrong.any():
            rows = shared.filter(pl.Series(wrong))
            yield Difference(table.name, name, rows.height, _keys(rows, table))


def differing(first: pl.Series, second: pl.Series) -> np.ndarray:
    """Where two columns of one type and length differ: 0.0 from -0.0, missing from empty and from NaN."""
    if first.dtype == pl.Float64:
        unlike = _bits(first) != _bits(second)
    else:
        unlike = first.ne_missing(second).to_numpy()
    return np.asarray(unlike | (first.is_null().to_numpy() != second.is_null().to_numpy()))


def _bits(numbers: pl.Series) -> np.ndarray:
    """Every NaN counts as the same: a text has but one."""
    values = numbers.fill_null(0.0).to_numpy().copy()
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64)


def _keys(rows: pl.DataFrame, table: Table) -> tuple[str, ...]:
    first = rows.sort(table.key).head(MOST_NAMED).select(table.key)
    return tuple(" ".join(str(value) for value in row) for row in first.iter_rows())
