"""The rows of a table as lines of JSON, gzipped: typed, exact, the same from both databases.

A line is an array with one value a column, in the order that the manifest has.  How a kind is written:

``uuid``      its usual text
``integer``   a number without a fraction
``double``    the shortest number that reads back to the same bits; ``"nan"``, ``"inf"``, ``"-inf"`` as text
``boolean``   ``true`` or ``false``
``date``      ``2026-11-23``
``instant``   ``2026-11-23T09:00:00.123456+00:00``
``json``      the JSON *as a text*, as it was stored: no number of it was read and written again
``text``      itself
"""

from __future__ import annotations

import gzip
import json
import math
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from .stored_tables import StoredTable

AT_ONCE: Final = 500
COMPRESSION: Final = 4


def write_rows(connection: Connection, stored: StoredTable, path: Path) -> int:
    """Write every row, in the order of the key; how many there were.  A few are held in memory at a time."""
    table, kinds, count = stored.on(connection), list(stored.columns.values()), 0
    query = select(table).order_by(*(table.c[name] for name in stored.key))
    rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
    with rows, path.open("wb") as file, gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as packed:
        for row in rows:
            values = [written(kind, value) for kind, value in zip(kinds, row, strict=True)]
            line = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            packed.write(line.encode("utf-8") + b"\n")
            count += 1
    return count


def read_rows(path: Path, columns: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of such a file.  Raises ``ValueError`` or ``OSError`` where it is no such file."""
    with gzip.open(path, "rb") as packed:
        for line in packed:
            values = json.loads(line)
            yield {
                name: read(kind, value) for (name, kind), value in zip(columns.items(), values, strict=True)
            }


def written(kind: str, value: Any) -> Any:
    """A value of the database as JSON has it."""
    if value is None:
        return None
    if kind == "uuid":
        return str(value)
    if kind == "date":
        return value.isoformat()
    if kind == "instant":
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if kind == "double" and not math.isfinite(value):
        return repr(float(value))
    return value


def read(kind: str, value: Any) -> Any:
    """The value of the database again.  Raises ``ValueError`` for what that kind is never written as."""
    if value is None:
        return None
    if kind in ("text", "json", "uuid", "date", "instant"):
        if not isinstance(value, str):
            raise ValueError(f"a text was expected: {value!r}")
        return _READING.get(kind, str)(value)
    if kind == "double":
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"a number was expected: {value!r}")
        return float(value)
    expected = bool if kind == "boolean" else int
    if type(value) is not expected:
        raise ValueError(f"{kind} was expected: {value!r}")
    return value


_READING: Final[dict[str, Callable[[str], Any]]] = {
    "uuid": uuid.UUID,
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
}
