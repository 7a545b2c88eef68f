"""What a backup says of itself: `manifest.json`, written last, with the digest of everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ratedparts.blobs.store import digest_of_file
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.proofs import canonical_bytes, digest_of

FORM: Final = "ratedparts-backup/1"
MANIFEST: Final = "manifest.json"
BLOB_LIST: Final = "blobs.txt"
ROWS, BLOBS, INCOMING, OUTBOX = "rows", "blobs", "incoming", "outbox"
_FILE = re.compile(rf"{BLOB_LIST}|({ROWS}|{INCOMING}|{OUTBOX})/[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class FileEntry:
    """``path``: below the folder, with ``/``."""

    path: str
    size_bytes: int
    digest: str

    @classmethod
    def of(cls, folder: Path, path: str) -> FileEntry:
        file = folder / path
        return cls(path, file.stat().st_size, digest_of_file(file))

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> FileEntry:
        path, digest = str(said["path"]), str(said["digest"])
        # Nobody's manifest leads out of the folder.
        if not _FILE.fullmatch(path) or not _DIGEST.fullmatch(digest):
            raise ValueError(path)
        return cls(path, int(said["bytes"]), digest)

    def as_json(self) -> dict[str, Any]:
        return {"path": self.path, "bytes": self.size_bytes, "digest": self.digest}


@dataclass(frozen=True)
class TableEntry:
    """``columns``: name → kind, in the order of the values of a line."""

    name: str
    rows: int
    columns: dict[str, str]

    @property
    def path(self) -> str:
        return f"{ROWS}/{self.name}.jsonl.gz"

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> TableEntry:
        columns = {str(one["name"]): str(one["kind"]) for one in said["columns"]}
        return cls(str(said["name"]), int(said["rows"]), columns)

    def as_json(self) -> dict[str, Any]:
        columns = [{"name": name, "kind": kind} for name, kind in self.columns.items()]
        return {"name": self.name, "rows": self.rows, "columns": columns}


@dataclass(frozen=True)
class Manifest:
    """``instant``: that of the one state that all rows are of.  ``tables``: in the order of references.

    ``audit_broken_at``: where the audit chain did not hold even then.  ``jobs``: state → how many there were.
    """

    instant: str
    environment: str
    log_origin: str
    revision: str
    engine_version: str
    program_version: str
    database: str
    log_size: int
    checkpoint: str | None
    audit_lines: int
    audit_broken_at: int | None
    jobs: dict[str, int]
    blobs: int
    blob_bytes: int
    tables: tuple[TableEntry, ...]
    files: tuple[FileEntry, ...]

    @property
    def digest(self) -> str:
        """By which the whole backup is known."""
        return digest_of(canonical_bytes(self._content()))

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    def files_in(self, folder: str) -> list[FileEntry]:
        return [one for one in self.files if one.path.startswith(f"{folder}/")]

    def to_bytes(self) -> bytes:
        told = {"digest": self.digest, **self._content()}
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")

    def _content(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in _PLAIN}
        tables = [one.as_json() for one in self.tables]
        return {"form": FORM, **plain, "tables": tables, "files": [one.as_json() for one in self.files]}

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ``backup_damaged``: it is not there, or not what was written."""
        try:
            content = (folder / MANIFEST).read_bytes()
            said = json.loads(content)
            if said["form"] != FORM:
                raise ValueError(said["form"])
            read = cls(
                **{name: said[name] for name in _PLAIN},
                tables=tuple(map(TableEntry.read, said["tables"])),
                files=tuple(map(FileEntry.read, said["files"])),
            )
            if said["digest"] != read.digest or content != read.to_bytes():
                raise ValueError("digest")
        except FileNotFoundError:
            raise damaged([Fault("backup_file_missing", column=MANIFEST)]) from None
        except (OSError, ValueError, TypeError, KeyError, RatedPartsError):
            raise damaged([Fault("backup_file_differs", column=MANIFEST)]) from None
        return read


_PLAIN: Final = [name for name in Manifest.__dataclass_fields__ if name not in ("tables", "files")]


def damaged(faults: list[Fault]) -> RatedPartsError:
    """``backup_damaged``, with each file that is not what was written."""
    return RatedPartsError("backup_damaged", items=faults, files=len(faults))


def blob_path(digest: str) -> str:
    """Where a backup has the bytes of a digest."""
    name = digest.removeprefix("sha256:")
    return f"{BLOBS}/{name[:2]}/{name}"


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None
