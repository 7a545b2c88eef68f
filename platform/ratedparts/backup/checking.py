"""Holds a backup against its manifest: every file by its digest, before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ratedparts.blobs.store import digest_of_file
from ratedparts.errors import Fault

from .blob_copies import listed_blobs
from .manifest import BLOB_LIST, Manifest, blob_path, damaged, is_digest

MOST_NAMED: Final = 1000  # all are looked at; beyond it there is no need of more names


def check_backup(folder: Path, watch: Callable[[float], None] = lambda share: None) -> Manifest:
    """The manifest of a whole backup.

    Raises ``backup_damaged`` (files) with each file that is missing or not what was written: the manifest
    itself, rows, the list of blobs, a blob, a letter, what had arrived of an upload.
    """
    manifest = Manifest.read(folder)
    faults: list[Fault] = []
    whole = manifest.blobs + len(manifest.files)
    done = 0

    def look(path: str, digest: str) -> None:
        nonlocal done
        fault = _fault(folder, path, digest)
        if fault is not None and len(faults) < MOST_NAMED:
            faults.append(fault)
        done += 1
        watch(done / whole)

    for entry in manifest.files:
        look(entry.path, entry.digest)
    named = {entry.path for entry in manifest.files}
    for path in (BLOB_LIST, *(table.path for table in manifest.tables)):
        if path not in named:
            faults.append(Fault("backup_file_missing", column=path))
    if not any(fault.column == BLOB_LIST for fault in faults):
        for digest in listed_blobs(folder):
            if is_digest(digest):
                look(blob_path(digest), digest)
            else:
                faults.append(Fault("backup_file_differs", column=BLOB_LIST))
    if faults:
        raise damaged(faults)
    return manifest


def _fault(folder: Path, path: str, digest: str) -> Fault | None:
    try:
        whole = digest_of_file(folder / path) == digest
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return Fault("backup_file_missing", column=path)
    except OSError:  # the disk cannot read it any more
        whole = False
    return None if whole else Fault("backup_file_differs", column=path)
