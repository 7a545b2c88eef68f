"""A results file that somebody tries: checked, with what it holds and the grade that it alone could reach.

Nothing of it is stored; the page and the interface show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO

from ratedparts.protocols import CheckReport, Layout, Protocol, ProtocolLibrary, check_stream

from .file_preview import FilePreview, preview
from .supposed_grade import SupposedGrade, supposed_grade
from .supposed_part import SupposedPart


@dataclass(frozen=True)
class TriedFile:
    """``found`` None: the file was refused; ``grade`` None: there is no part to suppose, or no life test."""

    report: CheckReport
    found: FilePreview | None
    grade: SupposedGrade | None


def check_tried(
    stream: IO[bytes],
    protocol: Protocol,
    library: ProtocolLibrary,
    part: SupposedPart | None,
    encoding: str,
) -> CheckReport:
    """The check of the file, with as much of the part as was said."""
    known = part.as_json if part is not None else None
    return check_stream(stream, protocol, library=library, part=known, encoding=encoding)


def try_file(
    report: CheckReport,
    protocol: Protocol,
    library: ProtocolLibrary,
    part: SupposedPart | None,
    *,
    today: date,
    language: str,
) -> TriedFile:
    """What a checked file shows."""
    found = preview(report, protocol, library, language)
    grade = None
    on_test = found is not None and found.total.units > 0 and protocol.layout is Layout.UNIT_READOUTS
    if found is not None and part is not None and on_test:
        grade = supposed_grade(
            report, found.evidence, part, protocol, library, today=today, language=language
        )
    return TriedFile(report, found, grade)
