"""Keys in files: for a demonstration; refused where ratings are real."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ratedparts.disk import write_whole
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.settings import Environment

from .document_certificates import chain_of, demonstration_chain, read_chains, written
from .key_store import DOCUMENTS, SigningKey, ed25519_key, p256_key

_NAME = re.compile(r"([a-z]+)(?:-([1-9][0-9]{0,5}))?\.pem")


class FileKeys:
    """Keys as PEM files of a folder, readable by their owner alone.

    Raises ``file_key_in_production``: a real authority's key does not lie in a file.
    """

    def __init__(self, folder: Path, environment: Environment) -> None:
        if environment is Environment.PRODUCTION:
            raise RatedPartsError("file_key_in_production", kind=Kind.UNAVAILABLE)
        self._folder = folder

    def find(self, purpose: str) -> tuple[SigningKey, ...]:
        return tuple(self._load(path, purpose) for _, path in self._files(purpose))

    def make(self, purpose: str, at: datetime) -> SigningKey:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = max((number for number, _ in self._files(purpose)), default=0) + 1
        path = self._folder / (f"{purpose}.pem" if number == 1 else f"{purpose}-{number}.pem")
        private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey
        chain = b""
        if purpose == DOCUMENTS:
            private = ec.generate_private_key(ec.SECP256R1())
            chain = written(demonstration_chain(private.public_key(), at))
        else:
            private = Ed25519PrivateKey.generate()
        content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain
        write_whole(path, content, once=True)  # where another process was faster, its key stays
        return self._load(path, purpose)

    def _files(self, purpose: str) -> list[tuple[int, Path]]:
        found = []
        for path in self._folder.glob(f"{purpose}*.pem"):
            match = _NAME.fullmatch(path.name)
            if match is not None and match[1] == purpose:
                found.append((int(match[2] or 1), path))
        return sorted(found)

    def _load(self, path: Path, purpose: str) -> SigningKey:
        loaded = load_pem_private_key(path.read_bytes(), None)
        if purpose == DOCUMENTS and isinstance(loaded, ec.EllipticCurvePrivateKey):
            chain = chain_of(loaded.public_key(), read_chains(path))
            if chain:
                return p256_key(_P256(loaded), chain)
        elif purpose != DOCUMENTS and isinstance(loaded, Ed25519PrivateKey):
            return ed25519_key(loaded, loaded.public_key().public_bytes_raw())
        raise RatedPartsError("key_of_another_kind", kind=Kind.UNAVAILABLE, path=path.name)


class _P256:
    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private

    def sign(self, data: bytes, /) -> bytes:
        return self._private.sign(data, ec.ECDSA(hashes.SHA256()))
