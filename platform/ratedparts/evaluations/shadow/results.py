"""What a run has found so far."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ratedparts.db import Page, Work, newest_first
from ratedparts.organisations.actor import not_found

from ..models import ShadowChunk, ShadowRun, ShadowRunEnd

RUNS = 25
Counts = Mapping[str, Mapping[str, int]]  # family → direction → parts


@dataclass(frozen=True)
class ShadowProgress:
    """``ended_at`` None: under way, or interrupted since ``last_at``."""

    done: int
    parts: int
    recomputed: int
    last_at: datetime
    ended_at: datetime | None

    @property
    def share(self) -> float:
        if self.ended_at is not None:
            return 1.0
        return min(self.done / self.parts, 1.0) if self.parts else 0.0


def shadow_runs(work: Work, cursor: str | None = None, limit: int = RUNS) -> Page[ShadowRun]:
    return newest_first(work, select(ShadowRun), ShadowRun.id, cursor, limit)


def shadow_run(work: Work, number: str) -> ShadowRun:
    """Raises ``not_found``."""
    run = work.session.scalars(select(ShadowRun).where(ShadowRun.number == number)).first()
    if run is None:
        raise not_found("shadow_run", number)
    return run


def progress_of(work: Work, run: ShadowRun) -> ShadowProgress:
    query = select(
        func.coalesce(func.sum(ShadowChunk.parts), 0),
        func.coalesce(func.sum(ShadowChunk.recomputed), 0),
        func.max(ShadowChunk.finished_at),
    ).where(ShadowChunk.run_id == run.id)
    done, recomputed, last_at = work.session.execute(query).one()
    end = work.session.get(ShadowRunEnd, run.id)
    ended_at = end.ended_at if end is not None else None
    parts = end.parts if end is not None else run.parts
    return ShadowProgress(done, parts, recomputed, last_at or run.started_at, ended_at)


def counts_of(work: Work, run_id: uuid.UUID) -> Counts:
    """By family and direction, over all pieces."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for counts in work.session.scalars(select(ShadowChunk.counts).where(ShadowChunk.run_id == run_id)):
        for family, found in counts.items():
            totals[family].update(found)
    return {family: dict(found) for family, found in sorted(totals.items())}
