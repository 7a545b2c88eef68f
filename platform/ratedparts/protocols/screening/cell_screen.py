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

from .line_blocks import Tidiness

WHOLE_NUMBER = r"^-?[0-9]{1,15}$"
DOT_WITHOUT_A_DIGIT = r"\.([^0-9]|$)"
ZERO = "0." + 20 * "0"  # a zero as people write it stands before this in the dictionary
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
IN_ORDER = "in order"  # no column of a protocol has a name with a blank


def read_cells(rows: pl.DataFrame, columns: Sequence[Column], tidy: Tidiness) -> pl.DataFrame:
    """``rows`` (texts, null where blank) with the meanings beside them and the verdict `IN_ORDER`.

    ``tidy``: what is known of all of these cells.
    """
    read = rows.with_columns(reading for column in columns if (reading := _reading(column)) is not None)
    filled = [c for c in columns if c.required or rows[c.name].null_count() < rows.height]
    verdicts = read.select(_in_order(column, read, tidy).alias(column.name) for column in filled)
    # A verdict that is null is of a cell whose meaning is.
    return read.with_columns(verdicts.select(pl.all_horizontal(pl.all()).fill_null(False).alias(IN_ORDER)))


def _reading(column: Column) -> pl.Expr | None:
    text = pl.col(column.name)
    if column.type in NUMERIC:
        return text.cast(pl.Float64, strict=False).alias(number(column.name))
    if column.type is ColumnType.INSTANT:
        form = "%Y-%m-%dT%H:%M:%S%.f%#z"
        time = text.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        return time.alias(instant(column.name))
    return None


def _in_order(column: Column, rows: pl.DataFrame, tidy: Tidiness) -> pl.Expr:
    cell = pl.col(column.name)
    filled = _filled_in_order(column, rows, tidy)
    if rows[column.name].null_count() == 0:
        return filled
    if not column.required:
        return cell.is_null() | filled
    if "status" not in rows.columns or column.name in ALWAYS_REQUIRED:
        return filled
    gone = ["removed", "lost"] if column.name in MEASURED_AT_A_FAILURE else ["removed", "lost", "fail"]
    return pl.when(cell.is_null()).then(pl.col("status").is_in(gone)).otherwise(filled)


def _filled_in_order(column: Column, rows: pl.DataFrame, tidy: Tidiness) -> pl.Expr:
    """Whether a cell that is not blank is in order; null or false where it is not."""
    cell = pl.col(column.name)
    value = pl.col(instant(column.name) if column.type is ColumnType.INSTANT else number(column.name))
    if column.type is ColumnType.NUMBER:
        within = cell.str.len_bytes() <= MAXIMUM_NUMBER_LENGTH
        written = _written_as_a_number(cell, value, rows[number(column.name)].min(), tidy)
        return value.is_finite() & within & written & _in_range(column, value)
    if column.type is ColumnType.WHOLE_NUMBER:
        return cell.str.contains(WHOLE_NUMBER) & _in_range(column, value)
    if column.type is ColumnType.BOOLEAN:
        return (cell == "0") | (cell == "1")
    if column.type is ColumnType.INSTANT:
        return cell.str.contains(INSTANT) & (value >= EARLIEST) & (value < LATEST)
    if column.choices:
        return cell.is_in(list(column.choices))
    fits = cell.str.len_bytes() <= MAXIMUM_TEXT_LENGTH  # a longer one may be in order too
    return fits & (cell == cell.str.strip_chars()) if column.required and not tidy.edges else fits


def _written_as_a_number(cell: pl.Expr, value: pl.Expr, lowest: object, tidy: Tidiness) -> pl.Expr:
    """Without what the reader of floats takes and `read_number` does not: ``+1``, ``.5``, ``5.``, ``5.e3``,
    nor a number so small that it was read as zero.

    Comparing texts costs a tenth of matching a pattern; a finite number that is not negative and stands
    behind ``0`` in the dictionary begins with a digit.
    """
    written = cell >= "0"
    if not (isinstance(lowest, float) and lowest > 0):
        written &= (value > 0) | (cell <= ZERO)
        negative = (cell >= "-0") & (cell < "-:") & ((value < 0) | (cell <= f"-{ZERO}"))
        written |= negative
    return written if tidy.dots else written & ~cell.str.contains(DOT_WITHOUT_A_DIGIT)


def _in_range(column: Column, value: pl.Expr) -> pl.Expr:
    within = pl.lit(True)
    if column.minimum is not None:
        within = within & (value >= column.minimum)
    if column.maximum is not None:
        within = within & (value <= column.maximum)
    return within
