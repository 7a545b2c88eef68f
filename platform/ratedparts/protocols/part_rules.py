"""What only the part can decide: is its family rated by the protocol, which limits and criteria are its own.

A part is ``{"part_number", "maker", "family", "attributes": {…}, "limits": {column: [lower, upper]}}``; a
dossier's part, which also has a design life and a use condition, is taken as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ratedparts.errors import Fault
from ratedparts.protocols.criteria import BAND
from ratedparts.protocols.json_shapes import ABSENT, ObjectReader, as_given, finite_number, refuse_type
from ratedparts.protocols.loading import ProtocolLibrary
from ratedparts.protocols.model import Attribute, ColumnType, Family, Layout, Protocol, Scalar
from ratedparts.protocols.report import FaultList, Numbers, Table

Limits = Mapping[str, tuple[float | None, float | None]]
READ_ELSEWHERE = ("series", "design_life_hours", "use_condition", "screened")


@dataclass(frozen=True)
class Part:
    """``attributes``: the part's own and ``family``, as criteria name them; ``limits``: by column."""

    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    limits: Limits = field(default_factory=dict)


def read_part(given: object, protocol: Protocol, library: ProtocolLibrary, faults: FaultList) -> Part:
    """Check the part against the protocol and its family.  Every fault's column is the path of a key."""
    reader = ObjectReader(given, "part", faults)
    if not reader.readable:
        return Part()
    reader.text("part_number")
    reader.text("maker")
    reader.ignore(*READ_ELSEWHERE)
    code = reader.text("family", required=True)
    limits = _limits(reader.take("limits"), protocol, faults)
    attributes = reader.take("attributes")
    reader.finish()
    if code is None:
        return Part(limits=limits)
    if code not in library.families:
        faults.add("unknown_family", None, "part.family", code, expected=sorted(library.families))
        return Part(limits=limits)
    if protocol.families and code not in protocol.families:
        faults.add("family_not_rated", None, "part.family", code, expected=list(protocol.families))
    known = _attributes({} if attributes is ABSENT else attributes, library.families[code], faults)
    return Part({"family": code, **known}, limits)


def check_part(given: object, library: ProtocolLibrary) -> list[Fault]:
    """Check a part for itself, before any protocol is in play."""
    faults = FaultList()
    reader = ObjectReader(given, "part", faults)
    if reader.readable:
        code = reader.text("family", required=True)
        attributes, limits = reader.take("attributes"), reader.take("limits")
        reader.ignore("part_number", "maker", *READ_ELSEWHERE)
        reader.finish()
        if limits is not ABSENT:
            _read_limits(limits, "part.limits", faults)
        if code is not None and code not in library.families:
            faults.add("unknown_family", None, "part.family", code, expected=sorted(library.families))
        elif code is not None:
            _attributes({} if attributes is ABSENT else attributes, library.families[code], faults)
    return faults.first()


def _attributes(given: object, family: Family, faults: FaultList) -> dict[str, Scalar]:
    path = "part.attributes"
    reader = ObjectReader(given, path, faults)
    values: dict[str, Scalar] = {}
    for attribute in family.attributes:
        value = reader.take(attribute.name)
        if value is not ABSENT:
            read = _attribute(attribute, value, f"{path}.{attribute.name}", faults)
            if read is not None:
                values[attribute.name] = read
        elif attribute.required and reader.readable:
            name = f"{path}.{attribute.name}"
            faults.add("attribute_missing", None, name, family=family.code, unit=attribute.unit)
    reader.finish()
    return values


def _attribute(attribute: Attribute, value: object, path: str, faults: FaultList) -> Scalar | None:
    if attribute.type is ColumnType.BOOLEAN:
        if isinstance(value, bool):
            return value
        refuse_type(faults, path, value, "boolean", "attribute_type")
        return None
    if attribute.type is ColumnType.NUMBER:
        return _number(attribute, value, path, faults)
    if not isinstance(value, str) or not value.strip():
        refuse_type(faults, path, value, "text", "attribute_type")
        return None
    if attribute.choices and value not in attribute.choices:
        faults.add("not_a_choice", None, path, value, expected=list(attribute.choices))
        return None
    return value


def _number(attribute: Attribute, value: object, path: str, faults: FaultList) -> float | None:
    number = finite_number(value)
    if number is None:
        refuse_type(faults, path, value, "number", "attribute_type")
        return None
    low, high = attribute.minimum, attribute.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        faults.add(
            "out_of_range", None, path, as_given(value), minimum=low, maximum=high, unit=attribute.unit
        )
        return None
    return number


def _limits(given: object, protocol: Protocol, faults: FaultList) -> Limits:
    """Those of the part's limits that this protocol measures; a part states those of all its parameters."""
    if given is ABSENT:
        return {}
    known = {quantity.name for quantity in protocol.quantities}
    if protocol.layout is not Layout.UNIT_PARAMETERS:
        known = {column.name for column in protocol.columns if column.type is ColumnType.NUMBER}
    prefix = protocol.free_column_prefix
    limits = _read_limits(given, "part.limits", faults)
    return {n: pair for n, pair in limits.items() if n in known or (prefix and n.startswith(prefix))}


def _read_limits(given: object, path: str, faults: FaultList) -> dict[str, tuple[float | None, float | None]]:
    """``{column or parameter: [lower, upper]}``, either of which may be null."""
    if not isinstance(given, Mapping):
        refuse_type(faults, path, given, "object")
        return {}
    limits: dict[str, tuple[float | None, float | None]] = {}
    for name, pair in given.items():
        ends = [None if end is None else finite_number(end) for end in pair] if isinstance(pair, list) else []
        if len(ends) != 2 or any(end is None and pair[i] is not None for i, end in enumerate(ends)):
            refuse_type(faults, f"{path}.{name}", pair, "lower_and_upper_limit")
            continue
        lower, upper = ends
        if lower is not None and upper is not None and lower > upper:
            faults.add("interval_empty", None, f"{path}.{name}", as_given(pair), lower=lower, upper=upper)
            continue
        limits[str(name)] = (lower, upper)
    return limits


def rows_outside_at_receipt(table: Table, limits: Limits) -> frozenset[int]:
    """Rows at readout 0 in which a column lies outside the part's limits: nonconforming before any stress."""
    outside = outside_limits(table.numbers, limits, table.rows) & (table.numbers["readout"] == 0)
    return frozenset(int(row) for row in np.flatnonzero(outside))


def outside_limits(numbers: Mapping[str, Numbers], limits: Limits, rows: int) -> npt.NDArray[np.bool_]:
    """Rows in which a column lies outside the part's limits, by more than the band of all comparisons."""
    outside = np.zeros(rows, dtype=bool)
    for name, (lower, upper) in limits.items():
        values = numbers.get(name)
        if values is None:
            continue
        if lower is not None:
            outside |= values < lower - BAND * abs(lower)
        if upper is not None:
            outside |= values > upper + BAND * abs(upper)
    return outside
