"""Which cells are surely in order, by whole columns, and what the numbers and instants among them mean.

The rules are those of `ratedparts.protocols.columns` and `ratedparts.protocols.cells`, said the careful way.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ratedparts.protocols.cells import EARLIEST, LATEST, MAXIMUM_NUMBER_LENGTH
from ratedparts.protocols.columns import ALWAYS_REQUIRED, MAXIMUM_TEXT_LENGTH, MEASURED_AT_A_FAILURE
from ratedparts.protocols.model import Column, ColumnType
from ratedparts.protocols.typed_frame import NUMERIC, instant, number

WHOLE_NUMBER = r"^-?[0-9]{1,15}$"
ZERO = "0." + 20 * "0"  # a zero as people write it stands before this in the dictionary
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
IN_ORDER = "in order"  # no column of a protocol has a name with a blank


def has_odd_number(block: bytes) -> bool:
    """Whether ``5.e3`` may stand there, which the reader of floats takes and ours does not."""
    whole = pl.Series([block]).bin  # its search is five times that of Python's own
    return bool(whole.contains(b".e")[0] or whole.contains(b".E")[0])


def read_cells(rows: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """``rows`` (texts, null where blank) with the meanings beside them and the verdict `IN_ORDER`."""
    read = rows.with_columns(reading for column in columns if (reading := _reading(column)) is not None)
    has_status = "status" in rows.columns
    filled = [c for c in columns if c.required or rows[c.name].null_count() < rows.height]
    verdicts = read.select(_in_order(column, has_status).alias(column.name) for column in filled)
    return read.with_columns(verdicts.select(pl.all_horizontal(pl.all()).alias(IN_ORDER)))


def _reading(column: Column) -> pl.Expr | None:
    text = pl.col(column.name)
    if column.type in NUMERIC:
        return text.cast(pl.Float64, strict=False).alias(number(column.name))
    if column.type is ColumnType.INSTANT:
        form = "%Y-%m-%dT%H:%M:%S%.f%#z"
        time = text.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        return time.alias(instant(column.name))
    return None


def _in_order(column: Column, has_status: bool) -> pl.Expr:
    cell = pl.col(column.name)
    filled = _filled_in_order(column, cell)
    if not column.required:
        return cell.is_null() | filled.fill_null(False)
    if not has_status or column.name in ALWAYS_REQUIRED:
        return filled.fill_null(False)
    gone = ["removed", "lost"] if column.name in MEASURED_AT_A_FAILURE else ["removed", "lost", "fail"]
    return filled.fill_null(False) | (cell.is_null() & pl.col("status").is_in(gone).fill_null(False))


def _filled_in_order(column: Column, cell: pl.Expr) -> pl.Expr:
    """Whether a cell that is not blank is in order; null or false where it is not."""
    value = pl.col(instant(column.name) if column.type is ColumnType.INSTANT else number(column.name))
    if column.type is ColumnType.NUMBER:
        finite = value.is_finite() & (cell.str.len_bytes() <= MAXIMUM_NUMBER_LENGTH)
        zero = pl.when(cell.str.starts_with("-")).then(cell <= f"-{ZERO}").otherwise(cell <= ZERO)
        not_underflown = (value != 0) | zero
        return finite & _begins_and_ends_with_a_digit(cell) & not_underflown & _in_range(column, value)
    if column.type is ColumnType.WHOLE_NUMBER:
        return cell.str.contains(WHOLE_NUMBER) & _in_range(column, value)
    if column.type is ColumnType.BOOLEAN:
        return (cell == "0") | (cell == "1")
    if column.type is ColumnType.INSTANT:
        return cell.str.contains(INSTANT) & (value >= EARLIEST) & (value < LATEST)
    if column.choices:
        return cell.is_in(list(column.choices))
    fits = cell.str.len_chars() <= MAXIMUM_TEXT_LENGTH
    return fits & (cell == cell.str.strip_chars()) if column.required else fits


def _begins_and_ends_with_a_digit(cell: pl.Expr) -> pl.Expr:
    """What the reader of floats takes and `read_number` does not: ``+1``, ``.5``, ``5.``, and words.

    Comparing texts costs a tenth of matching a pattern.  `has_odd_number` looks for the rest.
    """
    plain = (cell >= "0") & (cell < ":")
    negative = (cell >= "-0") & (cell < "-:")
    return (plain | negative) & ~cell.str.ends_with(".")


def _in_range(column: Column, value: pl.Expr) -> pl.Expr:
    within = pl.lit(True)
    if column.minimum is not None:
        within = within & (value >= column.minimum)
    if column.maximum is not None:
        within = within & (value <= column.maximum)
    return within
