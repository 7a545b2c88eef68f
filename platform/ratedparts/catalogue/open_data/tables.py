"""What a table of the open data is: its columns with types, units and meanings, as a Table Schema says them.

A set of files describes itself: a table is read by the schema beside it, not by what this program knows.
See https://datapackage.org/standard/table-schema/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Self

import polars as pl

SCHEMA_PROFILE: Final = "https://datapackage.org/profiles/2.0/tableschema.json"


class Kind(Enum):
    """The types of a column, by their names in a Table Schema."""

    TEXT = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    INSTANT = "datetime"


DTYPES: Final[Mapping[Kind, pl.DataType]] = {
    Kind.TEXT: pl.String(),
    Kind.NUMBER: pl.Float64(),
    Kind.INTEGER: pl.Int64(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.INSTANT: pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class Column:
    """``si_unit`` and ``power_of_ten``: the number times ten to that power is in that unit."""

    name: str
    kind: Kind
    en: str
    zh: str
    required: bool = False
    unit: str | None = None
    si_unit: str | None = None
    power_of_ten: int | None = None

    def as_field(self) -> dict[str, Any]:
        field: dict[str, Any] = {"name": self.name, "type": self.kind.value}
        field |= {"description": self.en, "description_zh": self.zh}
        if self.required:
            field["constraints"] = {"required": True}
        stated = {"unit": self.unit, "si_unit": self.si_unit, "si_power_of_ten": self.power_of_ten}
        return field | {name: value for name, value in stated.items() if value is not None}

    @classmethod
    def of_field(cls, field: Mapping[str, Any]) -> Self:
        return cls(
            str(field["name"]),
            Kind(field["type"]),
            str(field.get("description", "")),
            str(field.get("description_zh", "")),
            field.get("constraints", {}).get("required") is True,
            field.get("unit"),
            field.get("si_unit"),
            field.get("si_power_of_ten"),
        )


@dataclass(frozen=True)
class Table:
    """``refers``: column → the table whose key it is."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: tuple[tuple[str, str], ...] = ()
    family: str | None = None  # of a table of parts

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {column.name: DTYPES[column.kind] for column in self.columns}

    def of_kind(self, kind: Kind) -> list[str]:
        return [column.name for column in self.columns if column.kind is kind]

    def as_schema(self) -> dict[str, Any]:
        told = {
            "$schema": SCHEMA_PROFILE,
            "name": self.name,
            "description": self.en,
            "description_zh": self.zh,
            "family": self.family,
            "fields": [column.as_field() for column in self.columns],
            # In CSV: nothing between two commas.  An empty text is "" there, and never occurs by itself.
            "missingValues": [""],
            "primaryKey": list(self.key),
            "foreignKeys": [
                {"fields": [column], "reference": {"resource": table, "fields": [column]}}
                for column, table in self.refers
            ],
        }
        return {name: value for name, value in told.items() if value not in (None, [])}

    @classmethod
    def of_schema(cls, schema: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError, ValueError or AttributeError of what is no such schema."""
        references = [(one["fields"][0], one["reference"]) for one in schema.get("foreignKeys", [])]
        return cls(
            str(schema["name"]),
            str(schema.get("description", "")),
            str(schema.get("description_zh", "")),
            tuple(Column.of_field(field) for field in schema["fields"]),
            tuple(str(name) for name in schema["primaryKey"]),
            tuple((str(column), str(to["resource"])) for column, to in references),
            schema.get("family"),
        )
