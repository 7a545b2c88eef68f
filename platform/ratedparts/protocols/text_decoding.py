"""Bytes → text, in the encoding that the sender declares and no other.

An encoding is never guessed.  Where the bytes do not fit the declared one, the fault says where; where they
happen to be valid GB18030 throughout, it says so as a hint, and the sender decides.  A file of another type
is told by how it begins.
"""

from __future__ import annotations

import re

from ratedparts.protocols.report import FaultList

ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "gb18030": "gb18030"}
BYTE_ORDER_MARK = "\ufeff"
MAXIMUM_LINE_BYTES = 64 * 1024
# Tab may stand inside a text cell; CR only before LF.  Also DEL, the C1 controls and U+2028/2029 line ends,
# and marks that nobody sees: of zero width, or of direction, under which two identifiers could look alike.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\r(?!\n)"
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
    if _has_long_line(content, faults):
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


def _has_long_line(content: bytes, faults: FaultList) -> bool:
    start, line = 0, 1
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        if end - start > MAXIMUM_LINE_BYTES:
            if b"\r" in content[start:end].rstrip(b"\r"):
                return False  # lines that end with CR alone: the fault to tell is that one
            faults.add("line_too_long", line, length=end - start, maximum=MAXIMUM_LINE_BYTES)
            return True
        start, line = end + 1, line + 1
    return False


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
