"""JSON that is read together with its canonical spelling, where the text that was read is that spelling.

A certificate is published in its canonical form (RFC 8785).  Whoever verifies it needs the value and, for the
hash that was signed, the form: writing the value once shows both that the text is canonical and, because a
member that the reader had dropped would be missing, that nothing in it was said twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from ratedparts.proofs.canonical import write_plain
from ratedparts.proofs.strict_json import MAX_BYTES, MAX_DEPTH, decoded, parse_json, refuse_depth

# Bytes of UTF-8 below the first of U+E000: up to there UTF-16, by which RFC 8785 sorts, has the order of
# Unicode.
_SORTED_ALIKE = bytes(range(0xEE))
_SURELY_EXACT = 15  # digits of a whole number that a double holds, whichever they are


class _NotPlain(Exception):
    """Something of which Python's own spelling need not be RFC 8785's."""


@dataclass(frozen=True, slots=True)
class SpelledJson:
    """A value, and the canonical spelling of it: None where the text that was read is another."""

    value: Any
    spelling: str | None

    def without(self, member: str) -> bytes | None:
        """The canonical spelling of the object without one member; None where it has to be written anew."""
        if self.spelling is None or not isinstance(self.value, dict) or member not in self.value:
            return None
        name, inner = write_plain(member), write_plain(self.value[member])
        written = f",{name}:{inner}"
        # The same may stand deeper inside; and the first member has its comma behind it.
        if self.spelling.count(written) != 1 or member == min(self.value):
            return None
        return self.spelling.replace(written, "").encode("utf-8")


def read_spelled(content: bytes, *, max_bytes: int = MAX_BYTES) -> SpelledJson:
    """Read one JSON document exactly as `parse_json` does, with its errors."""
    text = decoded(content, max_bytes)
    refuse_depth(text, MAX_DEPTH)
    try:
        value = _READER.decode(text)
        if not content.translate(None, _SORTED_ALIKE) and write_plain(value) == text:
            return SpelledJson(value, text)
    except (ValueError, RecursionError, _NotPlain):
        pass
    return SpelledJson(parse_json(content, max_bytes=max_bytes), None)


def _refused(_token: str) -> NoReturn:
    raise _NotPlain


def _whole_number(token: str) -> int:
    if len(token) > _SURELY_EXACT:
        raise _NotPlain
    return int(token)


_READER = json.JSONDecoder(parse_int=_whole_number, parse_float=_refused, parse_constant=_refused)
