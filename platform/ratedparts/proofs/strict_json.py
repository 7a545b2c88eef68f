"""Read JSON so that two readers can never see two different things in the same bytes.

Python's reader takes the last of two equal keys, accepts NaN, turns 1e999 into infinity and recurses as
deep as the text asks it to.  Each of these lets a hostile document mean one thing to a verifier and
another to the person who reads it, so here each is refused with a code of its own.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs.canonical import spelled_as_large_integer

LARGEST_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: beyond it a double cannot hold every integer
MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64

# A string (perhaps unterminated) is one token, so that brackets inside strings are not counted.  The
# possessive `*+` and the optional end keep the scan linear on any input.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_UNMARKED = bytes(set(range(256)) - set(b'[{]}"'))
_SQUARE = bytes.maketrans(b"{}", b"[]")
_OPENS = ord("[")
_FEW = 10_000  # brackets that are taken away in less time than counting them one by one
_BRACKET_OR_STRING = re.compile(_STRING.pattern + r"|[\[{]|[\]}]", re.DOTALL)
_NUMBER_OR_STRING = re.compile(
    r'"(?:[^"\\]|\\.)*+"?|-?(?:Infinity|NaN)|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?', re.DOTALL
)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN = 40  # characters of a faulty token that an error repeats


class _BadToken(Exception):
    """A token that the JSON reader handed out and that we refuse; its position is found afterwards."""

    def __init__(self, code: str, token: str) -> None:
        self.code = code
        self.token = token
        super().__init__(code)


def parse_json(text: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Parse one JSON document and refuse everything that is ambiguous or out of bounds.

    Parameters
    ----------
    text
        UTF-8 without a byte order mark, or text already decoded.
    max_bytes
        Largest accepted size in bytes.
    max_depth
        Deepest accepted nesting of arrays and objects.

    Raises
    ------
    RatedPartsError
        ``json_too_large`` (bytes, max_bytes), ``json_encoding`` (line, column),
        ``json_too_deep`` (max_depth, line, column), ``json_syntax`` (line, column),
        ``json_duplicate_key`` (key), ``json_not_finite`` and ``json_number`` (given, line, column).

    Notes
    -----
    Source: RFC 8259, narrowed to I-JSON (RFC 7493), which RFC 8785 needs.  A number that is written with
    other digits but denotes the same double is the same value.
    """
    characters = decoded(text, max_bytes)
    refuse_depth(characters, max_depth)
    try:
        value = json.loads(
            characters,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise RatedPartsError("json_syntax", line=error.lineno, column=error.colno) from None
    except _BadToken as error:
        raise RatedPartsError(
            error.code, given=error.token[:_SHOWN], **_place_of_number(characters, error.token)
        ) from None
    except RecursionError:
        raise RatedPartsError("json_too_deep", max_depth=max_depth) from None
    escape = _SURROGATE_ESCAPE.search(characters) if "\\" in characters else None
    if escape and _holds_lone_surrogate(value):
        raise RatedPartsError("json_encoding", **_place(characters, escape.start()))
    return value


def decoded(text: bytes | str, max_bytes: int) -> str:
    """The characters of a document that is not too large; raises as `parse_json` does."""
    if isinstance(text, str):
        try:
            raw = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RatedPartsError("json_encoding", **_place(text, error.start)) from None
        characters = text
    else:
        raw = text
    if len(raw) > max_bytes:
        raise RatedPartsError("json_too_large", kind=Kind.TOO_LARGE, bytes=len(raw), max_bytes=max_bytes)
    if not isinstance(text, str):
        try:
            characters = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8")
            raise RatedPartsError("json_encoding", **_place(before, len(before))) from None
    if characters.startswith("\ufeff"):
        raise RatedPartsError("json_encoding", **_place(characters, 0))
    return characters


def refuse_depth(text: str, max_depth: int) -> None:
    """Raise ``json_too_deep`` before anything is built that deep."""
    brackets = left = _brackets(text)
    # Each turn takes the innermost pairs away: of what is closed and no deeper, nothing is left.
    for _ in range(max_depth if len(brackets) <= _FEW else 0):
        if not left:
            return
        left = left.replace(b"[]", b"")
    depth = 0
    for mark in brackets:
        depth += 1 if mark == _OPENS else -1
        if depth > max_depth:
            _tell_where_too_deep(text, max_depth)


def _brackets(text: str) -> bytes:
    """The brackets that stand outside strings, all of them as square ones."""
    if "\\" in text:
        text = _STRING.sub("", text)
    # Where nothing is escaped, every other quotation mark ends a string; two side by side change no turn.
    marks = text.encode("utf-8", "replace").translate(_SQUARE, _UNMARKED).replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2])


def _tell_where_too_deep(text: str, max_depth: int) -> None:
    depth = 0
    for token in _BRACKET_OR_STRING.finditer(text):
        first = token.group()[0]
        if first in "[{":
            depth += 1
            if depth > max_depth:
                raise RatedPartsError("json_too_deep", max_depth=max_depth, **_place(text, token.start()))
        elif first in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RatedPartsError("json_duplicate_key", key=key[:_SHOWN])
            seen.add(key)
    return members


def _integer(token: str) -> int:
    # The length is looked at first: converting 100,000 digits takes seconds, and CPython refuses it anyway.
    if len(token) > 17 or abs(int(token)) > LARGEST_INTEGER:
        raise _BadToken("json_number", token)
    return int(token)


def _float(token: str) -> float:
    value = float(token)
    if math.isinf(value):
        raise _BadToken("json_not_finite", token)
    if spelled_as_large_integer(value):
        raise _BadToken("json_number", token)  # its canonical spelling would be refused
    if value == 0 and re.search("[1-9]", token.lower().partition("e")[0]):
        raise _BadToken("json_number", token)  # it underflowed: the text says something, the double nothing
    return value


def _constant(token: str) -> NoReturn:
    raise _BadToken("json_not_finite", token)


def _place_of_number(text: str, token: str) -> dict[str, Any]:
    for match in _NUMBER_OR_STRING.finditer(text):
        if match.group() == token:
            return _place(text, match.start())
    return {}


def _place(text: str, offset: int) -> dict[str, Any]:
    """Line and column as an editor counts them, both from 1."""
    return {"line": text.count("\n", 0, offset) + 1, "column": offset - text.rfind("\n", 0, offset)}


def _holds_lone_surrogate(value: Any) -> bool:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and any("\ud800" <= character <= "\udfff" for character in item):
            return True
    return False
