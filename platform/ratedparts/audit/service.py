"""Appends to the audit log, and checks it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from ratedparts.db import Work
from ratedparts.proofs import canonical_bytes, digest_of, format_instant

from .models import AuditLine

GENESIS = digest_of(b"ratedparts audit log")
LINES_AT_ONCE = 1000


def record(
    work: Work,
    verb: str,
    subject_kind: str,
    subject_id: object,
    /,
    *,
    actor_id: uuid.UUID | None,
    organisation_id: uuid.UUID | None = None,
    **facts: Any,
) -> AuditLine:
    """Append one line to the chain, in the transaction of the change that it tells of."""
    if work.session.get_bind().dialect.name == "postgresql":
        # One writer at a time, or two lines would follow the same one.  SQLite has only one writer anyway.
        work.session.execute(text("SELECT pg_advisory_xact_lock(7203411)"))
    last = work.session.execute(
        select(AuditLine).order_by(AuditLine.sequence.desc()).limit(1)
    ).scalar_one_or_none()
    line = AuditLine(
        sequence=last.sequence + 1 if last else 1,
        at=work.at,
        actor_id=actor_id,
        organisation_id=organisation_id,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        facts=facts,
        previous_digest=last.line_digest if last else GENESIS,
        line_digest="",
    )
    line.line_digest = _digest(line)
    work.session.add(line)
    work.session.flush()
    return line


@dataclass(frozen=True)
class BrokenLine:
    """A line that does not follow from the one before.

    ``expected``: the sequence that it should have; ``changed``: its own digest is not that of what it says.
    """

    sequence: int
    expected: int
    changed: bool


def broken_lines(work: Work, newest: int | None = None) -> Iterator[BrokenLine]:
    """Every line at which the chain does not hold; after each of them it is taken up again.

    ``newest``: of so many of the newest lines alone; what lies before them is believed.
    """
    believed = _line_before_the_newest(work, newest) if newest is not None else None
    previous, expected = (believed.line_digest, believed.sequence + 1) if believed else (GENESIS, 1)
    for line in _lines_behind(work, believed):
        changed = line.line_digest != _digest(line)
        if line.sequence != expected or line.previous_digest != previous or changed:
            yield BrokenLine(line.sequence, expected, changed)
        previous, expected = line.line_digest, line.sequence + 1


def _line_before_the_newest(work: Work, count: int) -> AuditLine | None:
    query = select(AuditLine).order_by(AuditLine.sequence.desc()).offset(count).limit(1)
    return work.session.scalars(query).first()


def _lines_behind(work: Work, line: AuditLine | None) -> Iterator[AuditLine]:
    """In their order, some at a time; whoever has seen enough leaves no query open."""
    query = select(AuditLine).order_by(AuditLine.sequence).limit(LINES_AT_ONCE)
    first = query if line is None else query.where(AuditLine.sequence > line.sequence)
    lines = list(work.session.scalars(first))
    while lines:
        yield from lines
        lines = list(work.session.scalars(query.where(AuditLine.sequence > lines[-1].sequence)))


def first_broken_line(work: Work, newest: int | None = None) -> int | None:
    """The sequence of the first line that does not follow from the one before; None: the chain holds.

    ``newest`` as of `broken_lines`.
    """
    broken = next(broken_lines(work, newest), None)
    return None if broken is None else broken.sequence


def last_at(work: Work) -> datetime | None:
    """The instant of the newest line; None while there is none."""
    return work.session.scalar(select(AuditLine.at).order_by(AuditLine.sequence.desc()).limit(1))


def length(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(AuditLine)) or 0


def _digest(line: AuditLine) -> str:
    return digest_of(
        canonical_bytes(
            {
                "sequence": line.sequence,
                "at": format_instant(line.at),
                "actor": str(line.actor_id) if line.actor_id else None,
                "organisation": str(line.organisation_id) if line.organisation_id else None,
                "verb": line.verb,
                "subject_kind": line.subject_kind,
                "subject_id": line.subject_id,
                "facts": line.facts,
                "previous": line.previous_digest,
            }
        )
    )


def newest_lines(work: Work, *, before: int | None = None, limit: int = 100) -> list[AuditLine]:
    """Lines of the log, newest first; ``before``: older than that sequence."""
    query = select(AuditLine).order_by(AuditLine.sequence.desc()).limit(limit)
    return list(work.session.scalars(query.where(AuditLine.sequence < before) if before else query))
