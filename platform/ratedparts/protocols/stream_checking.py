"""Check a file of any length from a stream: the faults of `check_file`, quickly and in little memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import IO

from ratedparts.protocols.checking import Findings, check_file, check_records
from ratedparts.protocols.csv_reader import Records
from ratedparts.protocols.loading import ProtocolLibrary, load_library
from ratedparts.protocols.model import Protocol
from ratedparts.protocols.part_rules import Part, read_part
from ratedparts.protocols.report import CheckReport, FaultList
from ratedparts.protocols.text_decoding import accepted_encoding
from ratedparts.protocols.workbook import looks_like_workbook


def check_stream(
    source: IO[bytes],
    protocol: Protocol | str,
    *,
    library: ProtocolLibrary | None = None,
    part: object = None,
    plan: object = None,
    encoding: str = "utf-8",
    block_bytes: int = 16 * 2**20,
) -> CheckReport:
    """The faults that `check_file` finds, without the typed columns: quickly, and in little memory.

    ``source`` is read from where it stands to its end, ``block_bytes`` at a time and perhaps more than once.
    A file whose structure is in doubt, or that comes with a plan, is read whole.
    """
    library = load_library() if library is None else library
    if isinstance(protocol, str):
        protocol = library.protocol(protocol)
    start = source.tell()
    # Loaded here: a columnar reader takes a while to load, and most of what this package does needs none.
    from ratedparts.protocols.screening import Doubt, Scattered

    is_text = not looks_like_workbook(source.read(4))
    if is_text and plan is None and accepted_encoding(encoding) == "utf-8":
        for gather in (False, True):
            source.seek(start)
            try:
                return _screened(source, protocol, library, part, gather, block_bytes)
            except Scattered:
                continue
            except Doubt:
                break
    source.seek(start)
    content = source.read()
    report = check_file(content, protocol, library=library, part=part, plan=plan, encoding=encoding)
    return replace(report, table=None, histories=())


def _screened(
    source: IO[bytes],
    protocol: Protocol,
    library: ProtocolLibrary,
    part: object,
    gather: bool,
    block_bytes: int,
) -> CheckReport:
    faults = FaultList(tuple(column.name for column in protocol.columns))
    known_part = Part() if part is None else read_part(part, protocol, library, faults)

    def look_closely(records: Records, stated: Mapping[str, str]) -> None:
        check_records(records, protocol, known_part, None, Findings(), faults, stated)

    attributes = known_part.attributes
    from ratedparts.protocols.screening import screen

    screened = screen(source, protocol, attributes, look_closely, gather=gather, block_bytes=block_bytes)
    return CheckReport(
        protocol=protocol.name,
        accepted=faults.count == 0,
        rows=screened.rows,
        units=screened.units,
        faults=tuple(faults.first()),
        fault_count=faults.count,
        not_checked=("plan",) if part is not None else ("part", "plan"),
        encoding="utf-8",
        limits=known_part.limits,
    )
