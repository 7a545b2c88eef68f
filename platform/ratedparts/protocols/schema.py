"""Reading one table of a TOML file against what it may say, collecting every fault instead of the first.

A ``TableReader`` hands out the keys of one table with their type checked.  What was never asked for is an
unknown key; ``finish`` says so.  A wrong value is replaced by a harmless one so that reading goes on: a file
with any fault is refused as a whole, so the harmless value is never used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ratedparts.errors import Fault
from ratedparts.protocols.model import Scalar, Text

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
ABSENT = object()


class Faults:
    """The faults of one file, each with the file's name and the path of its key."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, code: str, path: str, given: object = None, **parameters: Any) -> None:
        shown = None if given is None else repr(given)[:200]
        self.found.append(Fault(code, None, path, shown, {"file": self.file, **parameters}))


class TableReader:
    """One table of a file: typed access by key, every fault noted under the key's path."""

    def __init__(self, table: object, path: str, faults: Faults) -> None:
        self.path = path
        self.faults = faults
        self._asked: set[str] = set()
        if isinstance(table, Mapping):
            self._table: Mapping[str, Any] = table
        else:
            self._table = {}
            faults.add("wrong_type", path or "(file)", table, expected="table")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def take(self, key: str, *, optional: bool = False) -> Any:
        self._asked.add(key)
        value = self._table.get(key, ABSENT)
        if value is ABSENT and not optional:
            self.faults.add("missing_value", self.at(key))
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self.take(key, optional=default is not None)
        if value is ABSENT:
            return default or ""
        if not isinstance(value, str) or not value.strip():
            self.faults.add("wrong_type", self.at(key), value, expected="text")
            return ""
        return value

    def optional_text(self, key: str) -> str | None:
        self._asked.add(key)
        return self.text(key) if key in self._table else None

    def number(self, key: str, default: float | None = None) -> float:
        value = self.take(key, optional=default is not None)
        if value is ABSENT:
            return 0.0 if default is None else default
        return as_number(value, self.at(key), self.faults)

    def optional_number(self, key: str) -> float | None:
        self._asked.add(key)
        return self.number(key) if key in self._table else None

    def whole_number(self, key: str, *, minimum: int) -> int:
        value = self.take(key)
        if value is ABSENT:
            return minimum
        if isinstance(value, bool) or not isinstance(value, int):
            self.faults.add("wrong_type", self.at(key), value, expected="whole_number")
            return minimum
        if value < minimum:
            self.faults.add("out_of_range", self.at(key), value, minimum=minimum)
        return value

    def boolean(self, key: str, default: bool | None = None) -> bool:
        value = self.take(key, optional=default is not None)
        if value is ABSENT:
            return bool(default)
        if not isinstance(value, bool):
            self.faults.add("wrong_type", self.at(key), value, expected="boolean")
            return False
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in choices:
            self.faults.add("not_a_choice", self.at(key), value, expected=list(choices))
        return value if value in choices else choices[0]

    def array(self, key: str, *, optional: bool = True) -> list[Any]:
        value = self.take(key, optional=optional)
        if value is ABSENT:
            return []
        if not isinstance(value, list):
            self.faults.add("wrong_type", self.at(key), value, expected="array")
            return []
        return value

    def texts(self, key: str, *, optional: bool = True) -> tuple[str, ...]:
        values = self.array(key, optional=optional)
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self.faults.add("wrong_type", f"{self.at(key)}[{index}]", value, expected="text")
        texts = tuple(value for value in values if isinstance(value, str))
        unique(texts, self.at(key), self.faults)
        return texts

    def numbers(self, key: str) -> tuple[float, ...]:
        values = self.array(key, optional=False)
        return tuple(as_number(value, f"{self.at(key)}[{i}]", self.faults) for i, value in enumerate(values))

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        return tuple(
            as_scalar(value, f"{self.at(key)}[{i}]", self.faults) for i, value in enumerate(self.array(key))
        )

    def words(self, key: str) -> Text:
        """A table ``{ en = …, zh = … }``."""
        inner = self.table(key)
        words = Text(inner.text("en"), inner.text("zh"))
        inner.finish()
        return words

    def table(self, key: str) -> TableReader:
        value = self.take(key)
        return TableReader({} if value is ABSENT else value, self.at(key), self.faults)

    def optional_table(self, key: str) -> TableReader | None:
        self._asked.add(key)
        return self.table(key) if key in self._table else None

    def tables(self, key: str, *, optional: bool = True) -> Iterator[TableReader]:
        for index, value in enumerate(self.array(key, optional=optional)):
            yield TableReader(value, f"{self.at(key)}[{index}]", self.faults)

    def names(self) -> list[str]:
        """Every key, where the table's keys are names of its own and not fixed words."""
        self._asked.update(self._table)
        return list(self._table)

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self.faults.add("unknown_key", self.at(key), expected=sorted(self._asked))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no double can hold
        return False


def as_number(value: object, path: str, faults: Faults) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        faults.add("wrong_type", path, value, expected="number")
        return 0.0
    return float(value)


def as_scalar(value: object, path: str, faults: Faults) -> Scalar:
    if isinstance(value, bool | str):
        return value
    return as_number(value, path, faults)


def unique(names: Sequence[str], path: str, faults: Faults) -> None:
    """Every name once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            faults.add("duplicate_name", path, name)
        seen.add(name)


def identifier(name: str, path: str, faults: Faults) -> None:
    if name and not IDENTIFIER.fullmatch(name):
        faults.add("name_format", path, name, expected=IDENTIFIER.pattern)
