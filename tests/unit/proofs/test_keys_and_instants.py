from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    TrustedKeys,
    decode_multikey,
    encode_multikey,
    format_instant,
    parse_instant,
    verification_method,
)
from ratedparts.proofs.base58 import base58_decode, base58_encode
from ratedparts.proofs.multikey import key_in_verification_method

from .samples import ISSUER, STEADY, TRUST, issuing_key, multibase, raw_public_key


def test_base_58_agrees_with_the_published_examples() -> None:
    # draft-msporny-base58-03, section 5.
    assert base58_encode(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert base58_encode(bytes.fromhex("0000287fb4cd")) == "11233QC4"
    assert base58_decode("11233QC4") == bytes.fromhex("0000287fb4cd")


@STEADY
@given(st.binary(max_size=64))
def test_base_58_gives_back_what_it_was_given(content: bytes) -> None:
    assert base58_decode(base58_encode(content)) == content


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "é", " 1", "z" * 129])
def test_base_58_refuses_what_it_never_writes(text: str) -> None:
    with pytest.raises(RatedPartsError, match="base58_malformed"):
        base58_decode(text)


def test_a_key_carries_its_name_and_its_name_carries_the_key() -> None:
    text = multibase(ISSUER)
    assert text.startswith("z6Mk")
    assert decode_multikey(text) == raw_public_key(ISSUER)
    assert key_in_verification_method(verification_method(text)) == raw_public_key(ISSUER)
    assert key_in_verification_method("did:web:example.com#k") is None
    for method in (
        f"did:key:{text}",
        f"did:key:{text}#",
        f"did:key:{text}#{text}#",
        f"did:key:{text[:-1]}#x",
    ):
        with pytest.raises(RatedPartsError, match="multikey_malformed"):
            key_in_verification_method(method)


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", None, 7, "u7QEJ", "z" + base58_encode(b"\x80\x24" + b"x" * 32)]
)
def test_another_kind_of_key_is_no_ed25519_key(text: object) -> None:
    with pytest.raises(RatedPartsError, match="multikey_malformed"):
        decode_multikey(text)
    with pytest.raises(RatedPartsError, match="multikey_malformed"):
        encode_multikey(b"short")


def test_a_published_list_is_read_as_it_was_written() -> None:
    keys = TrustedKeys((issuing_key(ISSUER, valid_until=None),), {"name": "RatedParts"})
    assert TrustedKeys.from_json(keys.to_json()) == keys
    assert TrustedKeys.from_json(TRUST.to_json()) == TRUST
    assert TRUST.find("did:key:nobody") is None


@pytest.mark.parametrize(
    ("changes", "problem", "member"),
    [
        ({"type": "JsonWebKey"}, "unknown_type", "type"),
        ({"environment": "prod"}, "unknown_environment", "environment"),
        ({"public_key_multibase": "z6Mk"}, "unreadable", "public_key_multibase"),
        ({"id": "did:key:z6Mk#z6Mk"}, "id_of_another_key", "id"),
        ({"valid_from": "2026-01-01"}, "unreadable", "valid_from"),
        ({"valid_until": "2026-01-01T00:00:00Z"}, "empty_window", "valid_until"),
        ({"revoked_at": 5}, "unreadable", "revoked_at"),
        ({"withdrawn": True}, "unknown_member", "withdrawn"),
    ],
)
def test_a_key_that_is_not_understood_is_never_skipped(
    changes: dict[str, Any], problem: str, member: str
) -> None:
    entry = {**TRUST.keys[0].to_json(), **changes}
    with pytest.raises(RatedPartsError) as caught:
        TrustedKeys.from_json({"keys": [TRUST.keys[1].to_json(), entry]})
    assert caught.value.code == "keys_malformed"
    assert caught.value.parameters == {"position": 2, "problem": problem, "member": member}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([], "not_an_object"),
        ({}, "not_a_list"),
        ({"keys": [5]}, "not_an_object"),
        ({"keys": [{}]}, "missing_member"),
        ({"keys": [], "issuer": "me"}, "not_an_object"),
        ({"keys": [TRUST.keys[0].to_json()] * 2}, "duplicate"),
    ],
)
def test_something_else_than_a_key_list_is_refused(value: object, problem: str) -> None:
    with pytest.raises(RatedPartsError) as caught:
        TrustedKeys.from_json(value)
    assert (caught.value.code, caught.value.parameters["problem"]) == ("keys_malformed", problem)


def test_a_key_covers_its_first_instant_and_not_its_last() -> None:
    key = issuing_key(ISSUER)
    second = timedelta(seconds=1)
    assert key.valid_until is not None
    assert [key.covers(key.valid_from - second), key.covers(key.valid_from)] == [False, True]
    assert [key.covers(key.valid_until - second), key.covers(key.valid_until)] == [True, False]


@STEADY
@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])))
def test_an_instant_is_read_as_it_was_written(instant: datetime) -> None:
    try:
        text = format_instant(instant)
    except OverflowError:  # the first hours of the year 1 in Shanghai have no UTC
        return
    assert text.endswith("Z")
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T00:00:00",
        "2026-11-22 00:00:00Z",
        "2026-11-22T00:00:00z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T23:59:60Z",
        "2026-W47-7T00:00:00Z",
        "٢٠٢٦-11-22T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "2026-11-22T00:00:00Z\n",
        None,
        20261122,
    ],
)
def test_an_instant_has_one_form(text: object) -> None:
    with pytest.raises(RatedPartsError, match="instant_malformed"):
        parse_instant(text)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(RatedPartsError, match="instant_without_zone"):
        format_instant(datetime(2026, 11, 22))  # noqa: DTZ001
