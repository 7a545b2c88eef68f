"""The keys that sign: files, for a demonstration; refused where ratings are real."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import select

from ratedparts.audit.service import record
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import IssuingKey, TrustedKeys, encode_multikey, verification_method
from ratedparts.settings import Environment

from .models import IssuingKeyRecord

PURPOSES = ("certificates", "log")


@dataclass(frozen=True)
class SigningKey:
    """A private key with the name under which the world knows its public half."""

    private: Ed25519PrivateKey
    id: str
    multibase: str

    @property
    def public_bytes(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@dataclass(frozen=True)
class SigningKeys:
    certificates: SigningKey
    log: SigningKey


def load_signing_keys(folder: Path, environment: Environment) -> SigningKeys:
    """The installation's keys, made on first use.

    Raises ``file_key_in_production``: a real authority's key does not lie in a file.
    """
    if environment is Environment.PRODUCTION:
        raise RatedPartsError("file_key_in_production", kind=Kind.UNAVAILABLE)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificates, log = (_load_or_make(folder / f"{purpose}.pem") for purpose in PURPOSES)
    return SigningKeys(certificates, log)


def register_keys(work: Work, keys: SigningKeys, environment: Environment) -> None:
    """Publish the public halves; what is already known stays as it is."""
    for purpose, key in zip(PURPOSES, (keys.certificates, keys.log), strict=True):
        if work.session.get(IssuingKeyRecord, key.id) is None:
            row = IssuingKeyRecord(
                id=key.id,
                public_key_multibase=key.multibase,
                environment=environment.value,
                purpose=purpose,
                valid_from=work.at,
            )
            work.session.add(row)
            work.session.flush()
            record(work, "register_key", "issuing_key", key.id, actor_id=None, purpose=purpose)


def published_keys(work: Work) -> TrustedKeys:
    """What the world needs in order to trust: every key with its window."""
    rows = work.session.scalars(
        select(IssuingKeyRecord).order_by(IssuingKeyRecord.valid_from, IssuingKeyRecord.id)
    )
    return TrustedKeys(
        tuple(
            IssuingKey(
                id=row.id,
                public_key_multibase=row.public_key_multibase,
                environment=row.environment,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                revoked_at=row.revoked_at,
                purpose=row.purpose,
            )
            for row in rows
        )
    )


def _load_or_make(path: Path) -> SigningKey:
    if not path.exists():
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _load_or_make(path)  # another process was faster: its key is the key
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    loaded = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise RatedPartsError("key_of_another_kind", kind=Kind.UNAVAILABLE, path=path.name)
    multibase = encode_multikey(loaded.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    return SigningKey(loaded, verification_method(multibase), multibase)
