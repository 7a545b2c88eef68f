"""The X.509 certificates of the keys that sign documents: made for a demonstration, given for production."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from ratedparts.errors import Kind, RatedPartsError

LASTS = timedelta(days=3653)
Chain = tuple[x509.Certificate, ...]


def demonstration_chain(public_key: ec.EllipticCurvePublicKey, at: datetime) -> Chain:
    """A certificate for the key and that of the authority which signed it.

    The authority's own key is forgotten at once, so it can never vouch for another.
    """
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Demonstration Document Authority")
    root = (
        _builder(issuer, issuer, authority.public_key(), at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    signer = (
        _builder(_name("Demonstration Certificate Office"), issuer, public_key, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
        .sign(authority, hashes.SHA256())
    )
    return (signer, root)


def read_chains(path: Path) -> tuple[x509.Certificate, ...]:
    """Every certificate of a PEM file.  Raises ``document_certificates_unreadable`` (file)."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        raise RatedPartsError(
            "document_certificates_unreadable", kind=Kind.UNAVAILABLE, file=path.name
        ) from None


def written(chain: Iterable[x509.Certificate]) -> bytes:
    """The chain as a PEM file."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in chain)


def chain_of(public_key: ec.EllipticCurvePublicKey, known: Iterable[x509.Certificate]) -> Chain:
    """The certificate of that key and those above it, as far as they are known; () where there is none."""
    known = tuple(known)
    wanted = public_key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    chain: list[x509.Certificate] = [one for one in known if _point(one) == wanted][:1]
    while chain and chain[-1].issuer != chain[-1].subject:
        above = [one for one in known if one.subject == chain[-1].issuer and one not in chain]
        if not above:
            break
        chain.append(above[0])
    return tuple(chain)


def _point(certificate: x509.Certificate) -> bytes | None:
    public_key = certificate.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        return None
    return public_key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.CertificateBuilder:
    start = at.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LASTS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "RatedParts demonstration"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
