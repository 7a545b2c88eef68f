"""A run over the register, piece by piece: what one comes to depends on nothing but its parts."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select

from ratedparts.audit.service import record
from ratedparts.db import Database, Work
from ratedparts.errors import RatedPartsError
from ratedparts.grading import RULE_SETS, Figures, RuleSet, measure, read_dossier, read_rule_set
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.models import Part

from ..models import Evaluation, ShadowChunk, ShadowDifference, ShadowPiece, ShadowRun, ShadowRunEnd
from ..stored_figures import Key, measuring_digest, store_figures, stored_figures
from .pieces import PARTS, ask_for_pieces, cut, graded_parts, pieces_left, within
from .starting import require_this_engine
from .verdicts import ShadowVerdict, compare, not_regraded

BETWEEN_SIGNS = 20  # parts computed from evidence between two signs of life: far less than a lease lasts


@dataclass
class _Regraded:
    """What is to be kept of a piece."""

    rows: Sequence[Any]
    verdicts: list[ShadowVerdict] = field(default_factory=list)
    computed: dict[Key, Figures] = field(default_factory=dict)
    recomputed: int = 0


def regrade_register(
    database: Database,
    library: ProtocolLibrary,
    run_id: uuid.UUID,
    note: Callable[[float], None] = lambda share: None,
    parts: int = PARTS,
) -> None:
    """Do what is left of a run, here and now, piece by piece; others may do the same meanwhile.

    ``note`` is told the share that is done, 0 to 1, after every piece.

    Raises
    ------
    RatedPartsError
        ``at_the_same_moment`` where somebody else kept the same piece just then;
        ``shadow_of_another_engine`` where the program has changed since the run began.
    """
    with database.work() as work:
        cut(work, run_id, parts)
    with database.reading() as work:
        left = pieces_left(work, run_id)
    for number, place in enumerate(left, 1):
        keep = regraded_piece(database, library, run_id, place)
        with database.work() as work:
            keep(work, {})
        note(number / len(left))


def cutting_job() -> LongWork:
    """Cut the register, and ask for every piece."""

    def prepare(database: Database, parameters: Parameters, lease: Lease) -> Handler:
        run_id = uuid.UUID(parameters["run_id"])
        with database.work() as work:
            cut(work, run_id)
        ask_for_pieces(database, run_id)
        return _nothing

    return LongWork(prepare, _nothing)


def regrading_job(library: ProtocolLibrary) -> LongWork:
    """One piece: what it comes to is kept with the word that the job is done."""

    def prepare(database: Database, parameters: Parameters, lease: Lease) -> Handler:
        return regraded_piece(
            database, library, uuid.UUID(parameters["run_id"]), parameters["place"], lease.extend
        )

    return LongWork(prepare, _nothing)


def _nothing(work: Work, parameters: Parameters) -> None:
    """Nothing is left to be kept; of a run that was given up, the pieces stay to be gone on from."""


def regraded_piece(
    database: Database,
    library: ProtocolLibrary,
    run_id: uuid.UUID,
    place: int,
    alive: Callable[[], None] = lambda: None,
) -> Handler:
    """What a piece comes to, each part as it stands now: a verb that keeps it, whole or not at all.

    ``alive`` is called from time to time.
    """
    with database.reading() as work:
        if work.session.get(ShadowChunk, (run_id, place)) is not None:
            return _nothing
        run = work.session.get_one(ShadowRun, run_id)
        piece = work.session.get_one(ShadowPiece, (run_id, place))
        require_this_engine(run)
        regraded = _Shadow(library, read_rule_set(run.content, library)).regraded(work, piece, alive)

    def keep(work: Work, parameters: Parameters) -> None:
        _keep(work, run_id, place, regraded)

    return keep


@dataclass(frozen=True)
class _Shadow:
    library: ProtocolLibrary
    rule_set: RuleSet

    def regraded(self, work: Work, piece: ShadowPiece, alive: Callable[[], None]) -> _Regraded:
        """Figures are read where they are stored, else computed from evidence."""
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
            .where(*graded_parts(), *within(piece))
            .order_by(Evaluation.part_id)
        )
        found = _Regraded(work.session.execute(query).all())
        rules = {row.rule_set: RULE_SETS[row.rule_set] for row in found.rows if row.rule_set in RULE_SETS}
        ways = {name: measuring_digest(one) for name, one in rules.items()}
        own = measuring_digest(self.rule_set)
        digests = [row.dossier_digest for row in found.rows]
        known = stored_figures(work, digests, {*ways.values(), own}) if digests else {}
        for row in found.rows:
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
                if computed and found.recomputed % BETWEEN_SIGNS == 0:
                    alive()
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


def _keep(work: Work, run_id: uuid.UUID, place: int, regraded: _Regraded) -> None:
    """Nothing where another kept it meanwhile.  After the last piece the run has its end."""
    # Those who keep the last two pieces go one after the other, so that one of them sees that it is the last.
    work.session.get(ShadowRun, run_id, with_for_update={"key_share": True})
    if work.session.get(ShadowChunk, (run_id, place)) is not None:
        return
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, verdict in zip(regraded.rows, regraded.verdicts, strict=True):
        counts[row.family][verdict.direction] += 1
    pairs = zip(regraded.rows, regraded.verdicts, strict=True)
    differences = [_difference(run_id, row, one) for row, one in pairs if one.direction != "unchanged"]
    if differences:
        work.session.execute(insert(ShadowDifference), differences)
    for key, figures in regraded.computed.items():
        store_figures(work, key, figures)
    work.session.add(
        ShadowChunk(
            run_id=run_id,
            place=place,
            parts=len(regraded.rows),
            recomputed=regraded.recomputed,
            counts={family: dict(found) for family, found in sorted(counts.items())},
            finished_at=work.at,
        )
    )
    work.session.flush()
    if not pieces_left(work, run_id):
        done = select(func.sum(ShadowChunk.parts)).where(ShadowChunk.run_id == run_id)
        parts = work.session.scalar(done) or 0
        work.session.add(ShadowRunEnd(run_id=run_id, parts=parts, ended_at=work.at))
        record(work, "end_shadow_run", "shadow_run", run_id, actor_id=None, parts=parts)


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
