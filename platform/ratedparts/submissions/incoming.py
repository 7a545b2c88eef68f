"""The folder in which files arrive in pieces.  What counts of a file there is said by its row."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.protocols import ArrivingText

PIECE_BYTES = 2**20


class Incoming:
    """One file an upload, named by its number.  Several web processes have to share the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, number: str) -> Path:
        return self.folder / number

    def append(self, number: str, offset: int, source: IO[bytes], most: int, arriving: ArrivingText) -> int:
        """Write what ``source`` gives behind ``offset`` and make it last; how many bytes that was.

        Bytes behind ``offset`` that no row knows of are of a piece that was cut off: they are overwritten.

        Raises
        ------
        RatedPartsError
            ``upload_busy`` while another request writes; ``file_too_large`` beyond ``most`` bytes; what
            `ArrivingText` refuses; ``storage_full``.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._held(number) as file:
            file.truncate(offset)
            file.seek(offset)
            count = 0
            while piece := source.read(min(PIECE_BYTES, most - count + 1)):
                if count + len(piece) > most:
                    maximum = offset + most
                    raise RatedPartsError(
                        "file_too_large", kind=Kind.TOO_LARGE, bytes=maximum + 1, maximum=maximum
                    )
                arriving.look_at(piece)
                file.write(piece)
                count += len(piece)
            file.flush()
            os.fsync(file.fileno())
        return count

    def drop(self, number: str) -> None:
        """Forget the file; harmless where there is none."""
        self.path(number).unlink(missing_ok=True)

    @contextmanager
    def _held(self, number: str) -> Iterator[IO[bytes]]:
        descriptor = os.open(self.path(number), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RatedPartsError("upload_busy", kind=Kind.CONFLICT) from None
            try:
                yield file
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise RatedPartsError("storage_full", kind=Kind.UNAVAILABLE) from error
                raise
