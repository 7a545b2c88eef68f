"""A results file on disk, checked against its plan and, where it is accepted, stored as evidence will be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from ratedparts.blobs.watched_file import Watch, watched
from ratedparts.db import Work
from ratedparts.protocols import CheckReport, ProtocolLibrary, TakeColumns, check_stream


@dataclass(frozen=True)
class StoredFile:
    digest: str
    size_bytes: int
    columns_digest: str
    columns: tuple[Any, ...]  # how each column is sealed, for whoever makes the file evidence


class EvidenceKeeper(Protocol):
    """What the next stage offers to this one; put in where the program is put together."""

    def columns_into(self, path: Path) -> TakeColumns:
        """What writes the typed columns of a file to ``path`` while they are read."""

    def store(self, file: Path, columns: Path, digest: str) -> StoredFile:
        """Keep the bytes of both files; ``digest`` is that of the first."""

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
    digest: str,
    protocol: str,
    part: dict[str, Any],
    plan: dict[str, Any],
    encoding: str,
    watch: Watch | None = None,
) -> CheckedFile:
    """Check the file of that digest on all three levels; store it if it is accepted.

    No transaction is needed or held.  The file must not change meanwhile.
    """
    # Named after the file, so that what a process leaves that dies is found when the file goes.
    with (
        TemporaryDirectory(dir=file.parent, prefix=f"{file.name}.") as folder,
        watched(file, watch) as source,
    ):
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
        stored = keeper.store(file, columns, digest) if report.accepted else None
        return CheckedFile(digest, file.stat().st_size, report, stored)
