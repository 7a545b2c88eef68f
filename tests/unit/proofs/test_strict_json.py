from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import canonical_bytes, parse_json

from .samples import STEADY

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2**53) + 1, 2**53 - 1)
    | st.floats(min_value=1e21, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def refusal(text: bytes | str, **limits: int) -> RatedPartsError:
    with pytest.raises(RatedPartsError) as caught:
        parse_json(text, **limits)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "json_syntax"),
        (b"{", "json_syntax"),
        (b"{} {}", "json_syntax"),
        (b"[1,]", "json_syntax"),
        (b"{'a': 1}", "json_syntax"),
        (b'"\x01"', "json_syntax"),
        (b"01", "json_syntax"),
        (b"+1", "json_syntax"),
        (b"\xa01", "json_encoding"),
        (b'{"a": 1, "\\u0061": 2}', "json_duplicate_key"),
        (b"NaN", "json_not_finite"),
        (b"[-Infinity]", "json_not_finite"),
        (b"1E999", "json_not_finite"),
        (b"9007199254740992", "json_number"),
        (b"-9007199254740992", "json_number"),
        (b"1e-999", "json_number"),
        (b"1e17", "json_number"),
        (b"9007199254740992.0", "json_number"),
        (b"1" * 100_000, "json_number"),
        (b"[" * 65 + b"]" * 65, "json_too_deep"),
        (b'"\xff"', "json_encoding"),
        (b"\xef\xbb\xbf{}", "json_encoding"),
        ("{}".encode("utf-16"), "json_encoding"),
        (b'"\\ud800"', "json_encoding"),
        (b'{"\\udc00x": 1}', "json_encoding"),
        ("\ud800", "json_encoding"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(text: bytes | str, code: str) -> None:
    assert refusal(text).code == code


def test_a_refusal_says_where() -> None:
    assert refusal(b'{"a": 1,\n "b": 1e999}').parameters == {"given": "1e999", "line": 2, "column": 7}
    assert refusal(b'{"a": "1e999",\n "b": }').parameters == {"line": 2, "column": 7}
    assert refusal(b'{"one": 1, "one": 2}').parameters == {"key": "one"}
    assert refusal(b'["1e999",\n1e999-]').parameters == {"given": "1e999", "line": 2, "column": 1}
    assert refusal('{\n"é": "'.encode() + b"\xff").parameters == {"line": 2, "column": 7}


def test_the_limits_are_exact() -> None:
    assert parse_json(b"[[1]]", max_depth=2, max_bytes=5) == [[1]]
    assert refusal(b"[[[1]]]", max_depth=2).code == "json_too_deep"
    assert refusal(b"[[1]]", max_bytes=4).parameters == {"bytes": 5, "max_bytes": 4}
    assert parse_json(b"[9007199254740991, -9007199254740991]") == [2**53 - 1, -(2**53) + 1]
    assert parse_json('"\\ud83d\\ude00 [[["', max_depth=0) == "😀 [[["


def test_hostile_depth_and_quotes_cost_linear_time() -> None:
    start = time.perf_counter()
    for text in (b"[" * 1_000_000, b'{"a":' * 200_000, b'"\\"' * 300_000, b'"' * 300_001, b"\\" * 300_000):
        refusal(text)
    assert time.perf_counter() - start < 2


@STEADY
@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert parse_json(canonical_bytes(value)) == value
    assert canonical_bytes(parse_json(json.dumps(value))) == canonical_bytes(value)


@STEADY
@given(st.binary(max_size=80) | st.text(max_size=80))
def test_nothing_but_a_refusal_comes_out_of_any_bytes(text: bytes | str) -> None:
    with contextlib.suppress(RatedPartsError):
        parse_json(text)


def test_canonical_form_is_that_of_rfc_8785() -> None:
    # RFC 8785 section 3.2.3 (order of keys by UTF-16) and section 3.2.2.3 (numbers).
    document = '{"\\u20ac":"Euro", "\\r":"Return", "\\ufb33":"Hebrew", "1":"One", "\\ud83d\\ude00":"Smiley"}'
    assert list(json.loads(canonical_bytes(parse_json(document)))) == ["\r", "1", "€", "😀", "\ufb33"]
    numbers = parse_json("[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001, 1.0, -0.0]")
    assert canonical_bytes(numbers) == b"[333333333.3333333,1e+30,4.5,0.002,1e-27,1,0]"


def test_what_no_json_can_hold_has_no_canonical_form() -> None:
    endless: list[object] = []
    endless.append(endless)
    for value in (float("nan"), 2**53, [{"hours": 1e17}], {1: 2}, object(), endless, "\ud800", {"\ud800": 1}):
        with pytest.raises(RatedPartsError, match="not_canonical"):
            canonical_bytes(value)
