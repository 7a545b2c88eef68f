"""Bytes and names that outlive a machine that loses its power."""

from __future__ import annotations

import os
from pathlib import Path

from ratedparts.fault_points import fault_point


def write_synced(path: Path, content: bytes) -> None:
    """Write a file, and have it on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fault_point("file.written")


def sync_folder(folder: Path) -> None:
    """Have the names of a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
