"""Keys in a hardware security module or any other device that speaks PKCS#11: they never leave it."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.settings import TokenSettings

from .checked_signer import PATIENCE
from .document_certificates import Chain, chain_of, demonstration_chain, read_chains, written
from .key_store import DOCUMENTS, SigningKey, ed25519_key, p256_key

if TYPE_CHECKING:
    import pkcs11

_EDWARDS_25519 = bytes.fromhex("06032b6570")  # the curve by its object identifier, 1.3.101.112
_LABEL = re.compile(r"([a-z]+)(?:-([1-9][0-9]{0,5}))?")
_OCTET_STRING = 0x04


class TokenKeys:
    """Keys of one token, named by their labels: ``certificates``, then ``certificates-2``, and so on.

    Certificates of keys for documents are read from ``certificates``, a PEM file; where there is none, as in
    a demonstration, they are made and kept in the folder ``made``.
    """

    def __init__(
        self, token: TokenSettings, certificates: Path | None, made: Path, patience: float = PATIENCE
    ) -> None:
        self._token = token
        self._certificates = certificates
        self._made = made
        self._patience = patience
        self._one_at_a_time = threading.Lock()

    def find(self, purpose: str) -> tuple[SigningKey, ...]:
        with self._session() as session:
            found = [self._key(session, label, purpose) for _, label in self._labels(session, purpose)]
        return tuple(key for key in found if key is not None)

    def make(self, purpose: str, at: datetime) -> SigningKey:
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        if purpose == DOCUMENTS and self._certificates is not None:
            # Somebody has to certify the key first: it is laid into the token and the file beforehand.
            raise RatedPartsError("document_certificate_missing", kind=Kind.UNAVAILABLE)
        kind, parameters, mechanism = (
            (pkcs11.KeyType.EC, encode_named_curve_parameters("secp256r1"), pkcs11.Mechanism.EC_KEY_PAIR_GEN)
            if purpose == DOCUMENTS
            else (pkcs11.KeyType.EC_EDWARDS, _EDWARDS_25519, pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
        )
        with self._session(write=True) as session:
            number = max((number for number, _ in self._labels(session, purpose)), default=0) + 1
            label = purpose if number == 1 else f"{purpose}-{number}"
            domain = session.create_domain_parameters(
                kind, {pkcs11.Attribute.EC_PARAMS: parameters}, local=True
            )
            domain.generate_keypair(mechanism=mechanism, store=True, label=label, id=label.encode())
            if purpose == DOCUMENTS:
                self._certify(_curve_point(session, label), at)
            key = self._key(session, label, purpose)
        if key is None:
            raise RatedPartsError("document_certificate_missing", kind=Kind.UNAVAILABLE)
        return key

    def _key(self, session: Any, label: str, purpose: str) -> SigningKey | None:
        """The key of that label; None for one for documents that nobody has certified."""
        import pkcs11

        if purpose != DOCUMENTS:
            sign = self._signing(label, pkcs11.Mechanism.EDDSA, bytes, bytes)
            return ed25519_key(sign, _public_point(session, label), self._patience)
        chain = chain_of(_curve_point(session, label), self._known_certificates())
        if not chain:
            return None
        return p256_key(self._signing(label, pkcs11.Mechanism.ECDSA, _sha256, _as_der), chain, self._patience)

    def _signing(
        self,
        label: str,
        mechanism: pkcs11.Mechanism,
        before: Callable[[bytes], bytes],
        after: Callable[[bytes], bytes],
    ) -> _TokenSigner:
        def sign(data: bytes) -> bytes:
            import pkcs11

            with self._session() as session:
                private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
                return after(private.sign(before(data), mechanism=mechanism))

        return _TokenSigner(sign)

    @contextmanager
    def _session(self, *, write: bool = False) -> Iterator[Any]:
        """A session with the token; a device that was away is found again."""
        try:
            import pkcs11
        except ImportError:
            raise RatedPartsError(
                "signer_unavailable", kind=Kind.UNAVAILABLE, problem="python-pkcs11"
            ) from None
        if not self._one_at_a_time.acquire(timeout=self._patience):
            raise RatedPartsError("signer_too_slow", kind=Kind.UNAVAILABLE)
        try:
            library = pkcs11.lib(str(self._token.module))
            try:
                token = library.get_token(token_label=self._token.label)
            except pkcs11.PKCS11Error:
                library.reinitialize()
                token = library.get_token(token_label=self._token.label)
            with token.open(rw=write, user_pin=self._token.pin.reveal()) as session:
                yield session
        except pkcs11.PKCS11Error as error:
            raise RatedPartsError(
                "signer_unavailable", kind=Kind.UNAVAILABLE, problem=type(error).__name__
            ) from error
        finally:
            self._one_at_a_time.release()

    def _labels(self, session: Any, purpose: str) -> list[tuple[int, str]]:
        import pkcs11

        found = []
        for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}):
            match = _LABEL.fullmatch(one.label or "")
            if match is not None and match[1] == purpose:
                found.append((int(match[2] or 1), one.label))
        return sorted(found)

    def _known_certificates(self) -> Chain:
        paths = [self._certificates] if self._certificates else sorted(self._made.glob("documents*.crt"))
        return tuple(one for path in paths for one in read_chains(path))

    def _certify(self, public_key: ec.EllipticCurvePublicKey, at: datetime) -> None:
        self._made.mkdir(parents=True, exist_ok=True, mode=0o700)
        chain = demonstration_chain(public_key, at)
        (self._made / f"documents-{chain[0].serial_number:x}.crt").write_bytes(written(chain))


class _TokenSigner:
    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        self.sign: Callable[[bytes], bytes] = sign


def _public_point(session: Any, label: str) -> bytes:
    """The public key as the device has it: raw, or wrapped as the standard asks."""
    import pkcs11

    public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=label)
    point = bytes(public[pkcs11.Attribute.EC_POINT])
    wrapped = len(point) > 2 and point[0] == _OCTET_STRING and point[1] == len(point) - 2
    return point[2:] if wrapped else point


def _curve_point(session: Any, label: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _public_point(session, label))


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _as_der(signature: bytes) -> bytes:
    """PKCS#11 writes r and s side by side; everybody else wants them as DER."""
    half = len(signature) // 2
    return encode_dss_signature(
        int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    )
