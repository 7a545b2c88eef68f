"""The bytes that become a leaf of the log: what was done to which certificate, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.canonical import canonical_bytes, digest_of, is_digest
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.strict_json import parse_json

ACTIONS = ("issued", "suspended", "reinstated", "revoked", "superseded")
_TEXTS = ("action", "certificate_number", "payload_digest", "log_origin", "recorded_at")
_MAX_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class LogLeaf:
    """One entry of the log.

    ``payload_digest`` is `payload_digest` of the certificate *with* its proof, so an entry fixes the
    payload, the key and the signature.  ``log_origin`` keeps an entry from being shown in another log.
    """

    action: str
    certificate_number: str
    payload_digest: str
    log_origin: str
    recorded_at: datetime
    reason_code: str | None = None

    def to_bytes(self) -> bytes:
        """Return the canonical JSON that is hashed into the log."""
        members = {
            "action": self.action,
            "certificate_number": self.certificate_number,
            "payload_digest": self.payload_digest,
            "log_origin": self.log_origin,
            "recorded_at": format_instant(self.recorded_at),
        }
        if self.reason_code is not None:
            members["reason_code"] = self.reason_code
        return canonical_bytes(members)


def payload_digest(secured: Mapping[str, Any]) -> str:
    """Return the digest by which the log knows a certificate: of its canonical JSON, proof included."""
    return digest_of(canonical_bytes(secured))


def parse_log_leaf(content: bytes) -> LogLeaf:
    """Read a leaf; only the exact bytes that `LogLeaf.to_bytes` gives are accepted.

    Raises
    ------
    RatedPartsError
        ``log_leaf_malformed`` (member, or None for the whole).
    """
    try:
        value = parse_json(content, max_bytes=_MAX_BYTES)
    except RatedPartsError:
        raise RatedPartsError("log_leaf_malformed", member=None) from None
    if not isinstance(value, dict) or not set(value) <= {*_TEXTS, "reason_code"}:
        raise RatedPartsError("log_leaf_malformed", member=None)
    for member in _TEXTS:
        if not isinstance(value.get(member), str):
            raise RatedPartsError("log_leaf_malformed", member=member)
    if value["action"] not in ACTIONS:
        raise RatedPartsError("log_leaf_malformed", member="action")
    if not is_digest(value["payload_digest"]):
        raise RatedPartsError("log_leaf_malformed", member="payload_digest")
    reason_code = value.get("reason_code")
    if "reason_code" in value and not isinstance(reason_code, str):
        raise RatedPartsError("log_leaf_malformed", member="reason_code")
    try:
        recorded_at = parse_instant(value["recorded_at"])
    except RatedPartsError:
        raise RatedPartsError("log_leaf_malformed", member="recorded_at") from None
    leaf = LogLeaf(
        value["action"],
        value["certificate_number"],
        value["payload_digest"],
        value["log_origin"],
        recorded_at,
        reason_code,
    )
    if leaf.to_bytes() != content:
        raise RatedPartsError("log_leaf_malformed", member=None)
    return leaf
