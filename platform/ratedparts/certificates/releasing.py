"""Lets a restored installation go on, once somebody has said what the world knows of its log."""

from __future__ import annotations

from ratedparts.audit.service import record
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import Checkpoint, merkle, verify_checkpoint

from .log_proofs import gathered, log_size
from .models import Restoration
from .restored import unreleased
from .signing_keys import published_keys


def release(
    work: Work, *, origin: str, environment: str, checkpoint: bytes | None = None, statement: str = ""
) -> list[Restoration]:
    """Let the installation sign and work again; the restorations that held it back.

    Parameters
    ----------
    checkpoint
        The newest checkpoint that anybody outside has, as `mirror-log` keeps it.
    statement
        Where nobody outside has one: how that is known, in words, for the audit log.

    Raises
    ------
    RatedPartsError
        ``nothing_to_release``; ``release_says_nothing`` where not exactly one of the two is given;
        ``log_behind_outside`` (ours, outside): entries are missing here that the world has seen;
        ``log_inconsistent`` (old, new): the checkpoint is of another log under the same name; and those of
        `verify_checkpoint`.  The installation is held back as before then.
    """
    holding = unreleased(work)
    if not holding:
        raise RatedPartsError("nothing_to_release", kind=Kind.CONFLICT)
    if (checkpoint is None) == (not statement.strip()):
        raise RatedPartsError("release_says_nothing")
    size = log_size(work)
    outside = None
    if checkpoint is not None:
        outside = verify_checkpoint(
            checkpoint, trust=published_keys(work), origin=origin, environment=environment
        )
        _require_known(work, outside, size)
    for one in holding:
        one.released_at = work.at
        one.outside_checkpoint = None if checkpoint is None else checkpoint.decode("utf-8")
        one.statement = statement.strip() or None
        work.session.flush()
        record(
            work,
            "release_restored",
            "restoration",
            one.id,
            actor_id=None,
            log_size=size,
            outside_size=None if outside is None else outside.size,
            statement=one.statement,
        )
    return holding


def _require_known(work: Work, outside: Checkpoint, size: int) -> None:
    """The log outside is the beginning of ours, or the same."""
    if outside.size > size:
        raise RatedPartsError("log_behind_outside", kind=Kind.CONFLICT, ours=size, outside=outside.size)
    if outside.size and gathered(work, lambda node: merkle.root(outside.size, node)) != outside.root_hash:
        raise RatedPartsError("log_inconsistent", old=outside.size, new=size)
