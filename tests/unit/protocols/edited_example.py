"""An example file that a test spoils in one place, and the line on which the spoilt row stands."""

from __future__ import annotations

import csv
import io

from ratedparts.errors import Fault
from ratedparts.protocols import CheckReport, Protocol, example_file, load_library


class EditedExample:
    def __init__(self, protocol: str, units: int = 3) -> None:
        self.protocol: Protocol = load_library().protocol(protocol)
        text = example_file(self.protocol, units).decode()
        self.header, *self.rows = csv.reader(io.StringIO(text))

    def find(self, unit: str, readout: str) -> int:
        """The index of the row of this unit at this readout."""
        at, name = self.header.index("readout"), self.header.index("unit_id")
        return next(i for i, row in enumerate(self.rows) if row[name] == unit and row[at] == readout)

    def line(self, unit: str, readout: str) -> int:
        return self.find(unit, readout) + 2

    def edit(self, index: int, /, **cells: str) -> int:
        """Overwrite cells of one row; the line of the row."""
        for name, value in cells.items():
            self.rows[index][self.header.index(name)] = value
        return index + 2

    def set(self, unit: str, readout: str, /, **cells: str) -> int:
        return self.edit(self.find(unit, readout), **cells)

    def drop(self, unit: str, *readouts: str) -> None:
        for readout in readouts:
            del self.rows[self.find(unit, readout)]

    def everywhere(self, **cells: str) -> None:
        for index in range(len(self.rows)):
            self.edit(index, **cells)

    def content(self) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([self.header, *self.rows])
        return text.getvalue().encode()


def places(report: CheckReport) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, fault.row, fault.column) for fault in report.faults]


def only(report: CheckReport) -> Fault:
    """The one fault of a report that has no other."""
    assert report.fault_count == 1, report.faults
    assert not report.accepted
    assert report.table is None
    return report.faults[0]
