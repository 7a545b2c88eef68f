"""Beginning a run, or finding the one that is to be gone on with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ratedparts.audit.service import record
from ratedparts.db import Work, public_number
from ratedparts.errors import RatedPartsError
from ratedparts.grading import read_rule_set, rule_set_as_json
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, record_by
from ratedparts.proofs import canonical_bytes, digest_of
from ratedparts.protocols import ProtocolLibrary

from ..models import Evaluation, ShadowRun, ShadowRunEnd
from ..stored_figures import engine_version
from .pieces import RUN_WANTED, graded_parts


def start_shadow_run(
    work: Work, library: ProtocolLibrary, content: Any, actor: Actor | None = None
) -> ShadowRun:
    """The run of that rule set by this engine that has not come to its end, or a new one.

    ``actor``: an administrator, or None at the command line of the installation.

    Raises
    ------
    RatedPartsError
        ``rule_set_refused`` with every fault; ``at_the_same_moment`` where another began it just now.
    """
    if actor is not None:
        actor.require("administrator")
    rule_set = read_rule_set(content, library)
    told = rule_set_as_json(rule_set)
    digest = digest_of(canonical_bytes(told))
    earlier = work.session.scalars(
        select(ShadowRun)
        .where(ShadowRun.rule_set_digest == digest, ShadowRun.engine_version == engine_version())
        .order_by(ShadowRun.attempt.desc())
        .limit(1)
    ).first()
    if earlier is not None and work.session.get(ShadowRunEnd, earlier.id) is None:
        return earlier
    run = ShadowRun(
        id=work.new_id(),
        number=public_number("SHADOW"),
        rule_set=rule_set.id,
        rule_set_digest=digest,
        content=told,
        engine_version=engine_version(),
        attempt=earlier.attempt + 1 if earlier is not None else 1,
        parts=_graded_parts(work),
        started_by=actor.person_id if actor is not None else None,
        started_at=work.at,
    )
    work.session.add(run)
    work.session.flush()
    told_of = "start_shadow_run", "shadow_run", run.id
    if actor is not None:
        record_by(work, actor, *told_of, rule_set=rule_set.id, digest=digest)
    else:
        record(work, *told_of, actor_id=None, rule_set=rule_set.id, digest=digest)
    return run


def request_shadow_run(work: Work, actor: Actor | None, library: ProtocolLibrary, content: Any) -> ShadowRun:
    """Let the workers do it; a run that is under way, or was interrupted, is gone on with."""
    run = start_shadow_run(work, library, content, actor)
    enqueue(work, RUN_WANTED, long=True, run_id=str(run.id))
    return run


def _graded_parts(work: Work) -> int:
    return work.session.scalar(select(func.count(Evaluation.id)).where(*graded_parts())) or 0


def require_this_engine(run: ShadowRun) -> None:
    """A run is of one engine: what another would go on with would not be one result."""
    if run.engine_version != engine_version():
        raise RatedPartsError("shadow_of_another_engine", number=run.number, engine=run.engine_version)
