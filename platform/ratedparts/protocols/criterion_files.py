"""The failure criteria of a protocol file: a measure, a limit, and the parts for which it holds."""

from __future__ import annotations

from typing import Any

from ratedparts.protocols.model import Applicability, Criterion, Limit, Measure, Range, Scalar, Term
from ratedparts.protocols.schema import Faults, TableReader, as_number

COMPARISONS = ("below", "above", "beyond", "equals")


def read_criterion(table: TableReader) -> Criterion:
    """One entry of ``criteria``."""
    criterion = Criterion(
        mode=table.text("mode"),
        column=table.text("column"),
        measure=Measure(table.choice("measure", [measure.value for measure in Measure])),
        comparison=table.choice("fails_when", COMPARISONS),
        limit=read_limit(table.take("limit"), table.at("limit"), table.faults),
        applies_to=read_applicability(table),
    )
    table.finish()
    return criterion


def read_applicability(table: TableReader) -> Applicability:
    """``applies_to``: lists of admitted values, or ``{ above, up_to }`` of a numeric attribute."""
    given = table.optional_table("applies_to")
    if given is None:
        return ()
    return tuple((key, _admitted(key, given)) for key in given.names())


def _admitted(key: str, table: TableReader) -> tuple[Scalar, ...] | Range:
    if isinstance(table.take(key), dict):
        inner = table.table(key)
        found = Range(inner.optional_number("above"), inner.optional_number("up_to"))
        if found.above is None and found.up_to is None:
            table.faults.add("missing_value", inner.at("above"))
        elif found.above is not None and found.up_to is not None and found.above >= found.up_to:
            table.faults.add("range_empty", inner.at("above"), found.above, maximum=found.up_to)
        inner.finish()
        return found
    values = table.scalars(key)
    if not values:
        table.faults.add("missing_value", table.at(key))
    return values


def read_limit(value: Any, path: str, faults: Faults) -> Limit:
    """A number, a term, or the smallest or largest of several."""
    if isinstance(value, dict) and len(value) == 1:
        for take in ("smallest", "largest"):
            if take in value:
                return _several(value[take], take, f"{path}.{take}", faults)
    return Limit((_term(value, path, faults),))


def _several(values: Any, take: str, path: str, faults: Faults) -> Limit:
    if not isinstance(values, list) or len(values) < 2:
        faults.add("wrong_type", path, values, expected="array")
        return Limit((Term(None),))
    return Limit(tuple(_term(value, f"{path}[{i}]", faults) for i, value in enumerate(values)), take)


def _term(value: Any, path: str, faults: Faults) -> Term:
    if not isinstance(value, dict):
        return Term(None, plus=as_number(value, path, faults))
    table = TableReader(value, path, faults)
    term = Term(
        table.text("of"), table.number("times", 1.0), table.number("power", 1.0), table.number("plus", 0.0)
    )
    table.finish()
    return term
