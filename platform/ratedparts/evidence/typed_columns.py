"""The typed columns of a file as Parquet: text as given, and beside it what it means."""

from __future__ import annotations

from io import BytesIO

from ratedparts.protocols import Table


def as_parquet(table: Table) -> bytes:
    """One row a record: every column as text, the numbers as ``<name>:number``, the instants as UTC."""
    import polars

    columns: dict[str, object] = {"line": list(table.lines)}
    for name in table.columns:
        columns[name] = table.texts[name]
        if name in table.numbers:
            columns[f"{name}:number"] = table.numbers[name]
        if name in table.instants:
            columns[f"{name}:instant"] = table.instants[name]
    buffer = BytesIO()
    polars.DataFrame(columns).write_parquet(buffer, compression="zstd", compression_level=3)
    return buffer.getvalue()
