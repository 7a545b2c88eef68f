"""The X.509 certificate of a key that signs PDFs: the readers of PDFs know no other way to name a key."""

from __future__ import annotations

import base64
import binascii

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.multikey import encode_p256_multikey


def certified_multikey(certificate: bytes) -> str:
    """Return the P-256 public key of an X.509 certificate (DER) as a Multikey.

    Raises
    ------
    RatedPartsError
        ``x509_malformed``: it is none, or its key is of another kind.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        public_key = x509.load_der_x509_certificate(certificate).public_key()
    # The parser names a dozen kinds of bad certificate, each of them meaning the same.
    except Exception:
        raise RatedPartsError("x509_malformed") from None
    if not isinstance(public_key, EllipticCurvePublicKey) or not isinstance(public_key.curve, SECP256R1):
        raise RatedPartsError("x509_malformed")
    return encode_p256_multikey(public_key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def certificate_from_text(text: object) -> bytes:
    """Read a certificate (DER) with a P-256 key out of base64; raises ``x509_malformed``."""
    try:
        certificate = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise RatedPartsError("x509_malformed") from None
    certified_multikey(certificate)
    return certificate
