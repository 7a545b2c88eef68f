"""The issuing keys, their validity windows, and the list of them that a verifier decides to trust."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.multikey import decode_multikey, verification_method
from ratedparts.proofs.x509_key import certificate_from_text, certified_multikey

ENVIRONMENTS = ("demonstration", "test", "production")
_KEY_TYPE = "Multikey"
_REQUIRED = {"id", "type", "public_key_multibase", "environment", "valid_from"}
_OPTIONAL = {"valid_until", "revoked_at", "purpose", "x509_certificate"}
PURPOSES = ("certificates", "log", "documents")


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """A public key that signs certificates from ``valid_from`` on and before ``valid_until``.

    ``revoked_at`` is the instant from which a signature of this key proves nothing, because somebody else
    may hold it.
    """

    id: str
    public_key_multibase: str
    environment: str
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    purpose: str | None = None  # one of PURPOSES; None in a list that does not say
    x509_certificate: bytes | None = None  # DER, of a key for documents: PDF signatures name it

    def is_active(self, instant: datetime) -> bool:
        """Whether the key may make a signature at ``instant``: inside its window, and not revoked by then."""
        return self.covers(instant) and (self.revoked_at is None or instant < self.revoked_at)

    def may_sign(self, purpose: str) -> bool:
        """Whether the key is for that: the log's key must not sign certificates, nor the other way round."""
        return self.purpose == purpose or (self.purpose is None and purpose != "documents")

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes; of a key for documents there is none."""
        return decode_multikey(self.public_key_multibase)

    def covers(self, instant: datetime) -> bool:
        """Whether the key was meant to sign at ``instant``; the end of the window is outside it."""
        return self.valid_from <= instant and (self.valid_until is None or instant < self.valid_until)

    def to_json(self) -> dict[str, Any]:
        """Return the key as an entry of the published list."""
        return {
            "id": self.id,
            "type": _KEY_TYPE,
            "public_key_multibase": self.public_key_multibase,
            "environment": self.environment,
            "valid_from": format_instant(self.valid_from),
            "valid_until": format_instant(self.valid_until) if self.valid_until else None,
            "revoked_at": format_instant(self.revoked_at) if self.revoked_at else None,
            **({"purpose": self.purpose} if self.purpose else {}),
            **(
                {"x509_certificate": base64.b64encode(self.x509_certificate).decode()}
                if self.x509_certificate
                else {}
            ),
        }

    @classmethod
    def from_json(cls, value: object, position: int = 0) -> IssuingKey:
        """Read an entry of the published list; ``position`` names it in a refusal (`TrustedKeys`)."""
        if not isinstance(value, Mapping):
            raise _malformed(position, "not_an_object")
        # A member that is not understood could be the one that withdraws the key: never skip it.
        for member in sorted(set(map(str, value)) - _REQUIRED - _OPTIONAL):
            raise _malformed(position, "unknown_member", member)
        for member in sorted(_REQUIRED - set(value)):
            raise _malformed(position, "missing_member", member)
        if value["type"] != _KEY_TYPE:
            raise _malformed(position, "unknown_type", "type")
        if value["environment"] not in ENVIRONMENTS:
            raise _malformed(position, "unknown_environment", "environment")
        if value.get("purpose") not in (None, *PURPOSES):
            raise _malformed(position, "unknown_purpose", "purpose")
        multibase = value["public_key_multibase"]
        certificate = None
        # Documents are signed with P-256, everything else with Ed25519: a list must not mix them up.
        if value.get("purpose") == "documents":
            certificate = _checked(
                certificate_from_text, value.get("x509_certificate"), position, "x509_certificate"
            )
            if certified_multikey(certificate) != multibase:
                raise _malformed(position, "id_of_another_key", "x509_certificate")
        else:
            if "x509_certificate" in value:
                raise _malformed(position, "unknown_member", "x509_certificate")
            _checked(decode_multikey, multibase, position, "public_key_multibase")
        if value["id"] != verification_method(multibase):
            raise _malformed(position, "id_of_another_key", "id")
        until, revoked = value.get("valid_until"), value.get("revoked_at")
        key = cls(
            id=value["id"],
            public_key_multibase=multibase,
            environment=value["environment"],
            valid_from=_checked(parse_instant, value["valid_from"], position, "valid_from"),
            valid_until=None if until is None else _checked(parse_instant, until, position, "valid_until"),
            revoked_at=None if revoked is None else _checked(parse_instant, revoked, position, "revoked_at"),
            purpose=value.get("purpose"),
            x509_certificate=certificate,
        )
        if key.valid_until is not None and key.valid_until <= key.valid_from:
            raise _malformed(position, "empty_window", "valid_until")
        return key


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The keys that somebody decided to trust: what ``GET /api/v1/keys`` returns and ``--trust`` takes."""

    keys: tuple[IssuingKey, ...]
    issuer: Mapping[str, Any] | None = None

    def find(self, key_id: str) -> IssuingKey | None:
        """Return the key of that verification method, or None."""
        return next((key for key in self.keys if key.id == key_id), None)

    def find_certified(self, certificate: bytes) -> IssuingKey | None:
        """Return the key for documents with exactly this X.509 certificate (DER), or None."""
        return next((key for key in self.keys if key.x509_certificate == certificate), None)

    def also_active(self, key: IssuingKey, instant: datetime) -> IssuingKey | None:
        """Return another key that could have signed in the place of ``key`` at ``instant``, or None.

        One authority has one key a purpose at any moment; where a list names two, somebody laid one in.
        """
        return next(
            (
                other
                for other in self.keys
                if other.id != key.id
                and key.purpose is not None
                and (other.purpose, other.environment) == (key.purpose, key.environment)
                and other.is_active(instant)
            ),
            None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the list as it is published."""
        listed: dict[str, Any] = {"keys": [key.to_json() for key in self.keys]}
        return listed if self.issuer is None else {**listed, "issuer": dict(self.issuer)}

    @classmethod
    def from_json(cls, value: object) -> TrustedKeys:
        """Read a published list.

        Raises
        ------
        RatedPartsError
            ``keys_malformed`` (position from 1, 0 for the list itself; problem; member): see
            `IssuingKey.from_json`; problems are ``not_an_object``, ``not_a_list``, ``missing_member``,
            ``unknown_member``, ``unknown_type``, ``unknown_environment``, ``unknown_purpose``,
            ``unreadable``,
            ``id_of_another_key``, ``empty_window``, ``duplicate``.
        """
        if not isinstance(value, Mapping):
            raise _malformed(0, "not_an_object")
        listed, issuer = value.get("keys"), value.get("issuer")
        if not isinstance(listed, list):
            raise _malformed(0, "not_a_list", "keys")
        if issuer is not None and not isinstance(issuer, Mapping):
            raise _malformed(0, "not_an_object", "issuer")
        keys = tuple(IssuingKey.from_json(entry, position) for position, entry in enumerate(listed, start=1))
        seen: set[str] = set()
        for position, key in enumerate(keys, start=1):
            if key.id in seen:
                raise _malformed(position, "duplicate", "id")
            seen.add(key.id)
        return cls(keys, None if issuer is None else dict(issuer))


def _checked(read: Any, value: object, position: int, member: str) -> Any:
    try:
        return read(value)
    except RatedPartsError:
        raise _malformed(position, "unreadable", member) from None


def _malformed(position: int, problem: str, member: str | None = None) -> RatedPartsError:
    return RatedPartsError("keys_malformed", position=position, problem=problem, member=member)
