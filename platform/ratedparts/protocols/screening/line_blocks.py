"""A stream of bytes → blocks of whole lines that are plain enough for a columnar reader.

Plain: valid UTF-8, no quotes, no control characters, LF or CRLF line ends, no line too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import IO

import numpy as np
import numpy.typing as npt

from ratedparts.protocols.text_decoding import BYTE_ORDER_MARK, MAXIMUM_LINE_BYTES, UNWANTED

ASCII_TEXT = bytes(range(0x20, 0x7F)).replace(b'"', b"") + b"\t\r\n"
# How unwanted characters begin in UTF-8: C1 controls, marks nobody sees, byte order marks.
UNWANTED_BEGINNINGS = (
    *(b"\xc2", b"\xcd\x8f", b"\xd8\x9c", b"\xe1\x85", b"\xe1\xa0", b"\xe2\x80", b"\xe2\x81", b"\xe3\x85\xa4"),
    *(b"\xef\xb7", b"\xef\xb8", b"\xef\xbb", b"\xef\xbe\xa0", b"\xef\xbf", b"\xf3\xa0"),
)
# White space beyond ASCII that is allowed in a cell, as it begins in UTF-8.
WIDE_BLANKS = (b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80")
PASS_BYTES = 2**18  # looked at together: they stay in the processor's own memory


class Doubt(Exception):
    """The screen cannot follow; the exact reader must look at the whole file."""


@dataclass
class Tidiness:
    """What holds of every cell read so far, told from the bytes: each cell need not be asked again.

    ``dots``: a digit follows every one; ``edges``: no cell begins or ends with white space.
    """

    dots: bool = True
    edges: bool = True

    def read(self, block: bytes) -> int:
        """Look at a block of whole lines; the commas in it."""
        if self.edges and not block.isascii():
            self.edges = not any(blank in block for blank in WIDE_BLANKS)
        commas = 0
        whole = np.frombuffer(block, dtype=np.uint8)
        for at in range(0, whole.size, PASS_BYTES):
            some = whole[at : at + PASS_BYTES + 1]
            commas += int(np.count_nonzero(some[:PASS_BYTES] == ord(",")))
            # Unsigned, so that what stands before "0" is far above 9.
            self.dots = self.dots and not ((some[:-1] == ord(".")) & (some[1:] - ord("0") > 9)).any()
        if self.edges and (b" " in block or b"\t" in block):
            self.edges = not _blank_at_an_edge(whole)
        return commas


def _blank_at_an_edge(block: npt.NDArray[np.uint8]) -> bool:
    blanks = np.flatnonzero((block == ord(" ")) | (block == ord("\t")))
    before = block[np.maximum(blanks - 1, 0)]
    beside = np.concatenate((before, block[blanks + 1]))  # a block ends with a line end
    return bool(np.isin(beside, np.frombuffer(b" \t,\r\n", np.uint8)).any() or blanks[0] == 0)


def header_line(source: IO[bytes]) -> bytes:
    """The first line without its end and without a byte order mark."""
    line = source.readline(MAXIMUM_LINE_BYTES + 2).removeprefix(BYTE_ORDER_MARK.encode())
    require_plain(line)
    return line.rstrip(b"\r\n")


def line_blocks(source: IO[bytes], first: int, size: int) -> Iterator[bytes]:
    """Blocks of about ``size`` bytes that end with a line end; the first is of about ``first``."""
    sizes = chain([first], repeat(size))
    while block := source.read(next(sizes)):
        if not block.endswith(b"\n"):
            block += source.readline(MAXIMUM_LINE_BYTES + 2)
            if not block.endswith(b"\n"):
                block += b"\n"  # the last line, or one that is too long
        yield block


def require_plain(block: bytes) -> None:
    """Raises `Doubt` where a block is not plain."""
    strange = block.translate(None, ASCII_TEXT)
    if strange and (min(strange) < 0x80 or not _is_plain_text(block)):
        raise Doubt
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        raise Doubt
    at = 0
    while at + MAXIMUM_LINE_BYTES < len(block):
        last = block.rfind(b"\n", at, at + MAXIMUM_LINE_BYTES) + 1
        if last <= at:
            raise Doubt
        at = last


def _is_plain_text(block: bytes) -> bool:
    try:
        text = block.decode()
    except UnicodeDecodeError:
        return False
    if not any(beginning in block for beginning in UNWANTED_BEGINNINGS):
        return True
    return UNWANTED.search(text) is None
