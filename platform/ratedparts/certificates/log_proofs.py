"""Proofs and tiles out of the stored log: each reads the few hashes that it needs, in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Select, and_, bindparam, func, or_, select

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import LogEvidence, merkle
from ratedparts.proofs.merkle import NodeReader
from ratedparts.proofs.tiles import Tile, write_entries

from .models import LogCheckpoint, LogEntry, LogNode

Found = TypeVar("Found")
_LAST_POSITION = select(func.max(LogEntry.position))
_LEAF_AND_NOTE = select(
    select(LogEntry.leaf).where(LogEntry.position == bindparam("position")).scalar_subquery(),
    select(LogCheckpoint.note).where(LogCheckpoint.size == bindparam("size")).scalar_subquery(),
)


def log_size(work: Work) -> int:
    """The number of leaves; positions have no gap, so the last one tells."""
    last = work.session.scalar(_LAST_POSITION)
    return 0 if last is None else last + 1


def checkpoint_at(work: Work, size: int) -> str:
    """The checkpoint that was signed when the log had ``size`` leaves.  Raises ``log_position``."""
    note = work.session.scalar(select(LogCheckpoint.note).where(LogCheckpoint.size == size))
    if note is None:
        raise _no_such_size(work, size)
    return note


def position_of(work: Work, number: str, action: str = "issued") -> int | None:
    """Where the log has the first entry of that kind for a certificate; None where it has none."""
    query = select(func.min(LogEntry.position))
    return work.session.scalar(query.where(LogEntry.certificate_number == number, LogEntry.action == action))


def inclusion(work: Work, position: int, size: int) -> LogEvidence:
    """Proof that the leaf at ``position`` (from 0) is in the log of ``size`` leaves.

    Raises ``log_position`` (index, size) where there is no such leaf or never was a log of that size.
    """
    asked = {"position": position, "size": size}
    leaf, note = work.session.connection().execute(_LEAF_AND_NOTE, asked).one()
    if note is None:
        raise _no_such_size(work, size)
    hashes = gathered(work, lambda node: merkle.inclusion_proof(position, size, node))
    if leaf is None:
        raise _missing(0, position)
    return LogEvidence(note.encode("utf-8"), leaf.encode("utf-8"), position, size, tuple(hashes))


def consistency(work: Work, old: int, new: int) -> list[bytes]:
    """Proof that the log of ``old`` leaves is the beginning of that of ``new``.  Raises ``log_position``."""
    if new > (size := log_size(work)):
        raise RatedPartsError("log_position", kind=Kind.NOT_FOUND, index=new, size=size)
    return gathered(work, lambda node: merkle.consistency_proof(old, new, node))


def tile_bytes(work: Work, tile: Tile) -> bytes:
    """The tile as it is published.  Raises ``not_found`` where the log does not reach as far."""
    if not tile.is_in(log_size(work)):
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given=tile.path)
    end = tile.start + tile.width
    if tile.level is None:
        entries = select(LogEntry.leaf).where(LogEntry.position >= tile.start, LogEntry.position < end)
        leaves = work.session.scalars(entries.order_by(LogEntry.position)).all()
        _refuse_gaps(tile, len(leaves))
        return write_entries([leaf.encode("utf-8") for leaf in leaves])
    nodes = select(LogNode.node_hash).where(
        LogNode.level == tile.node_level, LogNode.position >= tile.start, LogNode.position < end
    )
    hashes = work.session.scalars(nodes.order_by(LogNode.position)).all()
    _refuse_gaps(tile, len(hashes))
    return bytes.fromhex("".join(hashes))


def gathered(work: Work, ask: Callable[[NodeReader], Found]) -> Found:
    """What ``ask`` makes of the stored hashes: it is asked twice, first only to learn which it reads."""
    wanted: set[tuple[int, int]] = set()

    def note(level: int, position: int) -> bytes:
        wanted.add((level, position))
        return b""

    ask(note)
    stored = _stored(work, wanted)

    def node(level: int, position: int) -> bytes:
        if (level, position) not in stored:
            raise _missing(level, position)
        return stored[level, position]

    return ask(node)


def _stored(work: Work, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    places = sorted(wanted)
    if not places:
        return {}
    asked: dict[str, int] = {}
    for number, (level, position) in enumerate(places):
        asked[f"level_{number}"], asked[f"position_{number}"] = level, position
    # Rows and no objects: what was appended in this unit of work was flushed by whoever appended it.
    rows = work.session.connection().execute(_query_of(len(places)), asked)
    return {(level, position): bytes.fromhex(value) for level, position, value in rows}


@lru_cache(maxsize=256)
def _query_of(places: int) -> Select[int, int, str]:
    """The query of so many hashes.  It is kept: to build it anew takes longer than to ask it.

    Alternatives, each found by the primary key; for pairs compared with a list SQLite reads the whole table.
    """
    return select(LogNode.level, LogNode.position, LogNode.node_hash).where(
        or_(
            *(
                and_(
                    LogNode.level == bindparam(f"level_{number}"),
                    LogNode.position == bindparam(f"position_{number}"),
                )
                for number in range(places)
            )
        )
    )


def _refuse_gaps(tile: Tile, found: int) -> None:
    if found != tile.width:
        raise _missing(tile.node_level, tile.start + found)


def _no_such_size(work: Work, size: int) -> RatedPartsError:
    return RatedPartsError("log_position", kind=Kind.NOT_FOUND, index=size, size=log_size(work))


def _missing(level: int, position: int) -> RatedPartsError:
    return RatedPartsError("log_hash_missing", kind=Kind.UNAVAILABLE, level=level, position=position)
