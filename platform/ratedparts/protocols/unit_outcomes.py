"""What became of the units of a life test, counted: what the evaluation reads of a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ratedparts.protocols.report import Table, UnitHistory


class Fate(NamedTuple):
    """Where the unit's life ends, in the unit of the readouts, as `UnitHistory` says it."""

    lower: float
    upper: float | None
    mode: str | None = None
    removed: str | None = None


@dataclass
class LotOutcome:
    """``fates`` counts the units that were on test; ``nonconforming`` those that never should have been."""

    rows: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    nonconforming: int = 0


@dataclass
class UnitOutcomes:
    """The lots of a file; ``first_readout`` is the earliest after any unit's initial one."""

    lots: dict[str, LotOutcome] = field(default_factory=lambda: defaultdict(LotOutcome))
    first_readout: float | None = None

    def add(self, histories: Iterable[UnitHistory], table: Table) -> None:
        """Count units that were looked at one by one, and their rows."""
        for lot_code in table.texts["lot_code"]:
            self.lots[lot_code].rows += 1
        for history in histories:
            lot = self.lots[history.lot_code]
            if history.nonconforming_at_receipt:
                lot.nonconforming += 1
            else:
                lot.fates[Fate(history.lower, history.upper, history.mode, history.removed)] += 1
            if len(history.readouts) > 1:
                self.readout_seen(history.readouts[1])

    def readout_seen(self, readout: float) -> None:
        self.first_readout = readout if self.first_readout is None else min(readout, self.first_readout)
