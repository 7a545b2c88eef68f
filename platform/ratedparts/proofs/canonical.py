"""The one spelling of a JSON value, and the digest of bytes."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import rfc8785

from ratedparts.errors import RatedPartsError

_LARGEST_INTEGER = 2**53 - 1
_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-4, 1e15
# Of what `_is_plain` lets through, Python's own writer gives RFC 8785's spelling, ten times as fast.
_PLAIN = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON of ``value`` (RFC 8785, JCS), in UTF-8.

    What it gives can always be read back by `parse_json`.  So a double that RFC 8785 would spell as an
    integer too large for I-JSON (from 2**53 to below 1e21) is refused: give such a figure as text.

    Raises
    ------
    RatedPartsError
        ``not_canonical`` (problem): the value holds something that JSON, or a double, cannot hold.
    """
    try:
        if (plain := _plainly_written(value)) is not None:
            return plain.encode("utf-8")
        _refuse_large_integers(value)
        return bytes(rfc8785.dumps(value))
    except RecursionError:
        raise RatedPartsError("not_canonical", problem="too_deep") from None
    except ValueError as error:  # rfc8785's own errors, and the lone surrogates of a key
        raise RatedPartsError("not_canonical", problem=type(error).__name__) from None


def _plainly_written(value: Any) -> str | None:
    """What Python's own writer makes of it; None where that need not be RFC 8785's spelling."""
    try:
        written = write_plain(value)  # raises where there is a circle, so that the search below ends
        fractions = _is_plain(value)
        if fractions is None:
            return None
        return write_plain(_whole_as_integers(value)) if fractions else written
    except TypeError:
        return None


def write_plain(value: Any) -> str:
    """Compact JSON with sorted keys: RFC 8785's spelling of text, flags, null and whole numbers below 2**53
    under keys without characters beyond U+DFFF, and of nothing else."""
    return _PLAIN.encode(value)


def spelled_as_large_integer(number: float) -> bool:
    """Whether RFC 8785 spells this double as an integer beyond 2**53 - 1."""
    return 2**53 <= abs(number) < 1e21


def _is_plain(value: Any) -> bool | None:
    """Whether there is a double in it; None where two writers of JSON may differ.  It holds no circle.

    They differ in how they spell doubles that are very small or large, in the order of keys beyond ASCII
    (RFC 8785 sorts by UTF-16), and in what they make of types that JSON does not have.
    """
    fractions = False
    waiting = [value]
    for one in waiting:
        kind = type(one)
        if kind is dict:
            if not "".join(one).isascii():  # a TypeError: a key that is no text
                return None
            waiting += [inner for inner in one.values() if type(inner) is not str]
        elif kind is list or kind is tuple:
            waiting += [inner for inner in one if type(inner) is not str]
        elif kind is int:
            if not -_LARGEST_INTEGER <= one <= _LARGEST_INTEGER:
                return None
        elif kind is float:
            # Neither writer spells these with an exponent.
            if one and not _SMALLEST_PLAIN <= abs(one) <= _LARGEST_PLAIN:
                return None
            fractions = True
        elif kind is not str and one is not None and kind is not bool:
            return None
    return fractions


def _whole_as_integers(value: Any) -> Any:
    """The same with each double that is whole as an integer, because RFC 8785 writes 2 and not 2.0."""
    kind = type(value)
    if kind is float:
        return int(value) if value.is_integer() else value
    if kind is dict:
        return {key: _whole_as_integers(inner) for key, inner in value.items()}
    if kind is list or kind is tuple:
        return [_whole_as_integers(inner) for inner in value]
    return value


def _refuse_large_integers(value: Any) -> None:
    if isinstance(value, float):
        if spelled_as_large_integer(value):
            raise RatedPartsError("not_canonical", problem="number_beyond_2_53")
    elif isinstance(value, dict):
        for inner in value.values():
            _refuse_large_integers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_large_integers(inner)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 digest of ``content`` as ``sha256:`` and 64 lower-case hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def is_digest(text: object) -> bool:
    """Whether ``text`` has the form that `digest_of` gives."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None
