"""A file that is read with its spelling: the shorter way accepts, refuses and hashes as the longer one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import canonical_bytes, parse_json
from ratedparts.proofs.spelled_json import read_spelled

from .samples import STEADY, signed
from .test_canonical_spelling import VALUES


def read_or_refused(read: Any, content: bytes) -> Any:
    try:
        return read(content)
    except RatedPartsError as error:
        return error.code, error.parameters


def compared(content: bytes) -> None:
    """Both ways read the same or refuse with the same words; a spelling is the canonical one."""
    expected = read_or_refused(parse_json, content)
    found = read_or_refused(read_spelled, content)
    if isinstance(found, tuple):
        assert found == expected
        return
    assert json.dumps(found.value) == json.dumps(expected)
    if found.spelling is not None:
        assert found.spelling.encode("utf-8") == content == canonical_bytes(expected)
        if isinstance(expected, dict):
            for member in expected:
                rest = found.without(member)
                left = {name: value for name, value in expected.items() if name != member}
                assert rest in (None, canonical_bytes(left))


@STEADY
@given(VALUES | st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1))
def test_whatever_is_written_is_read_alike_both_ways(value: Any) -> None:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))
    compared(written.encode("utf-8", "surrogatepass"))
    compared(json.dumps(value).encode("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":{"b":1,"b":1}}',
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1}\n',
        '{"a":1.0}',
        '{"a":1e5}',
        '{"a":-0}',
        '{"a":9007199254740992}',
        '{"a":9007199254740991}',
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":"\\u0041"}',
        '{"a":"\\ud800"}',
        '{"a":"\\/"}',
        '{"\U00010000":1,"\ue000":2}',
        '{"\ue000":1,"\U00010000":2}',
        "\ufeff{}",
        '{"a":"\x7f\u2028"}',
        '{"a":1',
        "",
        "1",
        '"a"',
        "[" * 64 + "]" * 64,
        "[" * 65 + "]" * 65,
        "[" * 60 + "[" * 60 + "]" * 60,
        '{"a":' * 65 + "1" + "}" * 65,
    ],
)
def test_every_other_spelling_is_read_the_longer_way(text: str) -> None:
    compared(text.encode("utf-8"))


def test_bytes_that_are_no_text_are_refused_alike() -> None:
    for content in (b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b"\xff\xfe{}"):
        compared(content)


def test_a_published_certificate_is_spelled_once_and_hashed_without_its_proof() -> None:
    secured = signed()
    read = read_spelled(canonical_bytes(secured))
    assert read.spelling is not None
    unsecured = {name: value for name, value in secured.items() if name != "proof"}
    assert read.without("proof") == canonical_bytes(unsecured)
    assert read.without("absent") is None
    assert read.without(min(secured)) is None


def test_a_member_that_stands_deeper_too_is_never_cut_out_of_the_wrong_place() -> None:
    inner = {"a": 1, "proof": {"x": 1}}
    read = read_spelled(canonical_bytes({"a": inner, "proof": {"x": 1}}))
    assert read.spelling is not None
    assert read.without("proof") is None
