"""A file that tells how far it has been read, so that somebody can be shown progress, or stop the reading."""

from __future__ import annotations

from collections.abc import Callable
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

# Told how many bytes from the beginning have been read; may raise, to stop.
Watch = Callable[[int], None]
BUFFER_BYTES = 2**20


def watched(path: Path, watch: Watch | None) -> BufferedReader:
    """The file at ``path``, open for reading; every read is told to ``watch``."""
    return path.open("rb") if watch is None else BufferedReader(_Watched(path, watch), BUFFER_BYTES)


class _Watched(FileIO):
    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(path)
        self._watch = watch

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._watch(self.tell())
        return count

    def readall(self) -> bytes:
        content = super().readall()
        self._watch(self.tell())
        return content or b""
