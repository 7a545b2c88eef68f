"""Named places between two lasting effects: where a process can die, or a disk fill up, and matter.

Nothing happens at them.  The tests in `tests/faults` have each of them watched, and die there, or fail; what
is to be found then, and who puts it right, is said by name in `docs/faults.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Point = Literal[
    "blob.put",  # before the bytes are in the store
    "blob.kept",  # they are; no row names them yet
    "certificate.signed",  # the signature has left the device; nobody has recorded it
    "commit",  # everything of a transaction was said; nothing of it is kept
    "committed",  # all of it is kept; nobody has been told
    "file.placed",  # a file has its name; nothing says that it is there
    "file.written",  # a file is on the disk, in an unfinished folder or under no name that is read
    "folder.placed",  # the folder has its name; nothing says that it is there
    "folder.written",  # every file is on the disk; the folder has not got its name
    "letter.sent",  # the server has taken a letter; it still lies there
    "long_work.prepared",  # the long part of a job is done; nothing of it is kept
    "message.delivered",  # another program has taken a message; nothing says so
    "piece.lasting",  # a piece of a file is on the disk; its row does not tell of it
    "piece.written",  # a piece of a file was handed to the operating system
]

_watcher: Callable[[Point], None] | None = None


def fault_point(name: Point) -> None:
    """Say that this place has been reached."""
    if _watcher is not None:
        _watcher(name)


@contextmanager
def watched_by(watcher: Callable[[Point], None]) -> Iterator[None]:
    """Until the block ends `watcher` is told of every place reached in this process; it may raise."""
    global _watcher
    _watcher = watcher
    try:
        yield
    finally:
        _watcher = None
