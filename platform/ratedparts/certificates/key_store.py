"""The port behind which the private keys lie, and what comes out of it: keys that can sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ratedparts.proofs import encode_multikey, encode_p256_multikey, verification_method
from ratedparts.proofs.data_integrity import signature_holds

from .checked_signer import CheckedSigner, Signer

PURPOSES = ("certificates", "log", "documents")
DOCUMENTS = "documents"  # the one purpose whose keys are P-256, because readers of PDFs know no Ed25519


@dataclass(frozen=True)
class SigningKey:
    """A key that can sign, with the name under which the world knows its public half.

    ``chain``: the X.509 certificate of a key for documents, then those that vouch for it.
    """

    private: Signer = field(repr=False)
    id: str
    multibase: str
    public_bytes: bytes
    chain: tuple[x509.Certificate, ...] = ()

    def sign(self, data: bytes, /) -> bytes:
        return self.private.sign(data)


class KeyStore(Protocol):
    """Where the private keys lie."""

    def find(self, purpose: str) -> tuple[SigningKey, ...]:
        """Every key of that purpose, the oldest first; raises ``signer_unavailable``."""

    def make(self, purpose: str, at: datetime) -> SigningKey:
        """A new key of that purpose, kept in the store."""


def ed25519_key(signer: Signer, public_bytes: bytes, patience: float | None = None) -> SigningKey:
    """A key that signs credentials or checkpoints; ``public_bytes`` are the raw 32."""
    multibase = encode_multikey(public_bytes)
    checked = CheckedSigner(signer, lambda found, data: signature_holds(public_bytes, found, data), patience)
    return SigningKey(checked, verification_method(multibase), multibase, public_bytes)


def p256_key(
    signer: Signer, chain: tuple[x509.Certificate, ...], patience: float | None = None
) -> SigningKey:
    """A key that signs documents, known by the first certificate of its chain."""
    public_key = chain[0].public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    compressed = public_key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    multibase = encode_p256_multikey(compressed)
    checked = CheckedSigner(signer, _ecdsa_holds(public_key), patience)
    return SigningKey(checked, verification_method(multibase), multibase, compressed, chain)


def _ecdsa_holds(public_key: ec.EllipticCurvePublicKey) -> Callable[[bytes, bytes], bool]:
    def holds(signature: bytes, data: bytes) -> bool:
        try:
            public_key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    return holds
