"""Bytes → text, in the encoding that the sender declares and no other.

An encoding is never guessed.  Where the bytes do not fit the declared one, the fault says where; where they
happen to be valid GB18030 throughout, it says so as a hint, and the sender decides.  A file of another type
is told by how it begins.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO

from ratedparts.protocols.report import FaultList

ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "gb18030": "gb18030"}
BYTE_ORDER_MARK = "\ufeff"
MAXIMUM_LINE_BYTES = 64 * 1024
PIECE_BYTES = 2**20
# Tab may stand inside a text cell; CR only before LF.  Also DEL, the C1 controls and U+2028/2029 line ends,
# and marks that nobody sees: of zero width, or of direction, under which two identifiers could look alike.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]|\r(?!\n)"
)
# How files begin that are sent for a table by mistake; no header begins so.
OTHER_TYPES = {
    "old_workbook": re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),  # .xls, and an encrypted .xlsx
    "pdf": re.compile(rb"%PDF-|%!PS"),
    "picture": re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a"),
    "archive": re.compile(rb"PK\x05\x06|PK\x07\x08|\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a"),
    "markup": re.compile(rb"<[!?A-Za-z]"),
    "rich_text": re.compile(rb"\{\\rtf"),
    "json": re.compile(rb"\{\s*\"|\[\s*[\[{\"]"),
}


def accepted_encoding(name: str) -> str | None:
    """The canonical name of an encoding that may be declared, or None."""
    return ENCODINGS.get(name.strip().lower())


def decode(content: bytes, encoding: str, faults: FaultList) -> str | None:
    """The text without a byte order mark, or None once ``faults`` says why there is none."""
    if not content:
        faults.add("empty_file", header_only=False)
        return None
    if other := _other_type(content):
        faults.add("not_a_table", 1, what=other)
        return None
    if _looks_like_utf_16(content):
        faults.add("encoding", _line_of(content, 0), offset=0, declared=encoding, hint="utf-16")
        return None
    if encoding == "gb18030" and content.startswith(b"\xef\xbb\xbf"):
        faults.add("encoding", 1, offset=0, declared=encoding, hint="utf-8")
        return None
    if has_long_line(BytesIO(content), faults):
        return None
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"0x{content[error.start]:02X}"
        hint = "gb18030" if encoding == "utf-8" and _is_gb18030(content) else None
        line = _line_of(content, error.start)
        faults.add("encoding", line, None, byte, offset=error.start, declared=encoding, hint=hint)
        return None
    text = text.removeprefix(BYTE_ORDER_MARK)
    if not text.strip():
        faults.add("empty_file", header_only=False)
        return None
    return None if _has_unwanted(text, faults) else text


def _other_type(content: bytes) -> str | None:
    """What the file is by its beginning, where that is something else than a table."""
    head = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((what for what, beginning in OTHER_TYPES.items() if beginning.match(head)), None)


def _looks_like_utf_16(content: bytes) -> bool:
    """A UTF-16 mark, or a NUL in every second place and no other, which plain ASCII in UTF-16 has."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return not content.startswith(b"\xff\xfe\0\0")  # that one is UTF-32's
    head = content[:256]
    first, second = head[0::2], head[1::2]
    return len(head) >= 4 and ((not any(first) and all(second)) or (all(first) and not any(second)))


def _is_gb18030(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _line_of(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def has_long_line(source: IO[bytes], faults: FaultList) -> bool:
    """Whether a line is longer than a file may have; told with its whole length, and read piece by piece.

    Not told of lines that end with CR alone: the fault to tell is then that one.
    """
    whole, length, returns = 0, 0, 0
    while piece := source.read(PIECE_BYTES):
        start = 0
        while start < len(piece):
            end = piece.find(b"\n", start)
            stop = len(piece) if end < 0 else end
            length += stop - start
            returns += piece.count(b"\r", start, stop)
            if end < 0:
                break
            if length > MAXIMUM_LINE_BYTES:
                return _tell_long_line(
                    whole + 1, length, returns - piece.endswith(b"\r", start, stop), faults
                )
            whole, length, returns, start = whole + 1, 0, 0, end + 1
            start, lines = past_short_lines(piece, start)
            whole += lines
    return length > MAXIMUM_LINE_BYTES and _tell_long_line(whole + 1, length, returns, faults)


def past_short_lines(piece: bytes, start: int) -> tuple[int, int]:
    """Behind the whole lines that stand together within one limit's length, and how many those are."""
    last = piece.rfind(b"\n", start, start + MAXIMUM_LINE_BYTES) + 1
    return (last, piece.count(b"\n", start, last)) if last > start else (start, 0)


def _tell_long_line(line: int, length: int, returns: int, faults: FaultList) -> bool:
    if returns:
        return False
    faults.add("line_too_long", line, length=length, maximum=MAXIMUM_LINE_BYTES)
    return True


def _has_unwanted(text: str, faults: FaultList) -> bool:
    """Control characters; one fault a line.  A file whose lines end with CR alone is one fault."""
    if "\n" not in text and "\r" in text.rstrip("\r"):
        faults.add("control_character", 1, None, "U+000D", expected="line_end", position=text.index("\r") + 1)
        return True
    line, counted_to, reported = 1, 0, 0
    for match in UNWANTED.finditer(text):
        line += text.count("\n", counted_to, match.start())
        counted_to = match.start()
        if line != reported:
            position = match.start() - text.rfind("\n", 0, match.start())
            character = f"U+{ord(match.group()):04X}"
            faults.add(
                "control_character", line, None, character, expected="printable_character", position=position
            )
            reported = line
    return reported > 0
