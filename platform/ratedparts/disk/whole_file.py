"""A file that is there with all of its bytes, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ratedparts.fault_points import fault_point

from .held_folder import held_folder
from .synced import sync_folder

UNFINISHED: Final = ".unfinished"


def write_whole(path: Path, content: bytes, *, mode: int = 0o600, once: bool = False) -> None:
    """Write a file into its folder, which is there; whoever looks finds all of it or none of it.

    ``once``: where there is one of that name, it stays.  A process that dies in the middle leaves one
    file, of the same name for whatever was being written, and the next one writes over it.
    """
    with held_folder(path.parent):
        if once and path.exists():
            return
        unfinished = path.with_name(UNFINISHED)
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fault_point("file.written")
        os.replace(unfinished, path)
        sync_folder(path.parent)
        fault_point("file.placed")
