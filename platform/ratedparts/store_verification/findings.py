"""What the checks of a store found, by code and parameters: no prose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

MOST_NAMED = 1000  # of one check; all are counted

Watch = Callable[[float], None]
"""Told how far a check has come, 0 to 1."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class Found:
    """``place``: the table and the key of the row, or the file, that does not agree with the rest."""

    code: str
    place: str
    parameters: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "place": self.place, "parameters": self.parameters}


@dataclass(frozen=True)
class Checked:
    """One check: how many things it looked at, and what it found; of many findings the first are named."""

    name: str
    looked_at: int
    fault_count: int
    faults: tuple[Found, ...]
    remark_count: int
    remarks: tuple[Found, ...]


@dataclass(frozen=True)
class StoreReport:
    """``not_made``: the checks that were left out, because they were not wanted or made no sense."""

    checks: tuple[Checked, ...]
    not_made: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return self.fault_count == 0

    @property
    def fault_count(self) -> int:
        return sum(one.fault_count for one in self.checks)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the faults, in the order in which they were found."""
        return tuple(fault.code for one in self.checks for fault in one.faults)


class Findings:
    """Collects what one check finds.  A fault is a contradiction; a note is what somebody should know."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.looked_at = 0
        self._faults: list[Found] = []
        self._remarks: list[Found] = []
        self._counts = {"faults": 0, "remarks": 0}

    def looked(self, count: int = 1) -> None:
        self.looked_at += count

    def each(self, items: Iterable[Item], of: int) -> Iterator[Item]:
        """The items one after the other, counted, with a word on how far that is of so many."""
        for item in items:
            yield item
            self.looked_at += 1
            self._watch(self.looked_at / max(of, 1))

    def invalid(self, code: str, *, place: str, **parameters: Any) -> None:
        self._counts["faults"] += 1
        if len(self._faults) < MOST_NAMED:
            self._faults.append(Found(code, place, parameters))

    def note(self, code: str, *, place: str, **parameters: Any) -> None:
        self._counts["remarks"] += 1
        if len(self._remarks) < MOST_NAMED:
            self._remarks.append(Found(code, place, parameters))

    def of(self, name: str) -> Checked:
        return Checked(
            name,
            self.looked_at,
            self._counts["faults"],
            tuple(self._faults),
            self._counts["remarks"],
            tuple(self._remarks),
        )
