"""What the checker says of a grid while it is being filled in: its faults by cell, and the lives so far.

Nothing is stored.  The file is the very one that would be handed in, and so is the checker.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ratedparts.errors import Fault
from ratedparts.protocols import CheckReport, Layout, Protocol, ProtocolLibrary, check_stream
from ratedparts.wording import fault_as_json

from .file_preview import FilePreview, preview
from .typed_grid import Rows, WrittenGrid, write_grid

# What every grid shows until it is full: told apart from what somebody typed wrongly.
UNFINISHED = frozenset(
    {
        "missing_value",
        "no_initial_readout",
        "mandatory_readout_missing",
        "fail_mode_missing",
        "removed_reason_missing",
    }
)
ATTEMPTS = 4  # to find the units without a fault


@dataclass(frozen=True)
class TypedCheck:
    """``shown`` is of the units that have no fault, ``complete`` how many they are.

    ``missing``: planned units without any row, by lot.
    """

    written: WrittenGrid
    report: CheckReport | None  # None where nothing has been entered
    marks: list[dict[str, Any]]
    shown: FilePreview | None = None
    complete: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> list[dict[str, Any]]:
        return [mark for mark in self.marks if not mark["unfinished"]]

    @property
    def unfinished(self) -> list[dict[str, Any]]:
        return [mark for mark in self.marks if mark["unfinished"]]

    @property
    def by_cell(self) -> dict[tuple[int, int | None], list[dict[str, Any]]]:
        """The faults at each cell; those of a whole row stand under the column None."""
        found: dict[tuple[int, int | None], list[dict[str, Any]]] = {}
        for mark in self.marks:
            row, column = mark["cell"]
            if row is not None:
                found.setdefault((row, column), []).append(mark)
        return found

    @property
    def as_json(self) -> dict[str, Any]:
        """For the page's script."""
        report = self.report
        return {
            "accepted": report is not None and report.accepted,
            "rows": self.written.rows,
            "left_out": list(self.written.left_out),
            "units": report.units if report is not None else 0,
            "fault_count": report.fault_count if report is not None else 0,
            "faults": self.marks,
            "missing_units": dict(self.missing),
        }


@dataclass(frozen=True)
class GridChecker:
    """The checker for the grids of one plan; ``part`` and ``plan`` as it takes them."""

    protocol: Protocol
    library: ProtocolLibrary
    part: Mapping[str, Any]
    plan: Mapping[str, Any]
    language: str

    def check(self, rows: Rows) -> TypedCheck:
        written = write_grid(rows, self.protocol)
        if not written.rows:
            return TypedCheck(written, None, [])
        report = self._report(written)
        marks = self._marks(report.faults, written)
        # Against the lots of the plan a missing unit counts as failed; nobody wants to see that while typing.
        complete: CheckReport | None = report
        if not report.accepted or report.undeclared_missing:
            complete = self._of_complete_units(rows, report, written)
        if complete is None:
            return TypedCheck(written, report, marks, missing=report.undeclared_missing)
        shown = preview(complete, self.protocol, self.library, self.language)
        missing = self._missing(report, shown)
        return TypedCheck(written, report, marks, shown, complete.units, missing)

    def with_faults(self, found: TypedCheck, faults: Sequence[Fault]) -> TypedCheck:
        """The same answer with other faults, such as those that were recorded of a refusal."""
        return replace(found, marks=self._marks(faults, found.written))

    def _report(self, written: WrittenGrid, plan: Mapping[str, Any] | None = None) -> CheckReport:
        source = io.BytesIO(written.content)
        plan = self.plan if plan is None else plan
        return check_stream(source, self.protocol, library=self.library, part=self.part, plan=plan)

    def _of_complete_units(self, rows: Rows, report: CheckReport, written: WrittenGrid) -> CheckReport | None:
        """The report on those units alone that have no fault, as if no other had been planned."""
        plan = {name: value for name, value in self.plan.items() if name != "lots"}
        without: frozenset[int] = frozenset()
        for _ in range(ATTEMPTS):
            lines = {fault.row for fault in report.faults}
            faulty = {row for line, row in written.row_of_line.items() if line in lines}
            without |= self._with_their_units(rows, faulty)
            if report.faults and not faulty:
                return None  # a fault of no unit's, such as one of the plan
            written = write_grid(rows, self.protocol, without)
            if not written.rows:
                return None
            report = self._report(written, plan)
            if report.accepted:
                return report
        return None

    def _missing(self, report: CheckReport, shown: FilePreview | None) -> Mapping[str, int]:
        """Rows of lives may speak of several units each: there, the units are what the rows count."""
        if self.protocol.layout is not Layout.UNIT_LIVES:
            return report.undeclared_missing
        if shown is None or not report.accepted:
            return {}
        counted = {lot.lot_code: lot.units for lot in shown.lots}
        lacking = {
            lot["lot_code"]: lot["units"] - counted.get(lot["lot_code"], 0) for lot in self.plan["lots"]
        }
        return {lot_code: units for lot_code, units in lacking.items() if units > 0}

    def _with_their_units(self, rows: Rows, faulty: set[int]) -> frozenset[int]:
        if self.protocol.layout is Layout.UNIT_LIVES:
            return frozenset(faulty)
        place = [column.name for column in self.protocol.columns].index("unit_id")
        units = {rows[index][place] for index in faulty}
        return frozenset(index for index, cells in enumerate(rows) if cells[place] in units)

    def _marks(self, faults: Sequence[Fault], written: WrittenGrid) -> list[dict[str, Any]]:
        """Each fault with its ``cell``: row and column of the grid, both from 0, or None."""
        places = {column.name: place for place, column in enumerate(self.protocol.columns)}
        return [
            {
                **fault_as_json(fault, self.language),
                "cell": (written.row_of_line.get(fault.row or 0), places.get(fault.column or "")),
                "unfinished": fault.code in UNFINISHED,
            }
            for fault in faults
        ]
