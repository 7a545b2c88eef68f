"""A checkpoint that may be believed: signed by a trusted key of the log, and the continuation of another."""

from __future__ import annotations

from collections.abc import Sequence

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.checkpoint import Checkpoint, parse_checkpoint, parse_note, signature_of
from ratedparts.proofs.keys import TrustedKeys
from ratedparts.proofs.merkle import verify_consistency

_SHOWN = 120


def verify_checkpoint(
    content: bytes | str, *, trust: TrustedKeys, origin: str | None = None, environment: str | None = None
) -> Checkpoint:
    """Return the checkpoint of a signed note, after checking who signed it.

    Parameters
    ----------
    trust
        The keys that the caller trusts; those for certificates do not sign for a log.
    origin
        The log that is meant; with None any log whose name a trusted key signs.
    environment
        Where given, only keys of that environment count.

    Raises
    ------
    RatedPartsError
        ``note_malformed`` (problem), ``checkpoint_malformed`` (line), ``log_other_origin`` (expected, found),
        ``log_not_trusted`` (origin): no line is of a trusted key, ``log_signature_failed`` (origin, key),
        ``log_key_revoked`` (origin, key).
    """
    note = parse_note(content)
    checkpoint = parse_checkpoint(note.text)
    found = checkpoint.origin
    if origin is not None and found != origin:
        raise RatedPartsError("log_other_origin", expected=origin[:_SHOWN], found=found[:_SHOWN])
    candidates = [key for key in trust.keys if key.may_sign("log") and environment in (None, key.environment)]
    # A revoked key proves nothing of a text without a time, whoever else may have signed it too.
    standing = [key for key in candidates if key.revoked_at is None]
    for keys in (standing, candidates):
        holds, public_key = signature_of(note, [(found, key.public_key) for key in keys])
        if public_key is None:
            continue
        key = next(key for key in keys if key.public_key == public_key)
        if not holds:
            raise RatedPartsError("log_signature_failed", origin=found[:_SHOWN], key=key.id)
        if key.revoked_at is not None:
            raise RatedPartsError("log_key_revoked", origin=found[:_SHOWN], key=key.id)
        return checkpoint
    raise RatedPartsError("log_not_trusted", origin=found[:_SHOWN])


def check_continues(old: Checkpoint, new: Checkpoint, hashes: Sequence[bytes]) -> None:
    """Check that the log of ``new`` began as the log of ``old`` and only grew (RFC 9162 section 2.1.4.2).

    Raises
    ------
    RatedPartsError
        ``log_other_origin`` (expected, found), ``log_rolled_back`` (saved, offered): the newer is smaller,
        ``log_inconsistent`` (old, new): the proof does not lead from one root to the other.
    """
    if old.origin != new.origin:
        raise RatedPartsError("log_other_origin", expected=old.origin[:_SHOWN], found=new.origin[:_SHOWN])
    if new.size < old.size:
        raise RatedPartsError("log_rolled_back", saved=old.size, offered=new.size)
    if not verify_consistency(old.size, new.size, old.root_hash, new.root_hash, hashes):
        raise RatedPartsError("log_inconsistent", old=old.size, new=new.size)
