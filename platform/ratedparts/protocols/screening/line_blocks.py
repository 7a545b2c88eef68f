"""A stream of bytes → blocks of whole lines that are plain enough for a columnar reader.

Plain: valid UTF-8, no quotes, no control characters, LF or CRLF line ends, no line too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from ratedparts.protocols.text_decoding import BYTE_ORDER_MARK, MAXIMUM_LINE_BYTES, UNWANTED

ASCII_TEXT = bytes(range(0x20, 0x7F)).replace(b'"', b"") + b"\t\r\n"
# How unwanted characters begin in UTF-8: C1 controls, marks nobody sees, byte order marks.
UNWANTED_BEGINNINGS = (
    *(b"\xc2", b"\xcd\x8f", b"\xd8\x9c", b"\xe1\x85", b"\xe1\xa0", b"\xe2\x80", b"\xe2\x81", b"\xe3\x85\xa4"),
    *(b"\xef\xb7", b"\xef\xb8", b"\xef\xbb", b"\xef\xbe\xa0", b"\xef\xbf", b"\xf3\xa0"),
)


class Doubt(Exception):
    """The screen cannot follow; the exact reader must look at the whole file."""


def header_line(source: IO[bytes]) -> bytes:
    """The first line without its end and without a byte order mark."""
    line = source.readline(MAXIMUM_LINE_BYTES + 2).removeprefix(BYTE_ORDER_MARK.encode())
    _require_plain(line)
    return line.rstrip(b"\r\n")


def line_blocks(source: IO[bytes], size: int) -> Iterator[bytes]:
    """Blocks of about ``size`` bytes that end with a line end, each checked to be plain.  Raises `Doubt`."""
    rest = b""
    while read := source.read(size):
        block = rest + read
        end = block.rfind(b"\n") + 1
        if end == 0:
            if len(block) > MAXIMUM_LINE_BYTES:
                raise Doubt
            rest = block
            continue
        rest = block[end:]
        block = block[:end]
        _require_plain(block)
        yield block
    if rest:
        _require_plain(rest)
        yield rest + b"\n"


def _require_plain(block: bytes) -> None:
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
