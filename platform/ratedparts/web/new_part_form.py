"""The maker's form of a new part: what of it is numbers, and how each of them was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ratedparts.protocols import ColumnType, Family, ProtocolLibrary

from .forms import Form
from .language import named, text

LIFE = "design_life_hours"
USUAL_LIFE_HOURS = 87_600.0


@dataclass(frozen=True)
class NewPart:
    attributes: dict[str, Any]
    limits: dict[str, list[float | None]]
    design_life_hours: float


@dataclass(frozen=True)
class ReadRow:
    """One quantity before it is registered: what the maker wrote, and what was read of it."""

    title: str
    written: str
    read: str
    added_unit: str | None  # where the text names none


def read_new_part(form: Form, family: Family, library: ProtocolLibrary) -> NewPart:
    """What could be read; the rest stands in the form as faults."""
    attributes = {one.name: form.attribute(one, family) for one in family.attributes}
    limits = {}
    for name, _, unit in key_quantities(family, library):
        pair = [form.quantity(f"limit.{name}.{end}", unit) for end in ("low", "high")]
        if pair != [None, None]:
            limits[name] = pair
    life = form.quantity(LIFE, "h", required=True)
    return NewPart(
        {name: value for name, value in attributes.items() if value is not None},
        limits,
        # Only to rehearse with: a form whose life could not be read has a fault, and registers nothing.
        USUAL_LIFE_HOURS if life is None else life,
    )


def key_quantities(family: Family, library: ProtocolLibrary) -> list[tuple[str, str, str | None]]:
    """Name, title and unit of each key parameter, as the lot protocol measures it."""
    lot_protocol = library.latest("PAR-CPK")
    found = []
    for name in family.key_parameters:
        quantity = lot_protocol.quantity(name)
        title = named(quantity.title) if quantity is not None else name
        found.append((name, title, quantity.unit if quantity is not None else None))
    return found


def read_rows(form: Form, family: Family, library: ProtocolLibrary) -> list[ReadRow]:
    """Every quantity of the form in the order of its fields."""
    rows = []
    for name, title in _fields(family, library):
        reading, read = form.readings.get(name), form.read_back(name)
        if reading is not None and read is not None:
            rows.append(ReadRow(title, form[name].strip(), read, reading.unit if reading.bare else None))
    return rows


def _fields(family: Family, library: ProtocolLibrary) -> Iterator[tuple[str, str]]:
    for one in family.attributes:
        if one.type is ColumnType.NUMBER:
            yield f"attribute.{one.name}", named(one.title)
    for name, title, _ in key_quantities(family, library):
        yield f"limit.{name}.low", f"{title} {text('at least')}"
        yield f"limit.{name}.high", f"{title} {text('at most')}"
    yield LIFE, text("Declared design life")
