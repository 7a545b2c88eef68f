"""What the checker answers: accepted or not, every fault in the file's order, and the typed columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ratedparts.errors import Fault

if TYPE_CHECKING:
    from ratedparts.protocols.unit_outcomes import UnitOutcomes

FAULTS_KEPT = 1000
GIVEN_LENGTH = 200  # characters of a cell that a fault quotes
EXTERNAL = "external"  # a removal whose reason begins so has a cause proven to lie outside the unit

Numbers = npt.NDArray[np.float64]
Instants = npt.NDArray[np.datetime64]


class FaultList:
    """Counts every fault and keeps the first ones in the order of the file.

    The checks go column by column and rule by rule, so faults arrive in another order than the file's.  Once
    there are many, those behind the last one worth keeping are counted and dropped: memory stays flat for a
    file in which every cell is wrong.
    """

    def __init__(self, columns: tuple[str, ...] = (), kept: int = FAULTS_KEPT) -> None:
        self.count = 0
        self.with_addresses = False  # of a workbook: faults name the cell as well
        self._kept = kept
        self._last = (float("inf"), 0)  # no fault behind this place can be among the first
        self._position = {name: index for index, name in enumerate(columns)}
        self._faults: list[Fault] = []

    def in_columns(self, columns: tuple[str, ...]) -> None:
        """Order the faults of one row as the columns of the file."""
        self._position = {name: index for index, name in enumerate(columns)}

    def add(
        self,
        code: str,
        row: int | None = None,
        column: str | None = None,
        given: str | None = None,
        **parameters: Any,
    ) -> None:
        """Note a fault: ``row`` is a line of the file, ``parameters`` fill the sentence of ``code``."""
        self.count += 1
        if (row or 0) > self._last[0]:
            return
        if self.with_addresses and row is not None and column in self._position:
            parameters.setdefault("cell", f"{_letters(self._position[column])}{row}")
        if given is not None and len(given) > GIVEN_LENGTH:
            given = given[:GIVEN_LENGTH] + "…"
        self._faults.append(Fault(code, row, column, given, parameters))
        if len(self._faults) > 4 * self._kept:
            self._faults = self.first()
            self._last = self._place(self._faults[-1])

    def first(self) -> list[Fault]:
        """The first faults: those without a row, then by row, then by column."""
        return sorted(self._faults, key=self._place)[: self._kept]

    def _place(self, fault: Fault) -> tuple[float, int]:
        position = self._position.get(fault.column or "", len(self._position))
        return (fault.row or 0, position)


def _letters(place: int) -> str:
    """How a spreadsheet calls its column number ``place``, counted from 0: A, B, … Z, AA."""
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters


@dataclass(frozen=True)
class Table:
    """The file's columns: the text as given, and beside it what the text means.

    ``lines`` is the line on which each record starts.  ``numbers`` holds numbers, whole numbers and booleans
    (0 or 1) as doubles, NaN where the cell is blank or faulty.  ``instants`` are UTC, to the microsecond, NaT
    where blank or faulty.
    """

    columns: tuple[str, ...]
    lines: tuple[int, ...]
    texts: Mapping[str, list[str]]
    numbers: Mapping[str, Numbers]
    instants: Mapping[str, Instants]

    @property
    def rows(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class UnitHistory:
    """One unit from its first to its last readout, in the unit of the protocol's readouts.

    ``lower`` is the last time at which the unit was known good; ``upper`` the time at which it was found
    failed, None for a unit that was not.  For a unit removed, ``lower`` is the time of its removal; for one
    lost, the last readout before it was missed.  Whether either counts as failed is the rule set's
    decision, not ours.
    """

    lot_code: str
    unit_id: str
    line: int  # where the unit first appears in the file
    readouts: tuple[float, ...]
    status: str  # of the last readout: ok | fail | removed | lost
    lower: float
    upper: float | None
    mode: str | None = None
    failure_analysis: str | None = None
    removed: str | None = None  # 'external', or the reason as given; 'lost' for a unit lost
    nonconforming_at_receipt: bool = False  # failed, or outside the part's limits, before any stress


@dataclass(frozen=True)
class CheckReport:
    """The answer to one file.

    ``faults`` are the first thousand in the order of the file; ``fault_count`` counts them all.  Of an
    accepted file: ``outcomes`` of a test by readouts, ``measured`` the first and the last instant (UTC), and,
    where the file was read cell by cell, its ``table`` and ``histories``.
    """

    protocol: str
    accepted: bool
    rows: int
    units: int
    faults: tuple[Fault, ...]
    fault_count: int
    not_checked: tuple[str, ...]
    encoding: str
    table: Table | None = None
    histories: tuple[UnitHistory, ...] = ()
    outcomes: UnitOutcomes | None = None
    measured: tuple[datetime, datetime] | None = None
    gathered: bool = False  # the rows of a unit stood apart and had to be brought together first
    undeclared_missing: Mapping[str, int] = field(
        default_factory=dict
    )  # lot code → units that count as failed
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)


def measured_between(table: Table) -> tuple[datetime, datetime] | None:
    """The first and the last instant of measurement; None where the file has no times."""
    instants = table.instants.get("measured_at")
    known = instants[~np.isnat(instants)] if instants is not None else None
    if known is None or not known.size:
        return None
    first, last = (
        value.astype("datetime64[us]").item().replace(tzinfo=UTC) for value in (known.min(), known.max())
    )
    return first, last
