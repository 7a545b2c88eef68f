"""A results file on disk, checked against its plan and, where it is accepted, stored as evidence will be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from ratedparts.blobs.store import digest_of_file
from ratedparts.blobs.watched_file import Watch, watched
from ratedparts.db import Work
from ratedparts.protocols import CheckReport, ProtocolLibrary, TakeColumns, check_stream


@dataclass(frozen=True)
class StoredFile:
    digest: str
    size_bytes: int
    columns_digest: str


class EvidenceKeeper(Protocol):
    """What the next stage offers to this one; put in where the program is put together."""

    def columns_into(self, path: Path) -> TakeColumns:
        """What writes the typed columns of a file to ``path`` while they are read."""

    def store(self, file: Path, columns: Path) -> StoredFile:
        """Keep the bytes of both files."""

    def accept(self, work: Work, submission: Any, stored: StoredFile, report: CheckReport) -> None:
        """Make the stored file evidence, and tell the next stage."""


@dataclass(frozen=True)
class CheckedFile:
    """``stored`` only where the file is accepted."""

    digest: str
    size_bytes: int
    report: CheckReport
    stored: StoredFile | None


def check_results_file(
    file: Path,
    library: ProtocolLibrary,
    keeper: EvidenceKeeper,
    *,
    protocol: str,
    part: dict[str, Any],
    plan: dict[str, Any],
    encoding: str,
    watch: Watch | None = None,
) -> CheckedFile:
    """Check the file on all three levels; store it if it is accepted.  No transaction is needed or held."""
    with TemporaryDirectory(dir=file.parent) as folder, watched(file, watch) as source:
        columns = Path(folder) / "columns.parquet"
        report = check_stream(
            source,
            protocol,
            library=library,
            part=part,
            plan=plan,
            encoding=encoding,
            take_columns=keeper.columns_into(columns),
        )
        stored = keeper.store(file, columns) if report.accepted else None
        digest = stored.digest if stored is not None else digest_of_file(file)
        return CheckedFile(digest, file.stat().st_size, report, stored)
