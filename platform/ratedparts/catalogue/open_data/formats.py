"""A table as a file: CSV (RFC 4180, UTF-8), Parquet, JSON Lines.  Each gives back every value as it was.

Missing: nothing between two commas, null.  An empty text: ``""``.  What is no finite number: NaN, INF, -INF,
as a Table Schema writes them; in JSON, which has no such numbers, as texts.  Numbers are written with the
fewest digits that lead back to the same double.  No cell is altered for a spreadsheet's sake.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from ratedparts.fault_points import fault_point

from .tables import Kind, Table

ROWS_AT_ONCE = 20_000
INSTANT: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"
LINE_END: Final = "\r\n"
MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/jsonl",
}
# What a spreadsheet may take for the beginning of a formula.
_FORMULA = r"^[=+\-@\t\r]"
_NOT_FINITE: Final = {"NaN": math.nan, "INF": math.inf, "-INF": -math.inf}

Alive = Callable[[], None]


def write_table(
    frame: pl.DataFrame, table: Table, form: str, path: Path, alive: Alive = lambda: None
) -> None:
    """Write the rows as they stand, and have them on the disk."""
    {"csv": _write_csv, "parquet": _write_parquet, "jsonl": _write_json_lines}[form](
        frame, table, path, alive
    )
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    fault_point("file.written")
    alive()


def read_table(path: Path, table: Table, form: str) -> pl.DataFrame:
    """The rows of a file, typed as the table says.

    Raises ValueError where the columns are others or a value is none of its type; what the file is named in
    the message is for whoever reads the refusal.
    """
    try:
        return {"csv": _read_csv, "parquet": _read_parquet, "jsonl": _read_json_lines}[form](path, table)
    except (pl.exceptions.PolarsError, UnicodeDecodeError, RecursionError, TypeError, KeyError) as error:
        raise ValueError(str(error)) from None


def cells_like_formulas(frame: pl.DataFrame, table: Table) -> int:
    """How many texts a spreadsheet would run if it opened the CSV without being told that they are texts."""
    columns = (pl.col(name).str.contains(_FORMULA).sum() for name in table.of_kind(Kind.TEXT))
    return int(frame.select(pl.sum_horizontal(*columns)).item()) if frame.height else 0


def _write_csv(frame: pl.DataFrame, table: Table, path: Path, alive: Alive) -> None:
    for name in table.of_kind(Kind.NUMBER):
        if frame[name].is_infinite().any():
            column = pl.col(name)
            said = pl.when(column > 0).then(pl.lit("INF")).otherwise(pl.lit("-INF"))
            written = pl.when(column.is_infinite()).then(said).otherwise(column.cast(pl.String))
            frame = frame.with_columns(written.alias(name))
    frame.write_csv(path, line_terminator=LINE_END, datetime_format=INSTANT)


def _read_csv(path: Path, table: Table) -> pl.DataFrame:
    with path.open(encoding="utf-8", newline="") as file:
        _require_names(next(csv.reader(file), []), table)
    instants = table.of_kind(Kind.INSTANT)
    written = {name: pl.String() if name in instants else kind for name, kind in table.schema.items()}
    frame = pl.read_csv(path, schema=written, try_parse_dates=False)
    return _with_instants(frame, table)


def _write_parquet(frame: pl.DataFrame, table: Table, path: Path, alive: Alive) -> None:
    frame.write_parquet(path, compression="zstd", row_group_size=100_000)


def _read_parquet(path: Path, table: Table) -> pl.DataFrame:
    # Into memory: a file that is mapped would be told missing too late.
    frame = pl.read_parquet(path, memory_map=False)
    _require_names(frame.columns, table)
    wrong = [name for name, kind in table.schema.items() if frame.schema[name] != kind]
    if wrong:
        raise ValueError(f"other types: {', '.join(wrong)}")
    return frame


def _write_json_lines(frame: pl.DataFrame, table: Table, path: Path, alive: Alive) -> None:
    frame = frame.with_columns(pl.col(name).dt.strftime(INSTANT) for name in table.of_kind(Kind.INSTANT))
    numbers = [name for name in table.of_kind(Kind.NUMBER) if not frame[name].drop_nulls().is_finite().all()]
    with path.open("w", encoding="utf-8", newline="") as file:
        for some in frame.iter_slices(ROWS_AT_ONCE):
            for row in some.iter_rows(named=True):
                for name in numbers:
                    row[name] = _spelled(row[name])
                text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
                file.write(f"{text}\n")
            alive()


def _read_json_lines(path: Path, table: Table) -> pl.DataFrame:
    instants = table.of_kind(Kind.INSTANT)
    written = {name: pl.String() if name in instants else kind for name, kind in table.schema.items()}
    frames = [pl.DataFrame(schema=written)]
    rows: list[list[Any]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            row: dict[str, Any] = json.loads(line, parse_constant=_refuse)
            _require_names(list(row), table)
            rows.append(
                [_VALUES[one.kind](value) for one, value in zip(table.columns, row.values(), strict=True)]
            )
            if len(rows) == ROWS_AT_ONCE:
                frames.append(_frame(rows, written))
                rows = []
    frames.append(_frame(rows, written))
    return _with_instants(pl.concat(frames), table)


def _frame(rows: list[list[Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row", strict=True)


def _with_instants(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").dt.replace_time_zone("UTC")
        for name in table.of_kind(Kind.INSTANT)
    )


def _require_names(found: list[str], table: Table) -> None:
    if found != table.names:
        lacking, surplus = set(table.names) - set(found), set(found) - set(table.names)
        raise ValueError(
            f"other columns: without {', '.join(sorted(lacking)) or 'none'}, "
            f"with {', '.join(sorted(surplus)) or 'none'}"
        )


def _spelled(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return _NOT_FINITE[value]
    if value is None or type(value) is float:
        return value
    return float(_whole(value))


def _whole(value: Any) -> Any:
    return _one_of(value, int)


def _text(value: Any) -> Any:
    return _one_of(value, str)


def _truth(value: Any) -> Any:
    return _one_of(value, bool)


def _one_of(value: Any, kind: type) -> Any:
    """Nothing is made of a value of another type, though much could be."""
    if value is not None and type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


_VALUES: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _whole,
    Kind.BOOLEAN: _truth,
    Kind.INSTANT: _text,
}


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
