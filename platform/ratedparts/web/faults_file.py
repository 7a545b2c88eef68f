"""The faults of a refused file, to work through in a spreadsheet; and how often each kind occurs."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = ("row", "cell", "column", "given", "expected", "code", "message")
# What a spreadsheet may take for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPE = "text/csv"


def faults_csv(faults: Iterable[Mapping[str, Any]]) -> bytes:
    """One line a fault, as `fault_as_json` gives them; the cell is that of a workbook."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for fault in faults:
        writer.writerow([unformulated(fault.get(column)) for column in COLUMNS])
    # The mark at the start tells a spreadsheet that this is UTF-8.
    return ("\ufeff" + buffer.getvalue()).encode()


def inline(content: bytes, media_type: str) -> str:
    """A file inside the page that offers it, so that nothing of a visitor's needs to be stored."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def kinds(faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The kinds of fault, the most frequent first: code, count, columns, and the faults themselves."""
    found: dict[str, dict[str, Any]] = {}
    for fault in faults:
        kind = found.setdefault(
            fault["code"], {"code": fault["code"], "count": 0, "columns": [], "first": fault}
        )
        kind["count"] += 1
        kind.setdefault("faults", []).append(fault)
        if fault["column"] and fault["column"] not in kind["columns"]:
            kind["columns"].append(fault["column"])
    return sorted(found.values(), key=lambda kind: -int(kind["count"]))


def unformulated(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula is shown as text."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell
