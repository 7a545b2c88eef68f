"""Our quick way to RFC 8785's spelling gives what the library for it gives, to the byte, or is not taken."""

from __future__ import annotations

import contextlib
import enum
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import canonical_bytes, parse_json

from .samples import STEADY, signed

TEXTS = st.text(max_size=12) | st.text(
    '\x00\x08\t\n\x0b\x0c\r\x1f "/\\\x7f\u0080\u2028\ue000\U00010000é证', max_size=8
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats(allow_nan=False, width=32) | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


def spelled_by_the_library(value: Any) -> bytes | None:
    try:
        return bytes(rfc8785.dumps(value))
    except ValueError:
        return None


@STEADY
@given(VALUES)
def test_any_value_is_spelled_as_the_library_spells_it(value: Any) -> None:
    try:
        spelled: bytes | None = canonical_bytes(value)
    except RatedPartsError:
        spelled = None
    expected = spelled_by_the_library(value)
    if spelled is None and expected is not None:
        with pytest.raises(RatedPartsError):  # stricter only where nobody could read it back
            parse_json(expected)
    else:
        assert spelled == expected


@STEADY
@given(VALUES | st.floats())
def test_whatever_can_be_read_can_be_spelled(value: Any) -> None:
    """So a verifier need not ask a second time whether what it read is JSON."""
    with contextlib.suppress(RatedPartsError):
        read = parse_json(
            json.dumps(value, ensure_ascii=False, allow_nan=True).encode("utf-8", "surrogatepass")
        )
        assert parse_json(canonical_bytes(read)) == read


def test_a_certificate_is_spelled_as_the_library_spells_it() -> None:
    plain = {**signed(), "credentialSubject": {"figures": {"b10": "1.5e+4"}, "grade": "甲", "tab": "\t\x1f"}}
    assert canonical_bytes(plain) == rfc8785.dumps(plain)


class Word(str):
    __slots__ = ()


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [
        {1: "a key that is no text"},
        {None: "no key"},
        {True: "no key"},
        {"a": {2: "deeper"}},
        2**53,
        -(2**53),
        [2**53],
        "\ud800",
        {"\ud800": 1},
        ["\udfff"],
        float("nan"),
        float("inf"),
        b"bytes",
        {1, 2},
        object(),
    ],
)
def test_what_json_cannot_hold_is_refused_on_either_way(value: Any) -> None:
    with pytest.raises(RatedPartsError, match="not_canonical"):
        canonical_bytes(value)


def test_what_only_looks_like_text_or_number_goes_the_long_way() -> None:
    for value in (
        Word("x"),
        {Word("b"): 1, "a": [Word("z")]},
        Colour.RED,
        [Colour.RED],
        {"é": 1, "\U00010000": 2, "\ue000": 3},
    ):
        expected = spelled_by_the_library(value)
        assert expected is not None
        assert canonical_bytes(value) == expected


def test_what_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(RatedPartsError, match="not_canonical"):
        canonical_bytes(endless)


def test_keys_are_sorted_as_utf_16() -> None:
    # U+10000 is D800 DC00 in UTF-16, so it comes before U+E000; by code points it would come after.
    assert canonical_bytes({"\ue000": 1, "\U00010000": 2}) == '{"\U00010000":2,"\ue000":1}'.encode()


FIGURES = st.floats() | st.floats(1e-7, 1e-3) | st.floats(1e14, 1e17) | st.integers(-99, 10**16).map(float)


@STEADY
@given(st.lists(FIGURES | st.integers(-9, 9), max_size=4) | st.dictionaries(st.text("abc"), FIGURES))
def test_doubles_of_every_size_are_spelled_as_the_library_spells_them(value: Any) -> None:
    expected = spelled_by_the_library(value)
    try:
        assert canonical_bytes(value) == expected
    except RatedPartsError:
        assert expected is None or b"0" in expected  # too large to be read back as a whole number
        with pytest.raises(RatedPartsError):
            parse_json(expected or b"NaN")


def test_doubles_at_the_edges_are_spelled_as_the_library_spells_them() -> None:
    edges = [
        1e-4,
        9.999e-5,
        1e-6,
        1e-7,
        1e15,
        1e15 + 0.5,
        123456789012345.67,
        0.1,
        -0.0,
        0.0,
        2.0,
        -1.5,
        1e21,
    ]
    for edge in [*edges, [edges], {"a": {"b": (1.0, 2.5)}}, {"é": 1.0}]:
        assert canonical_bytes(edge) == spelled_by_the_library(edge)
