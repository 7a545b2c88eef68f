"""The evidence that a certificate stands in the public log, and the check of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.canonical import canonical_bytes
from ratedparts.proofs.checkpoint import Checkpoint, parse_checkpoint, parse_note, signature_of
from ratedparts.proofs.keys import IssuingKey, TrustedKeys
from ratedparts.proofs.log_leaf import LogLeaf, parse_log_leaf, payload_digest
from ratedparts.proofs.merkle import leaf_hash, verify_inclusion
from ratedparts.proofs.strict_json import parse_json
from ratedparts.proofs.verdict import Findings

_MEMBERS = {"leaf", "index", "size", "hashes"}
_MAX_HASHES = 64  # a tree of 2**64 leaves
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class LogEvidence:
    """A leaf, its audit path to a root, and the note in which the log signs that root.

    ``index`` counts leaves from 0; ``size`` is the number of leaves of the tree; ``hashes`` are 32 bytes
    each, from the leaf upwards.
    """

    checkpoint: bytes
    leaf: bytes
    index: int
    size: int
    hashes: tuple[bytes, ...]

    def inclusion_json(self) -> bytes:
        """Return the file ``log/inclusion.json``: canonical JSON, leaf in base64, hashes in hexadecimal."""
        return canonical_bytes(
            {
                "leaf": base64.b64encode(self.leaf).decode(),
                "index": self.index,
                "size": self.size,
                "hashes": [value.hex() for value in self.hashes],
            }
        )

    @classmethod
    def from_files(cls, checkpoint: bytes, inclusion: bytes) -> LogEvidence:
        """Read ``log/checkpoint.txt`` and ``log/inclusion.json``.

        Raises
        ------
        RatedPartsError
            ``log_inclusion_malformed`` (member, or None for the whole).
        """
        try:
            value = parse_json(inclusion, max_bytes=_MAX_BYTES)
        except RatedPartsError:
            raise RatedPartsError("log_inclusion_malformed", member=None) from None
        if not isinstance(value, dict) or set(value) != _MEMBERS:
            raise RatedPartsError("log_inclusion_malformed", member=None)
        for member in ("index", "size"):
            if type(value[member]) is not int or value[member] < 0:
                raise RatedPartsError("log_inclusion_malformed", member=member)
        try:
            leaf = base64.b64decode(value["leaf"], validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise RatedPartsError("log_inclusion_malformed", member="leaf") from None
        evidence = cls(checkpoint, leaf, value["index"], value["size"], _hashes(value["hashes"]))
        if parse_json(evidence.inclusion_json()) != value:
            raise RatedPartsError("log_inclusion_malformed", member="leaf")
        return evidence


@dataclass(frozen=True, slots=True)
class LogRecord:
    """What a log has about a certificate: the evidence of its issue, and the last thing that became of it.

    ``ended`` is ``suspended``, ``revoked`` or ``superseded`` where the log records that, and None where it
    does not or where the caller looks the standing up elsewhere.
    """

    evidence: LogEvidence
    ended: str | None = None


FindInLog = Callable[[str], LogRecord | None]
"""Looks a certificate's number up in a log that is at hand; None where the log does not have it."""


def look_up(
    number: str, carried: LogEvidence | None, find: FindInLog | None, findings: Findings
) -> list[LogEvidence]:
    """Ask the log at hand about a certificate; the evidence to check, that which a file carries as the last.

    A certificate that a log should have and does not have was never issued, whoever signed it; the log at
    hand may only be older than the certificate, so the answer is "cannot tell".
    """
    own = [] if carried is None else [carried]
    if find is None:
        if not own:
            findings.check("log_inclusion", "not_checked")
            findings.note("log_not_checked")
        return own
    try:
        record = find(number)
    except RatedPartsError as error:  # the log at hand is damaged, which says nothing of the certificate
        findings.check("log_inclusion", "unknown")
        findings.cannot_tell(error.code, **error.parameters)
        return own
    if record is None:
        findings.check("log_inclusion", "unknown")
        findings.cannot_tell("not_in_log", certificate_number=number[:120])
        return own
    if record.ended is not None:
        findings.invalid("log_records_end", action=record.ended)
    return [record.evidence, *own]


def check_log(
    secured: Mapping[str, Any],
    number: str,
    environment: str,
    evidence: LogEvidence,
    trust: TrustedKeys | None,
    findings: Findings,
) -> tuple[datetime, IssuingKey] | None:
    """Check that the log recorded the issue of exactly this certificate.

    The leaf must name this very document and this log, the path must lead from the leaf to the root of the
    checkpoint, and the checkpoint must be signed by a trusted key of the same environment.

    Returns the recorded instant and the log's key where everything holds.
    """
    try:
        leaf = parse_log_leaf(evidence.leaf)
        note = parse_note(evidence.checkpoint)
        checkpoint = parse_checkpoint(note.text)
    except RatedPartsError as error:
        findings.check("log_inclusion", "failed")
        findings.invalid(error.code, **error.parameters)
        return None
    included = _is_included(secured, number, evidence, leaf, checkpoint, findings)
    findings.check("log_inclusion", included)
    key = _signer(note, checkpoint.origin, environment, trust, findings)
    return (leaf.recorded_at, key) if included and key else None


def _is_included(
    secured: Mapping[str, Any],
    number: str,
    evidence: LogEvidence,
    leaf: LogLeaf,
    checkpoint: Checkpoint,
    findings: Findings,
) -> bool:
    if leaf.payload_digest != payload_digest(secured) or leaf.certificate_number != number:
        findings.invalid("log_other_certificate", certificate_number=leaf.certificate_number[:120])
    elif leaf.log_origin != checkpoint.origin:
        findings.invalid(
            "log_origin_mismatch", leaf=leaf.log_origin[:120], checkpoint=checkpoint.origin[:120]
        )
    elif leaf.action != "issued":
        findings.invalid("log_records_other_action", action=leaf.action)
    elif evidence.size != checkpoint.size:
        findings.invalid("log_size_mismatch", inclusion=evidence.size, checkpoint=checkpoint.size)
    elif not verify_inclusion(
        leaf_hash(evidence.leaf), evidence.index, evidence.size, evidence.hashes, checkpoint.root_hash
    ):
        findings.invalid("log_inclusion_failed", index=evidence.index, size=evidence.size)
    else:
        return True
    return False


def _signer(
    note: Any, origin: str, environment: str, trust: TrustedKeys | None, findings: Findings
) -> IssuingKey | None:
    listed = trust.keys if trust else ()
    candidates = [key for key in listed if key.environment == environment and key.may_sign("log")]
    holds, public_key = signature_of(note, [(origin, key.public_key) for key in candidates])
    if public_key is None:
        findings.check("log_signature", "unknown")
        findings.cannot_tell("log_not_trusted", origin=origin[:120])
        return None
    findings.check("log_signature", holds)
    key = next(key for key in candidates if key.public_key == public_key)
    if not holds:
        findings.invalid("log_signature_failed", origin=origin[:120], key=key.id)
        return None
    if key.revoked_at is not None:  # a checkpoint does not say when it was signed
        findings.cannot_tell("log_key_revoked", origin=origin[:120], key=key.id)
        return None
    return key


def _hashes(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > _MAX_HASHES:
        raise RatedPartsError("log_inclusion_malformed", member="hashes")
    try:
        hashes = tuple(bytes.fromhex(text) for text in value)
    except (TypeError, ValueError):
        hashes = (b"",)
    if any(len(hash_) != 32 for hash_ in hashes):
        raise RatedPartsError("log_inclusion_malformed", member="hashes")
    return hashes
