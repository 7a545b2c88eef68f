"""A file in a declared encoding, read as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import IO


def as_utf_8(source: IO[bytes], encoding: str) -> IO[bytes]:
    """``source`` itself where it is UTF-8; else its text in UTF-8, a block at a time.

    Reading raises ``UnicodeError`` where the bytes do not fit the encoding.
    """
    return source if encoding == "utf-8" else io.BufferedReader(_Recoded(source, encoding), 2**20)


class _Recoded(io.RawIOBase):
    def __init__(self, source: IO[bytes], encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._waiting:
            read = self._source.read(len(buffer))
            self._waiting = self._decoder.decode(read, final=not read).encode()
            if not read:
                break
        part = self._waiting[: len(buffer)]
        self._waiting = self._waiting[len(part) :]
        buffer[: len(part)] = part
        return len(part)
