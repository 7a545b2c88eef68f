"""The keys that sign now, and those that ever did: which of them is chosen by the windows on record."""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from ratedparts.audit.service import record
from ratedparts.db import Database, Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import IssuingKey, TrustedKeys
from ratedparts.settings import Environment, Settings

from .file_keys import FileKeys
from .key_store import PURPOSES, KeyStore, SigningKey
from .models import IssuingKeyRecord
from .restored import require_released
from .token_keys import TokenKeys


def key_store(settings: Settings) -> KeyStore:
    """Where this installation keeps its private keys.

    Raises ``file_key_in_production``, ``document_certificate_missing``.
    """
    if settings.token is None:
        return FileKeys(settings.keys, settings.environment)
    if settings.environment is Environment.PRODUCTION and settings.document_certificates is None:
        raise RatedPartsError("document_certificate_missing", kind=Kind.UNAVAILABLE)
    return TokenKeys(settings.token, settings.document_certificates, settings.keys)


class SigningKeys:
    """Gives the one key of a purpose that may sign at an instant.

    Nothing is remembered of the windows, so a rotation holds at once in every process.
    """

    def __init__(self, store: KeyStore, database: Database, environment: Environment) -> None:
        self.store = store
        self.environment = environment
        self._database = database
        self._known: dict[str, SigningKey] = {}

    def current(self, work: Work, purpose: str) -> SigningKey:
        """The key that signs at the instant of this unit of work.

        Raises ``restored_not_released``, ``no_key_in_window``, ``several_keys_in_window``,
        ``signing_key_missing``, and what the store raises: all of them say that nothing can be signed now.
        """
        require_released(work)
        rows = [
            row for row in key_rows(work, purpose, self.environment) if as_issuing_key(row).is_active(work.at)
        ]
        if not rows:
            raise RatedPartsError("no_key_in_window", kind=Kind.UNAVAILABLE, purpose=purpose)
        if len(rows) > 1:
            raise RatedPartsError(
                "several_keys_in_window", kind=Kind.UNAVAILABLE, key=rows[0].id, other=rows[1].id
            )
        key_id = rows[0].id
        if key_id not in self._known:
            self._known |= {key.id: key for key in self.store.find(purpose)}
        if key_id not in self._known:
            raise RatedPartsError("signing_key_missing", kind=Kind.UNAVAILABLE, key=key_id)
        return self._known[key_id]

    def require_unrevoked(self, work: Work, key_id: str, at: datetime) -> None:
        """Raise ``no_key_in_window`` where the key might not sign at ``at``, or was revoked since."""
        row = work.session.get_one(IssuingKeyRecord, key_id)
        if row.revoked_at is not None or not as_issuing_key(row).covers(at):
            raise RatedPartsError("no_key_in_window", kind=Kind.UNAVAILABLE, purpose=row.purpose)

    def _now(self, purpose: str) -> SigningKey:
        with self._database.reading() as work:
            return self.current(work, purpose)

    @property
    def certificates(self) -> SigningKey:
        return self._now("certificates")

    @property
    def log(self) -> SigningKey:
        return self._now("log")

    @property
    def documents(self) -> SigningKey:
        return self._now("documents")


def register_keys(work: Work, keys: SigningKeys) -> None:
    """Publish the public half of a key of every purpose; a purpose that has one keeps it.

    The store is asked only where something is missing: an installation whose device is away still starts.
    """
    for purpose in PURPOSES:
        if not key_rows(work, purpose, keys.environment):
            found = keys.store.find(purpose)
            key = found[0] if found else keys.store.make(purpose, work.at)
            register(work, key, purpose, keys.environment, valid_from=work.at)
            record(work, "register_key", "issuing_key", key.id, actor_id=None, purpose=purpose)


def register(
    work: Work, key: SigningKey, purpose: str, environment: Environment, *, valid_from: datetime
) -> IssuingKeyRecord:
    """Put a key on the published list."""
    der = key.chain[0].public_bytes(Encoding.DER) if key.chain else None
    row = IssuingKeyRecord(
        id=key.id,
        public_key_multibase=key.multibase,
        environment=environment.value,
        purpose=purpose,
        valid_from=valid_from,
        x509_certificate=None if der is None else base64.b64encode(der).decode("ascii"),
    )
    work.session.add(row)
    work.session.flush()
    return row


def key_rows(
    work: Work, purpose: str, environment: Environment, *, held: bool = False
) -> list[IssuingKeyRecord]:
    """The keys of a purpose, the oldest first; ``held``: nobody else changes them until the end."""
    query = (
        select(IssuingKeyRecord)
        .where(IssuingKeyRecord.purpose == purpose, IssuingKeyRecord.environment == environment.value)
        .order_by(IssuingKeyRecord.valid_from, IssuingKeyRecord.id)
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(query.with_for_update() if held else query))


def as_issuing_key(row: IssuingKeyRecord) -> IssuingKey:
    """The key as it is published."""
    return IssuingKey(
        id=row.id,
        public_key_multibase=row.public_key_multibase,
        environment=row.environment,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        purpose=row.purpose,
        x509_certificate=None if row.x509_certificate is None else base64.b64decode(row.x509_certificate),
    )


def published_keys(work: Work) -> TrustedKeys:
    """What the world needs in order to trust: every key with its window."""
    rows = work.session.scalars(
        select(IssuingKeyRecord).order_by(IssuingKeyRecord.valid_from, IssuingKeyRecord.id)
    )
    return TrustedKeys(tuple(map(as_issuing_key, rows)))
