"""A run over the register, some parts at a time: each piece is kept before the next begins."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select

from ratedparts.audit.service import record
from ratedparts.db import Database, Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.grading import RULE_SETS, Figures, RuleSet, measure, read_dossier, read_rule_set
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.models import Part

from ..models import Evaluation, ShadowChunk, ShadowDifference, ShadowRun, ShadowRunEnd
from ..stored_figures import Key, measuring_digest, store_figures, stored_figures
from .starting import require_this_engine
from .verdicts import ShadowVerdict, compare, not_regraded

CHUNK = 1000  # parts
MOST_COMPUTED = 200  # of one piece, from evidence: far less than a lease lasts


@dataclass
class _Regraded:
    """What is to be kept of some parts; ``last``: none come after them."""

    rows: Sequence[Any]
    last: bool
    verdicts: list[ShadowVerdict] = field(default_factory=list)
    computed: dict[Key, Figures] = field(default_factory=dict)
    recomputed: int = 0


def regrade_register(
    database: Database,
    library: ProtocolLibrary,
    run_id: uuid.UUID,
    note: Callable[[float], None] = lambda share: None,
    chunk: int = CHUNK,
) -> None:
    """Do what is left of a run.  ``note`` is told the share that is done, 0 to 1, after every piece.

    Parts are taken in the order of their ids, each as it stands when its turn comes.

    Raises
    ------
    RatedPartsError
        ``shadow_run_at_work`` where somebody else is doing the same run and was first with a piece;
        ``shadow_of_another_engine`` where the program has changed since the run began.
    """
    with database.reading() as work:
        run = work.session.get_one(ShadowRun, run_id)
    require_this_engine(run)
    shadow = _Shadow(library, read_rule_set(run.content, library), run)
    while True:
        with database.reading() as work:
            if work.session.get(ShadowRunEnd, run_id) is not None:
                break
            place, last, done = _reached(work, run_id)
            regraded = shadow.regraded(work, last, chunk)
        with database.work() as work:
            done += _keep(work, run, place, done, regraded)
        note(min(done / run.parts, 1.0) if run.parts else 1.0)


def regrading_job(library: ProtocolLibrary) -> LongWork:
    """The run as a job, whose lease is held from piece to piece."""

    def prepare(database: Database, parameters: Parameters, lease: Lease) -> Handler:
        regrade_register(
            database, library, uuid.UUID(parameters["run_id"]), note=lambda _share: lease.extend()
        )
        return nothing

    def nothing(work: Work, parameters: Parameters) -> None:
        """Every piece is kept already; of a run that was given up, the pieces stay to be gone on from."""

    return LongWork(prepare, nothing)


@dataclass(frozen=True)
class _Shadow:
    library: ProtocolLibrary
    rule_set: RuleSet
    run: ShadowRun

    def regraded(self, work: Work, last: uuid.UUID | None, chunk: int) -> _Regraded:
        """The parts after ``last``: figures are read where they are stored, else computed from evidence."""
        query = (
            select(
                Evaluation.id,
                Evaluation.part_id,
                Evaluation.grade,
                Evaluation.rule_set,
                Evaluation.dossier_digest,
                Part.family,
            )
            .join(Part, Part.id == Evaluation.part_id)
            .where(Evaluation.superseded_at.is_(None), Evaluation.state == "decided")
            .order_by(Evaluation.part_id)
            .limit(chunk)
        )
        if last is not None:
            query = query.where(Evaluation.part_id > last)
        rows = work.session.execute(query).all()
        found = _Regraded(rows, last=len(rows) < chunk)
        rules = {row.rule_set: RULE_SETS[row.rule_set] for row in found.rows if row.rule_set in RULE_SETS}
        ways = {name: measuring_digest(one) for name, one in rules.items()}
        own = measuring_digest(self.rule_set)
        digests = [row.dossier_digest for row in found.rows]
        known = stored_figures(work, digests, {*ways.values(), own}) if digests else {}
        for place, row in enumerate(rows):
            if found.recomputed >= MOST_COMPUTED:
                found.rows, found.last = rows[:place], False
                break
            old = rules.get(row.rule_set)
            if old is None:
                found.verdicts.append(not_regraded("unknown_rule_set"))
                continue
            keys = (row.dossier_digest, ways[old.id]), (row.dossier_digest, own)
            missing = {
                key: one for key, one in zip(keys, (old, self.rule_set), strict=True) if key not in known
            }
            try:
                computed = self._computed(work, row.id, missing)
                found.recomputed += bool(computed)
                found.computed |= computed
                old_figures, new_figures = (computed.get(key) or known[key] for key in keys)
                verdict = compare(row.grade, old_figures, old, new_figures, self.rule_set)
            except RatedPartsError as error:
                verdict = not_regraded(error.code)
            found.verdicts.append(verdict)
        return found

    def _computed(
        self, work: Work, evaluation_id: uuid.UUID, missing: Mapping[Key, RuleSet]
    ) -> dict[Key, Figures]:
        """From the evidence as the dossier of the evaluation holds it."""
        if not missing:
            return {}
        content = work.session.scalars(select(Evaluation.dossier).where(Evaluation.id == evaluation_id)).one()
        dossier = read_dossier(content)
        return {key: measure(dossier, self.library, rule_set) for key, rule_set in missing.items()}


def _reached(work: Work, run_id: uuid.UUID) -> tuple[int, uuid.UUID | None, int]:
    """The next place, the part that was the last one, and how many parts are done."""
    query = select(func.count(), func.max(ShadowChunk.place), func.sum(ShadowChunk.parts))
    count, place, parts = work.session.execute(query.where(ShadowChunk.run_id == run_id)).one()
    if not count:
        return 0, None, 0
    return place + 1, work.session.get_one(ShadowChunk, (run_id, place)).last_part_id, parts


def _keep(work: Work, run: ShadowRun, place: int, done: int, regraded: _Regraded) -> int:
    """One piece, whole or not at all; how many parts it has.  After the last piece the run has its end."""
    if work.session.get(ShadowChunk, (run.id, place)) or work.session.get(ShadowRunEnd, run.id):
        raise RatedPartsError("shadow_run_at_work", kind=Kind.CONFLICT, number=run.number)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, verdict in zip(regraded.rows, regraded.verdicts, strict=True):
        counts[row.family][verdict.direction] += 1
    pairs = zip(regraded.rows, regraded.verdicts, strict=True)
    differences = [_difference(run.id, row, one) for row, one in pairs if one.direction != "unchanged"]
    if differences:
        work.session.execute(insert(ShadowDifference), differences)
    for key, figures in regraded.computed.items():
        store_figures(work, key, figures)
    parts = len(regraded.rows)
    if parts:
        work.session.add(
            ShadowChunk(
                run_id=run.id,
                place=place,
                last_part_id=regraded.rows[-1].part_id,
                parts=parts,
                recomputed=regraded.recomputed,
                counts={family: dict(found) for family, found in sorted(counts.items())},
                finished_at=work.at,
            )
        )
    if regraded.last:
        work.session.add(ShadowRunEnd(run_id=run.id, parts=done + parts, ended_at=work.at))
        record(work, "end_shadow_run", "shadow_run", run.id, actor_id=None, parts=done + parts)
    return parts


def _difference(run_id: uuid.UUID, row: Any, verdict: ShadowVerdict) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "part_id": row.part_id,
        "evaluation_id": row.id,
        "family": row.family,
        "old_grade": row.grade,
        "new_grade": verdict.new_grade,
        "direction": verdict.direction,
        "rules": list(verdict.rules),
        "problem": verdict.problem,
    }
