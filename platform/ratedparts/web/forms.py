"""Forms that keep what was typed and say beside each field what is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import request

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import Attribute, ColumnType, Family, Reading, read_attribute, read_quantity
from ratedparts.wording import fault_sentence

from .language import language
from .quantity_texts import reading_text


@dataclass
class Form:
    """The values as typed, the quantities read, and the faults found; an empty one for a first look."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)

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
        # A field that could not be read is missing to the verb: its first fault says it all.
        known = {field_of(fault.column) for fault in self.faults if fault.column}
        for item in error.items or [own]:
            name = field_of(item.column) if item.column else ""
            if name not in known:
                self.faults.append(self._as_written(item, name))

    def _as_written(self, fault: Fault, name: str) -> Fault:
        """A verb was given the number that was read; its fault speaks of the text that the person wrote."""
        return replace(fault, given=self[name].strip()) if name in self.readings else fault

    def fault(self, code: str, name: str, **parameters: object) -> None:
        self.faults.append(Fault(code, column=name, given=self[name], parameters=parameters))

    def wrong(self, name: str) -> list[str]:
        """The sentences about one field."""
        return [fault_sentence(f, language()) for f in self.faults if f.column and field_of(f.column) == name]

    def wrong_elsewhere(self, *names: str) -> list[str]:
        """The sentences about no field of the page."""
        shown = set(names) | set(self.values)
        return [
            fault_sentence(f, language())
            for f in self.faults
            if not f.column or field_of(f.column) not in shown
        ]

    def told(self, *shown: str) -> list[tuple[int | None, str]]:
        """Lines of a list with what is wrong there; faults of the shown fields stand beside them."""
        return [(f.row, fault_sentence(f, language())) for f in self.faults if f.column not in shown]

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

    def day(self, name: str, *, required: bool = True) -> date | None:
        """An ISO 8601 day, as the field of a browser gives it."""
        text = self[name].strip()
        if not text and not required:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fault("date_format", name, expected="2026-11-22")
            return None

    def identifier(self, name: str) -> uuid.UUID | None:
        try:
            return uuid.UUID(self[name])
        except ValueError:
            self.fault("missing_value", name)
            return None

    def quantity(self, name: str, unit: str | None, *, required: bool = False) -> float | None:
        """A quantity as people write it, in ``unit``; None where it is blank, or with a fault noted."""
        return self._read(name, lambda text: read_quantity(text, unit), required=required)

    def _read(self, name: str, read: Callable[[str], Reading], *, required: bool = False) -> float | None:
        text = self[name].strip()
        if not text:
            if required:
                self.fault("missing_value", name)
            return None
        try:
            self.readings[name] = read(text)
        except RatedPartsError as error:
            self.faults.append(Fault(error.code, column=name, given=text[:80], parameters=error.parameters))
            return None
        return self.readings[name].number

    def read_back(self, name: str) -> str | None:
        """What was read of a field, in the reader's language; None where nothing was."""
        reading = self.readings.get(name)
        return None if reading is None else reading_text(reading)

    def attribute(self, attribute: Attribute, family: Family) -> str | float | bool | None:
        """The typed value of a part's attribute; None where it is blank."""
        name = f"attribute.{attribute.name}"
        text = self[name].strip()
        if attribute.type is ColumnType.BOOLEAN:
            return text == "yes" if text else None
        if not text:
            return None
        if attribute.type is ColumnType.NUMBER:
            return self._read(name, lambda written: read_attribute(written, attribute, family))
        return text


def field_of(column: str) -> str:
    """``part.attributes.package`` is the field ``attribute.package``; ``stress.condition`` is itself."""
    if column.startswith("part.attributes."):
        return "attribute." + column.removeprefix("part.attributes.")
    if column.startswith("part.limits."):  # a fault of a pair stands beside its first half
        return f"limit.{column.removeprefix('part.limits.')}.low"
    return column.split(".")[0] if column.startswith("lots.") else column
