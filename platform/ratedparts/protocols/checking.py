"""Check a results file: the one path that the command line, the API and the page share.

Three levels, and the report says which were checked: what the protocol alone fixes, what needs the part, what
needs the plan.  A bad file is a report with its faults, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ratedparts.protocols.columns import read_columns
from ratedparts.protocols.criteria import check_statuses
from ratedparts.protocols.csv_reader import Records, read_records
from ratedparts.protocols.header import match_header
from ratedparts.protocols.loading import ProtocolLibrary, load_library
from ratedparts.protocols.model import Layout, Protocol
from ratedparts.protocols.part_rules import Part, read_part, rows_outside_at_receipt
from ratedparts.protocols.plan_rules import check_plan
from ratedparts.protocols.plan_shape import Plan, read_plan
from ratedparts.protocols.report import CheckReport, FaultList, Table, UnitHistory, measured_between
from ratedparts.protocols.text_decoding import ENCODINGS, accepted_encoding, decode
from ratedparts.protocols.unit_histories import check_histories
from ratedparts.protocols.unit_lives import check_lives
from ratedparts.protocols.unit_outcomes import UnitOutcomes
from ratedparts.protocols.unit_parameters import check_parameters
from ratedparts.protocols.unit_rows import group_units, initial_rows
from ratedparts.protocols.workbook import looks_like_workbook, read_workbook

WORKBOOK = "xlsx"  # what stands in a report for the encoding of a workbook


@dataclass
class Findings:
    """What the steps find on their way to the report."""

    rows: int = 0
    units: int = 0
    table: Table | None = None
    histories: tuple[UnitHistory, ...] = ()
    undeclared_missing: Mapping[str, int] = field(default_factory=dict)


def check_file(
    content: bytes,
    protocol: Protocol | str,
    *,
    library: ProtocolLibrary | None = None,
    part: object = None,
    plan: object = None,
    encoding: str = "utf-8",
) -> CheckReport:
    """Check ``content`` against ``protocol`` (or its name) and answer every fault at once.

    ``part`` and ``plan`` are parsed JSON objects; without them the report lists them in ``not_checked``.
    ``encoding`` is what the sender declares: ``utf-8`` (a byte order mark is tolerated) or ``gb18030``.
    An Excel workbook is known by its first bytes; its faults name the cell.
    Raises ``unknown_protocol`` for a name that does not exist; for the file itself nothing is raised.
    """
    library = load_library() if library is None else library
    if isinstance(protocol, str):
        protocol = library.protocol(protocol)
    faults = FaultList(tuple(column.name for column in protocol.columns))
    known_part = Part() if part is None else read_part(part, protocol, library, faults)
    known_plan = None if plan is None else read_plan(plan, protocol, faults)
    found = Findings()
    declared = accepted_encoding(encoding)
    if looks_like_workbook(content):
        declared, faults.with_addresses = WORKBOOK, True
        records = read_workbook(content, faults)
        if records is not None:
            check_records(records, protocol, known_part, found, faults, {})
    elif declared is None:
        faults.add("encoding_not_accepted", None, None, encoding, expected=sorted(set(ENCODINGS.values())))
    else:
        text = decode(content, declared, faults)
        records = None if text is None else read_records(text, faults)
        if records is not None:
            check_records(records, protocol, known_part, found, faults, {})
    if found.table is not None and known_plan is not None:
        found.undeclared_missing = _check_against(known_plan, found.table, protocol, faults)
    accepted = faults.count == 0
    table = found.table if accepted else None
    return CheckReport(
        protocol=protocol.name,
        accepted=accepted,
        rows=found.rows,
        units=found.units,
        faults=tuple(faults.first()),
        fault_count=faults.count,
        not_checked=tuple(name for name, given in (("part", part), ("plan", plan)) if given is None),
        encoding=declared or encoding,
        table=table,
        histories=found.histories if accepted else (),
        outcomes=None if table is None or protocol.readouts is None else _outcomes(found.histories, table),
        measured=None if table is None else measured_between(table),
        undeclared_missing=found.undeclared_missing,
        limits=known_part.limits,
    )


def check_records(
    records: Records,
    protocol: Protocol,
    part: Part,
    found: Findings,
    faults: FaultList,
    stated: Mapping[str, str],
) -> None:
    """Every rule about records, all of a file's or some; ``stated``: see `check_histories`."""
    found.rows = records.count
    faults.in_columns(tuple(records.header))
    header = match_header(records.header, protocol, faults)
    table = read_columns(records, header, protocol, faults)
    if "unit_id" in table.texts:
        found.units = len(set(table.texts["unit_id"]) - {""})
    if not header.whole:
        return  # the cells were checked; rules between rows would lean on columns that are not there
    found.table = table
    if protocol.layout is Layout.UNIT_READOUTS:
        _check_unit_readouts(records, table, protocol, part, found, faults, stated)
    elif protocol.layout is Layout.UNIT_LIVES:
        found.units = check_lives(table, faults)
    else:
        found.units = check_parameters(table, protocol, faults)


def _check_against(plan: Plan, table: Table, protocol: Protocol, faults: FaultList) -> Mapping[str, int]:
    # Loaded here: a columnar reader takes a while to load, and most of what this package does needs none.
    from ratedparts.protocols.plan_tally import PlanTally
    from ratedparts.protocols.typed_frame import typed_frame

    tally = PlanTally(plan.names_missing)
    tally.add(typed_frame(table))
    return check_plan(plan, tally, protocol, faults)


def _outcomes(histories: tuple[UnitHistory, ...], table: Table) -> UnitOutcomes:
    outcomes = UnitOutcomes()
    outcomes.add(histories, table)
    return outcomes


def _check_unit_readouts(
    records: Records,
    table: Table,
    protocol: Protocol,
    part: Part,
    found: Findings,
    faults: FaultList,
    stated: Mapping[str, str],
) -> None:
    units = group_units(table, records, faults)
    outside = rows_outside_at_receipt(table, part.limits)
    found.histories = check_histories(units, table, protocol, outside, faults, stated)
    check_statuses(table, protocol, initial_rows(units, table), part.attributes, faults)
