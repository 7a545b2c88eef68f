"""Quantities that are attributes of a part: what its family and its attribute add to the reading."""

from __future__ import annotations

from ratedparts.protocols.model import Attribute, Family
from ratedparts.protocols.quantities.reading import Reading, read_quantity
from ratedparts.protocols.quantities.units import target_of
from ratedparts.protocols.quantities.writing import write_quantity


def read_attribute(text: str, attribute: Attribute, family: Family) -> Reading:
    """Read the number of an attribute, in its own unit.  Raises as ``read_quantity`` does."""
    return read_quantity(
        text, attribute.unit, symmetric=attribute.symmetric, of_capacitor=_is_capacitor(family)
    )


def write_attribute(value: float, attribute: Attribute, language: str = "en") -> str:
    """``±10 %``: the number of an attribute as it is shown."""
    return write_quantity(value, attribute.unit, language, symmetric=attribute.symmetric)


def _is_capacitor(family: Family) -> bool:
    units = (target_of(attribute.unit).unit for attribute in family.attributes)
    return any(unit is not None and unit.symbol == "F" for unit in units)
