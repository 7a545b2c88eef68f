"""Check a file of any length from a stream: the faults of `check_file`, quickly and in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING

from ratedparts.protocols.checking import Findings, check_file, check_records
from ratedparts.protocols.csv_reader import Records
from ratedparts.protocols.loading import ProtocolLibrary, load_library
from ratedparts.protocols.model import Layout, Protocol
from ratedparts.protocols.part_rules import Part, read_part
from ratedparts.protocols.plan_rules import check_plan
from ratedparts.protocols.plan_shape import Plan, read_plan
from ratedparts.protocols.recoding import as_utf_8
from ratedparts.protocols.report import CheckReport, FaultList, Table
from ratedparts.protocols.text_decoding import accepted_encoding, has_long_line
from ratedparts.protocols.unit_outcomes import UnitOutcomes
from ratedparts.protocols.workbook import looks_like_workbook

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 16 * 2**20
SCREENED_FROM = 128 * 2**10  # a shorter file is read cell by cell before the columns are set up
# Beyond this a file must be plain enough to be read by columns: cell by cell it would take all memory.
LARGEST_READ_WHOLE = 512 * 2**20
LARGEST_CLOSELY = 8 * 2**20  # beyond this a limit that is passed is looked for before anything else is read

# Takes the typed columns of a file, frame by frame (see `typed_frame`), while it is being read.
TakeColumns = Callable[["Iterator[pl.DataFrame]", Mapping[str, "pl.DataType"]], None]


def check_stream(
    source: IO[bytes],
    protocol: Protocol | str,
    *,
    library: ProtocolLibrary | None = None,
    part: object = None,
    plan: object = None,
    encoding: str = "utf-8",
    take_columns: TakeColumns | None = None,
    block_bytes: int = BLOCK_BYTES,
    screen_from: int = SCREENED_FROM,
) -> CheckReport:
    """The faults that `check_file` finds, quickly, and in little memory.

    ``source`` is read from where it stands to its end, ``block_bytes`` at a time and perhaps more than once;
    a file whose structure is in doubt is read whole, and so is one of fewer than ``screen_from`` bytes.
    ``take_columns`` is given the typed columns while they are read, whether the file will be accepted or
    not, and from the beginning when it is read again.
    The report has ``table`` and ``histories`` only where the file was read whole.
    """
    library = load_library() if library is None else library
    if isinstance(protocol, str):
        protocol = library.protocol(protocol)
    start = source.tell()
    declared = accepted_encoding(encoding)
    is_text = not looks_like_workbook(source.read(4))
    is_long = source.seek(0, 2) - start >= screen_from
    by_columns = protocol.layout is Layout.UNIT_READOUTS and not protocol.lives_from_drift
    if is_long and is_text and declared is not None and by_columns:
        # Loaded here: a columnar reader takes a while to load, and most of what this package does needs none.
        from ratedparts.protocols.screening import Doubt, Scattered

        for gather in (False, True):
            source.seek(start)
            check = _Screened(protocol, library, part, plan, declared)
            try:
                return check.run(as_utf_8(source, declared), gather, block_bytes, take_columns)
            except Scattered:
                continue
            except (Doubt, UnicodeError):
                break
    return _read_whole(source, start, protocol, library, part, plan, encoding, take_columns)


def _read_whole(
    source: IO[bytes],
    start: int,
    protocol: Protocol,
    library: ProtocolLibrary,
    part: object,
    plan: object,
    encoding: str,
    take_columns: TakeColumns | None,
) -> CheckReport:
    size = source.seek(0, 2) - start
    source.seek(start)
    faults = FaultList()
    is_text = not looks_like_workbook(source.read(4))
    source.seek(start)
    if size > LARGEST_CLOSELY and is_text and has_long_line(source, faults):
        return _refused(faults, protocol, part, plan, encoding)
    if size > LARGEST_READ_WHOLE:
        faults.add("too_large_to_read_closely", None, None, None, bytes=size, maximum=LARGEST_READ_WHOLE)
        return _refused(faults, protocol, part, plan, encoding)
    source.seek(start)
    content = source.read()
    report = check_file(content, protocol, library=library, part=part, plan=plan, encoding=encoding)
    if take_columns is not None and report.table is not None:
        from ratedparts.protocols.typed_frame import typed_frame

        frame = typed_frame(report.table)
        take_columns(iter([frame]), frame.schema)
    return report


def _refused(faults: FaultList, protocol: Protocol, part: object, plan: object, encoding: str) -> CheckReport:
    """The report of a file that was not read: the limit that it passes is all there is to tell."""
    return CheckReport(
        protocol=protocol.name,
        accepted=False,
        rows=0,
        units=0,
        faults=tuple(faults.first()),
        fault_count=faults.count,
        not_checked=tuple(name for name, given in (("part", part), ("plan", plan)) if given is None),
        encoding=accepted_encoding(encoding) or encoding,
    )


class _Screened:
    """One reading of the file by columns, with what it finds."""

    def __init__(
        self, protocol: Protocol, library: ProtocolLibrary, part: object, plan: object, encoding: str
    ) -> None:
        self.protocol = protocol
        self.encoding = encoding
        self.faults = FaultList(tuple(column.name for column in protocol.columns))
        self.part = Part() if part is None else read_part(part, protocol, library, self.faults)
        self.plan: Plan | None = None if plan is None else read_plan(plan, protocol, self.faults)
        self.not_checked = tuple(name for name, given in (("part", part), ("plan", plan)) if given is None)
        self.outcomes = UnitOutcomes()

    def run(
        self, source: IO[bytes], gather: bool, block_bytes: int, take_columns: TakeColumns | None
    ) -> CheckReport:
        from ratedparts.protocols.plan_tally import PlanTally
        from ratedparts.protocols.screening import Screen

        tally = None if self.plan is None else PlanTally(self.plan.names_missing)
        screen = Screen(source, self.protocol, self.part, self.look_closely, self.outcomes, tally)
        frames = screen.frames(gather=gather, block_bytes=block_bytes)
        if take_columns is not None:
            take_columns(frames, screen.schema)
        for _ in frames:  # all that was not taken
            pass
        undeclared: Mapping[str, int] = {}
        if self.plan is not None and tally is not None:
            undeclared = check_plan(self.plan, tally, self.protocol, self.faults)
        accepted = self.faults.count == 0
        return CheckReport(
            protocol=self.protocol.name,
            accepted=accepted,
            rows=screen.rows,
            units=screen.units,
            faults=tuple(self.faults.first()),
            fault_count=self.faults.count,
            not_checked=self.not_checked,
            encoding=self.encoding,
            outcomes=self.outcomes if accepted else None,
            measured=screen.measured if accepted else None,
            gathered=gather,
            undeclared_missing=undeclared,
            limits=self.part.limits,
        )

    def look_closely(self, records: Records, stated: Mapping[str, str]) -> Table:
        """The exact checker on some units; what it reads of them."""
        found = Findings()
        check_records(records, self.protocol, self.part, found, self.faults, stated)
        assert found.table is not None  # the header is whole: the screen has looked
        self.outcomes.add(found.histories, found.table)
        return found.table
