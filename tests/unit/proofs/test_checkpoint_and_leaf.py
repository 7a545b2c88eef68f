from __future__ import annotations

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import Checkpoint, parse_checkpoint, parse_log_leaf, parse_note, sign_checkpoint
from ratedparts.proofs.checkpoint import key_hash, sign_note, signature_of

from .samples import LOG, ORIGIN, STEADY, STRANGER, leaf_for, raw_public_key, signed

# The example key and note of the Go reference implementation, golang.org/x/mod/sumdb/note (package example).
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_NOTE = (
    PETER_TEXT
    + "\n— PeterNeumann "
    + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PETER_PUBLIC = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
PETER_SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
# The example of https://c2sp.org/tlog-checkpoint.
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_reference_note_is_reproduced_byte_for_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(PETER_SECRET)
    assert key_hash("PeterNeumann", PETER_PUBLIC).hex() == "c74f20a3"
    assert sign_note(PETER_TEXT, key, name="PeterNeumann", public_key=PETER_PUBLIC).to_text() == PETER_NOTE
    note = parse_note(PETER_NOTE)
    assert note.text == PETER_TEXT
    assert note.to_text() == PETER_NOTE
    assert signature_of(note, [("PeterNeumann", PETER_PUBLIC)]) == (True, PETER_PUBLIC)


def test_the_specifications_checkpoint_is_read() -> None:
    checkpoint = parse_checkpoint(SOFA)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.to_text() == SOFA
    assert parse_checkpoint(SOFA + "more\n").extensions == ("more",)


def test_a_checkpoint_is_signed_under_the_logs_name() -> None:
    public = raw_public_key(LOG)
    note = parse_note(sign_checkpoint(Checkpoint(ORIGIN, 3, b"r" * 32), LOG, public_key=public))
    assert signature_of(note, [(ORIGIN, raw_public_key(STRANGER)), (ORIGIN, public)]) == (True, public)
    assert signature_of(note, [("another.log", public)]) == (False, None)
    assert signature_of(note, []) == (False, None)


@STEADY
@given(st.integers(0, len(PETER_NOTE.encode()) - 1), st.integers(0, 7))
def test_a_note_with_one_changed_bit_is_not_signed(position: int, bit: int) -> None:
    raw = bytearray(PETER_NOTE.encode())
    raw[position] ^= 1 << bit
    with contextlib.suppress(RatedPartsError):
        note = parse_note(bytes(raw))
        assert not signature_of(note, [("PeterNeumann", PETER_PUBLIC)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 40 + "\n",
        "a\n1\n" + "A" * 42 + "B=\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 43 + "=",
        "a\n1\n" + "A" * 43 + "=\n\n",
        "a\n" + "9" * 20 + "\n" + "A" * 43 + "=\n",
        "a\t\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    with pytest.raises(RatedPartsError, match="checkpoint_malformed"):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        (b"\xff", "encoding"),
        (b"text\n", "no_signature"),
        (b"\n\n\xe2\x80\x94 a AAAAAAAA\n", "no_text"),
        (b"te\rxt\n\n\xe2\x80\x94 a AAAAAAAA\n", "control_character"),
        (b"text\n\n\xe2\x80\x94 a AAAAAAAA", "signature_line"),
        (b"text\n\n\xe2\x80\x94 a+b AAAAAAAA\n", "signature_line"),
        (b"text\n\n\xe2\x80\x94 a AAAA\n", "signature_line"),
        (b"text\n\n- a AAAAAAAA\n", "signature_line"),
        (b"text\n\n" + b"\xe2\x80\x94 a AAAAAAAA\n" * 101, "too_many_signatures"),
        (b"x" * 70_000, "too_large"),
    ],
)
def test_a_malformed_note_is_refused(note: bytes, problem: str) -> None:
    with pytest.raises(RatedPartsError) as caught:
        parse_note(note)
    assert (caught.value.code, caught.value.parameters["problem"]) == ("note_malformed", problem)


@STEADY
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_nothing_but_a_refusal_comes_out_of_any_note(content: bytes | str) -> None:
    with contextlib.suppress(RatedPartsError):
        parse_checkpoint(parse_note(content).text)


def test_a_leaf_is_read_from_exactly_the_bytes_that_were_written() -> None:
    content = leaf_for(signed(), action="revoked", reason_code="laboratory_withdrawn")
    assert parse_log_leaf(content).to_bytes() == content
    for other in (
        content + b" ",
        content.replace(b'"revoked"', b'"undone"'),
        content.replace(b"Z", b"+00:00"),
        content.replace(b"sha256:", b"sha1:"),
        content.replace(b'"reason_code"', b'"reasoncode"'),
        content.replace(b'"laboratory_withdrawn"', b"null"),
        content[:-1],
        b"[]",
        b"",
    ):
        with pytest.raises(RatedPartsError, match="log_leaf_malformed"):
            parse_log_leaf(other)
