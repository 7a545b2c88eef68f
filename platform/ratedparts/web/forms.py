"""Forms that keep what was typed and say beside each field what is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import Attribute, ColumnType
from ratedparts.wording import fault_sentence

from .language import language


@dataclass
class Form:
    """The values as typed, and the faults found; an empty one for a first look."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def posted(cls) -> Form:
        return cls({name: request.form.get(name, "") for name in request.form})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def blame(self, error: RatedPartsError, **field_of_code: str) -> None:
        """Take over what a verb found wrong.

        ``field_of_code``: the field beside which an error without items is said; others stand above the form.
        """
        own = Fault(error.code, column=field_of_code.get(error.code), parameters=error.parameters)
        self.faults += error.items or [own]

    def fault(self, code: str, name: str, **parameters: object) -> None:
        self.faults.append(Fault(code, column=name, given=self[name], parameters=parameters))

    def wrong(self, name: str) -> list[str]:
        """The sentences about one field."""
        return [
            fault_sentence(f, language()) for f in self.faults if f.column and _field_of(f.column) == name
        ]

    def wrong_elsewhere(self, *names: str) -> list[str]:
        """The sentences about no field of the page."""
        shown = set(names) | set(self.values)
        return [
            fault_sentence(f, language())
            for f in self.faults
            if not f.column or _field_of(f.column) not in shown
        ]

    def number(self, name: str, *, default: float | None = None) -> float | None:
        """A number, or None with a fault noted; a decimal comma is never guessed at."""
        text = self[name].strip()
        if not text:
            if default is None:
                self.fault("missing_value", name)
            return default
        try:
            if not text.isascii() or "_" in text:
                raise ValueError(text)
            return float(text)
        except ValueError:
            self.fault("number_format", name, expected="decimal_point_number")
            return None

    def whole_number(self, name: str) -> int | None:
        text = self[name].strip()
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
        self.fault("whole_number_format" if text else "missing_value", name, expected="whole_number")
        return None

    def identifier(self, name: str) -> uuid.UUID | None:
        try:
            return uuid.UUID(self[name])
        except ValueError:
            self.fault("missing_value", name)
            return None

    def attribute(self, attribute: Attribute) -> str | float | bool | None:
        """The typed value of a part's attribute; None where it is blank."""
        name = f"attribute.{attribute.name}"
        text = self[name].strip()
        if attribute.type is ColumnType.BOOLEAN:
            return text == "yes" if text else None
        if not text:
            return None
        return self.number(name) if attribute.type is ColumnType.NUMBER else text


def _field_of(column: str) -> str:
    """``part.attributes.package`` is the field ``attribute.package``; ``stress.condition`` is itself."""
    for prefix, name in (("part.attributes.", "attribute."), ("part.limits.", "limit.")):
        if column.startswith(prefix):
            return name + column.removeprefix(prefix)
    return column.split(".")[0] if column.startswith("lots.") else column
