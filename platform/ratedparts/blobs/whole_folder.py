"""A folder that is there with everything that belongs into it, or is not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

UNFINISHED: Final = ".unfinished-"


@contextmanager
def whole_folder(folder: Path, *, mode: int = 0o777) -> Iterator[Path]:
    """A folder beside, which takes the place of the real one once everything is in it and on the disk.

    A process that dies leaves the one beside, whose name begins with `UNFINISHED`; it may be removed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f"{UNFINISHED}{folder.name}-{secrets.token_hex(4)}")
    made.mkdir(mode=mode)
    try:
        yield made
        sync_folder(made)
        os.replace(made, folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def write_synced(path: Path, content: bytes) -> None:
    """Write a file, and have it on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names of a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
