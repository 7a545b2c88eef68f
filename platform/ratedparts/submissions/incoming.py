"""The folder in which files arrive in pieces.  What counts of a file there is said by its row."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from ratedparts.disk import telling_full
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.fault_points import fault_point
from ratedparts.protocols import ArrivingText

PIECE_BYTES = 2**20
CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True)
class Checksum:
    """What a piece has to agree with; ``algorithm`` is one of `CHECKSUMS`."""

    algorithm: str
    digest: bytes


class Incoming:
    """One file an upload, named by its number.  Several web processes have to share the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, number: str) -> Path:
        return self.folder / number

    @contextmanager
    def held(self, number: str) -> Iterator[HeldFile]:
        """The file, which no other request writes to meanwhile; made where there is none.

        Hold it until the row tells of what was written: whoever holds it next then knows where to go on.

        Raises
        ------
        RatedPartsError
            ``upload_busy`` while another request holds it; ``storage_full``.
        """
        with telling_full():
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path(number), os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise RatedPartsError("upload_busy", kind=Kind.CONFLICT) from None
                yield HeldFile(file, self.folder)

    def set_aside(self, source: IO[bytes], seen: Callable[[bytes], object]) -> IO[bytes]:
        """All that ``source`` gives, in a file without a name that is gone when it is closed.

        ``seen`` is told of every piece.  Raises ``storage_full``.
        """
        with telling_full(), ExitStack() as unless_whole:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = unless_whole.enter_context(TemporaryFile(dir=self.folder))
            while piece := source.read(PIECE_BYTES):
                seen(piece)
                file.write(piece)
            file.seek(0)
            unless_whole.pop_all()
            return file

    def require_whole(self, number: str, size: int) -> None:
        """Raise ``upload_bytes_lost`` where the file has not the size that its row tells of."""
        if self.path(number).stat().st_size != size:
            raise RatedPartsError("upload_bytes_lost", kind=Kind.CONFLICT)

    def drop(self, number: str) -> None:
        """Forget the file, and what a check that died has left beside it; harmless where there is none."""
        self.path(number).unlink(missing_ok=True)
        for folder in self.folder.glob(f"{number}.*"):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class HeldFile:
    """A file in the hands of the one request that may write to it."""

    file: IO[bytes]
    folder: Path

    def append(
        self, offset: int, source: IO[bytes], most: int, arriving: ArrivingText, checksum: Checksum | None
    ) -> int:
        """Write what ``source`` gives behind ``offset`` and make it last; how many bytes that was.

        Bytes behind ``offset`` that no row knows of are of a piece that was cut off: they are overwritten.

        Raises
        ------
        RatedPartsError
            ``checksum_differs``; where it agrees, ``file_too_large`` beyond ``most`` bytes and what
            `ArrivingText` refuses; ``upload_bytes_lost`` where not even ``offset`` bytes are there.
        """
        if os.fstat(self.file.fileno()).st_size < offset:
            raise RatedPartsError("upload_bytes_lost", kind=Kind.CONFLICT)
        self.file.truncate(offset)
        self.file.seek(offset)
        seen = None if checksum is None else hashlib.new(checksum.algorithm)
        count, refusal = 0, None
        while piece := source.read(PIECE_BYTES):
            count += len(piece)
            if seen is not None:
                seen.update(piece)
            if refusal is None:
                refusal = _refusal(piece, offset, count, most, arriving)
            if refusal is None:
                self.file.write(piece)
            elif seen is None:
                raise refusal
            # Otherwise it is read on: what breaks a limit may be the damage that the checksum is there for.
        if seen is not None and checksum is not None and seen.digest() != checksum.digest:
            self.file.truncate(offset)
            raise RatedPartsError("checksum_differs", kind=Kind.CONFLICT)
        if refusal is not None:
            raise refusal
        self._make_last(new=offset == 0)
        return count

    def _make_last(self, *, new: bool) -> None:
        self.file.flush()
        fault_point("piece.written")
        os.fsync(self.file.fileno())
        if new:  # its name has to last too
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        fault_point("piece.lasting")


def _refusal(
    piece: bytes, offset: int, count: int, most: int, arriving: ArrivingText
) -> RatedPartsError | None:
    if count > most:
        maximum = offset + most
        return RatedPartsError("file_too_large", kind=Kind.TOO_LARGE, bytes=maximum + 1, maximum=maximum)
    try:
        arriving.look_at(piece)
    except RatedPartsError as error:
        return error
    return None
