"""One process at a time in a folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Whoever else asks for the folder waits until the block ends; a process that dies lets go of it.

    Not to be asked for twice by one thread: it would wait for itself.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
