"""How a public key is written: as a Multikey, and as the ``did:key`` that carries it."""

from __future__ import annotations

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.base58 import base58_encode, multibase_decode

_ED25519_PUBLIC = b"\xed\x01"  # multicodec 0xed as a varint
_KEY_BYTES = 32
_P256_PUBLIC = b"\x80\x24"  # multicodec 0x1200 as a varint
_P256_BYTES = 33  # a point, compressed
_DID_KEY = "did:key:"


def encode_multikey(public_key: bytes) -> str:
    """Write a raw Ed25519 public key (32 bytes, RFC 8032) as ``z6Mk…``.

    Source: W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey).
    """
    if len(public_key) != _KEY_BYTES:
        raise RatedPartsError("multikey_malformed", given=f"{len(public_key)} bytes")
    return "z" + base58_encode(_ED25519_PUBLIC + public_key)


def decode_multikey(text: object) -> bytes:
    """Read the raw 32 bytes out of ``z6Mk…``.

    Raises
    ------
    RatedPartsError
        ``multikey_malformed`` (given): not base58btc, not 32 bytes, or a key of another kind.
    """
    try:
        decoded = multibase_decode(text)
    except RatedPartsError:
        decoded = b""
    if len(decoded) != len(_ED25519_PUBLIC) + _KEY_BYTES or not decoded.startswith(_ED25519_PUBLIC):
        raise RatedPartsError("multikey_malformed", given=str(text)[:60])
    return decoded[len(_ED25519_PUBLIC) :]


def encode_p256_multikey(public_key: bytes) -> str:
    """Write a compressed P-256 public key (33 bytes, SEC 1) as ``zDn…``: the keys that sign PDFs."""
    if len(public_key) != _P256_BYTES:
        raise RatedPartsError("multikey_malformed", given=f"{len(public_key)} bytes")
    return "z" + base58_encode(_P256_PUBLIC + public_key)


def did_key(public_key_multibase: str) -> str:
    """Return the identifier of whoever holds this key: ``did:key:z6Mk…``."""
    return _DID_KEY + public_key_multibase


def verification_method(public_key_multibase: str) -> str:
    """Return the name by which a proof refers to this key: ``did:key:z6Mk…#z6Mk…``."""
    return f"{did_key(public_key_multibase)}#{public_key_multibase}"


def key_in_verification_method(method: str) -> bytes | None:
    """Return the raw public key that a ``did:key`` verification method carries in itself.

    None for another method of identification, which this verifier does not know.

    Raises
    ------
    RatedPartsError
        ``multikey_malformed`` (given): it is a ``did:key``, but not a whole one.
    """
    if not method.startswith(_DID_KEY):
        return None
    multibase = method.removeprefix(_DID_KEY).partition("#")[0]
    public_key = decode_multikey(multibase)
    if method != verification_method(multibase):
        raise RatedPartsError("multikey_malformed", given=method[:120])
    return public_key
