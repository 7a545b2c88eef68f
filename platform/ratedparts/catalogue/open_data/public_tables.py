"""Which tables the open data has."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

from ratedparts.protocols import Attribute, ColumnType, Family
from ratedparts.protocols.quantities.units import target_of

from .tables import Column, Kind, Table

KEYS: Final = {
    "certificates": ("certificate_number",),
    "use_situations": ("use_situation_id",),
    "families": ("family",),
    "attributes": ("family", "attribute"),
}
REFERS: Final = {"certificates": (("family", "families"),), "attributes": (("family", "families"),)}
_KINDS: Final = {
    ColumnType.NUMBER: Kind.NUMBER,
    ColumnType.BOOLEAN: Kind.BOOLEAN,
}


def table_of_parts(family: Family) -> Table:
    """One for each family, because their attributes differ."""
    said = _said()["parts"]
    return Table(
        f"parts_{family.code}",
        f"{said['en']}: {family.title.en}",
        f"{said['zh']}：{family.title.zh}",
        (*_columns("parts"), *(_attribute(one) for one in family.attributes)),
        ("part_id",),
        (
            ("family", "families"),
            ("certificate_number", "certificates"),
            ("use_situation_id", "use_situations"),
        ),
        family.code,
    )


def table_named(name: str) -> Table:
    """Any other: ``certificates``, ``use_situations``, ``families``, ``attributes``."""
    said = _said()[name]
    return Table(name, said["en"], said["zh"], _columns(name), KEYS[name], REFERS.get(name, ()))


def in_si(unit: str | None) -> tuple[str | None, int | None]:
    """The unit without its prefix, and the power of ten to it; nothing for a mere number.

    Degrees Celsius, per cent and decibels stay what they are: no power of ten leads to another unit.
    """
    target = target_of(unit)
    if target.unit is None:
        return None, None
    sign, digits, power = target.factor.as_tuple()
    if sign or digits != (1,) or not isinstance(power, int):
        return target.written, 0
    return target.unit.symbol, power


def _attribute(one: Attribute) -> Column:
    symbol, power = in_si(one.unit)
    kind = _KINDS.get(one.type, Kind.TEXT)
    return Column(one.name, kind, one.title.en, one.title.zh, False, one.unit, symbol, power)


def _columns(table: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            name, Kind(one["type"]), one["en"], one["zh"], one.get("required", False), unit=one.get("unit")
        )
        for name, one in _said()[table]["columns"].items()
    )


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "columns.toml").read_text(encoding="utf-8"))
