"""The one table of families: TOML text → ``Family`` for each code, or every fault of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ratedparts.protocols.model import Attribute, ColumnType, Family
from ratedparts.protocols.schema import Faults, TableReader, identifier, unique

SCHEMA = "ratedparts-families/1"
ATTRIBUTE_TYPES = (ColumnType.TEXT, ColumnType.NUMBER, ColumnType.BOOLEAN, ColumnType.CHOICE)


def read_families(document: dict[str, Any], faults: Faults) -> tuple[Family, ...]:
    """Read the parsed table; what is wrong with it is added to ``faults``."""
    top = TableReader(document, "", faults)
    top.choice("schema", (SCHEMA,))
    dictionary = top.table("attributes")
    known = {name: _attribute(name, dictionary.table(name)) for name in dictionary.names()}
    families = tuple(_family(table, known) for table in top.tables("families", optional=False))
    unique([family.code for family in families], "families", faults)
    top.finish()
    return families


def _attribute(name: str, table: TableReader) -> Attribute:
    attribute = Attribute(
        name=name,
        title=table.words("title"),
        type=ColumnType(table.choice("type", [kind.value for kind in ATTRIBUTE_TYPES])),
        unit=table.optional_text("unit"),
        minimum=table.optional_number("minimum"),
        maximum=table.optional_number("maximum"),
        symmetric=table.boolean("symmetric", False),
    )
    identifier(name, table.path, table.faults)
    table.finish()
    return attribute


def _family(table: TableReader, known: dict[str, Attribute]) -> Family:
    choices_table = table.optional_table("choices")
    choices = (
        {} if choices_table is None else {key: choices_table.texts(key) for key in choices_table.names()}
    )
    required = _attributes("attributes", table, known, choices, required=True)
    optional = _attributes("optional_attributes", table, known, choices, required=False)
    former = table.optional_table("formerly")
    family = Family(
        code=table.text("code"),
        title=table.words("title"),
        group=table.text("group"),
        attributes=required + optional,
        reliability_protocol=table.text("reliability_protocol"),
        mandatory=table.texts("mandatory", optional=False),
        key_parameters=table.texts("key_parameters", optional=False),
        also_counted=table.texts("also_counted"),
        formerly={} if former is None else {key: former.text(key) for key in former.names()},
    )
    identifier(family.code, table.at("code"), table.faults)
    names = [attribute.name for attribute in family.attributes]
    unique(names, table.at("attributes"), table.faults)
    for name in choices:
        if name not in names:
            table.faults.add("unknown_attribute", f"{table.at('choices')}.{name}", expected=names)
    for name in family.formerly:
        if name not in family.key_parameters:
            expected = list(family.key_parameters)
            table.faults.add("unknown_parameter", f"{table.at('formerly')}.{name}", expected=expected)
    if family.reliability_protocol not in [name.partition(":")[0] for name in family.mandatory]:
        table.faults.add("reliability_not_mandatory", table.at("mandatory"), family.reliability_protocol)
    table.finish()
    return family


def _attributes(
    key: str,
    table: TableReader,
    known: dict[str, Attribute],
    choices: dict[str, tuple[str, ...]],
    *,
    required: bool,
) -> tuple[Attribute, ...]:
    found = []
    for index, name in enumerate(table.texts(key, optional=not required)):
        path = f"{table.at(key)}[{index}]"
        if name not in known:
            table.faults.add("unknown_attribute", path, name, expected=sorted(known))
            continue
        attribute = replace(known[name], required=required, choices=choices.get(name, ()))
        if (attribute.type is ColumnType.CHOICE) != bool(attribute.choices):
            table.faults.add("choices_misplaced", path, name, type=attribute.type.value)
        found.append(attribute)
    return tuple(found)
