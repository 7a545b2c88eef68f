"""Reading the JSON of a part or a plan: typed access by key, every fault under the key's path."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ratedparts.protocols.report import FaultList

ABSENT = object()
MAXIMUM_TEXT_LENGTH = 500


class ObjectReader:
    """One JSON object.  What was never asked for is refused by ``finish`` as ``unknown_key``."""

    def __init__(self, given: object, path: str, faults: FaultList) -> None:
        self.path = path
        self.faults = faults
        self._asked: set[str] = set()
        self._object: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        self.readable = isinstance(given, Mapping)
        if not self.readable:
            refuse_type(faults, path, given, "object")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}"

    def take(self, key: str, *, required: bool = False) -> Any:
        self._asked.add(key)
        value = self._object.get(key, ABSENT)
        if value is None:
            value = ABSENT  # null says the same as leaving the key out
        if value is ABSENT and required and self.readable:
            self.faults.add("missing_value", None, self.at(key))
        return value

    def text(self, key: str, *, required: bool = False) -> str | None:
        value = self.take(key, required=required)
        if value is ABSENT:
            return None
        if not isinstance(value, str) or not value.strip() or len(value) > MAXIMUM_TEXT_LENGTH:
            refuse_type(self.faults, self.at(key), value, "text")
            return None
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date, ``2026-01-12``."""
        value = self.take(key, required=required)
        if value is ABSENT:
            return None
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        refuse_type(self.faults, self.at(key), value, "date")
        return None

    def whole_number(self, key: str, *, minimum: int) -> int | None:
        value = self.take(key)
        if value is ABSENT:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            refuse_type(self.faults, self.at(key), value, "whole_number")
            return None
        if value < minimum:
            self.faults.add(
                "out_of_range", None, self.at(key), str(value), minimum=minimum, maximum=None, unit=None
            )
            return None
        return value

    def objects(self, key: str) -> Iterator[ObjectReader]:
        value = self.take(key)
        if value is ABSENT:
            return
        if not isinstance(value, list):
            refuse_type(self.faults, self.at(key), value, "array")
            return
        for index, inner in enumerate(value):
            yield ObjectReader(inner, f"{self.at(key)}[{index}]", self.faults)

    def ignore(self, *keys: str) -> None:
        """Keys that other rooms read."""
        self._asked.update(keys)

    def finish(self) -> None:
        for key in self._object:
            if key not in self._asked:
                self.faults.add(
                    "unknown_key", None, self.at(str(key)), str(key), expected=sorted(self._asked)
                )


def refuse_type(faults: FaultList, path: str, value: object, expected: str, code: str = "wrong_type") -> None:
    faults.add(code, None, path, as_given(value), expected=expected)


def as_given(value: object) -> str:
    """A JSON value as its sender wrote it, or nearly."""
    try:
        return json.dumps(value, ensure_ascii=False)[:1000]
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__


def finite_number(value: object) -> float | None:
    """A JSON number as a double, or None; true and false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
