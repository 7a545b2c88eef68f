"""A results file on disk, checked against its plan and, where it is accepted, stored as evidence will be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Protocol

from ratedparts.blobs.store import digest_of_file
from ratedparts.db import Work
from ratedparts.protocols import CheckReport, ProtocolLibrary, TakeColumns, check_stream

# Told how many bytes of the file have been read; may raise, to stop the reading.
Watch = Callable[[int], None]


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
    with TemporaryDirectory(dir=file.parent) as folder, _opened(file, watch) as source:
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


class _WatchedFile(FileIO):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(path)
        self._watch = watch

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._watch(self.tell())
        return count

    def readall(self) -> bytes:
        self._watch(self.tell())
        return super().readall()


def _opened(file: Path, watch: Watch | None) -> IO[bytes]:
    return file.open("rb") if watch is None else BufferedReader(_WatchedFile(file, watch), 2**20)
