"""Withdrawing a test plan: it stays on record with its reason, and takes no results any more."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from ratedparts.db import Work, lock
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.free_text import text_faults
from ratedparts.organisations.actor import Actor, not_found, record_by

from .models import PlanWithdrawal, Submission, TestPlan
from .plans import visible_plan

LONGEST_REASON = 1000


def withdraw_plan(work: Work, actor: Actor, number: str, *, reason: str) -> PlanWithdrawal:
    """Withdraw a plan of the maker's own.

    Raises
    ------
    RatedPartsError
        ``plan_has_results``: what was measured counts, whatever it says; ``plan_withdrawn``: it was before.
    """
    actor.require("maker")
    plan = visible_plan(work, actor, number)
    if plan.part.maker_id != actor.organisation_id:
        raise not_found("test_plan", number)
    lock(work, plan)
    require_not_withdrawn(work, plan)
    accepted = select(Submission.id).where(Submission.plan_id == plan.id, Submission.state == "accepted")
    if work.session.scalar(accepted.limit(1)) is not None:
        raise RatedPartsError("plan_has_results", kind=Kind.CONFLICT, plan=number)
    faults = text_faults("reason", reason, LONGEST_REASON)
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    withdrawal = PlanWithdrawal(
        plan_id=plan.id, reason=reason.strip(), withdrawn_by=actor.person_id, withdrawn_at=work.at
    )
    work.session.add(withdrawal)
    work.session.flush()
    record_by(work, actor, "withdraw_plan", "test_plan", plan.id, number=number, reason=reason.strip())
    return withdrawal


def require_not_withdrawn(work: Work, plan: TestPlan) -> None:
    if work.session.get(PlanWithdrawal, plan.id) is not None:
        raise RatedPartsError("plan_withdrawn", kind=Kind.CONFLICT, plan=plan.number)


def withdrawals_of(work: Work, plan_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PlanWithdrawal]:
    """Which of the plans were withdrawn."""
    query = select(PlanWithdrawal).where(PlanWithdrawal.plan_id.in_(list(plan_ids)))
    return {one.plan_id: one for one in work.session.scalars(query)}


def withdrawn_plans(work: Work, part_id: uuid.UUID) -> list[tuple[TestPlan, PlanWithdrawal]]:
    """The plans for a part that were taken back, the oldest first."""
    query = (
        select(TestPlan, PlanWithdrawal)
        .join(PlanWithdrawal, PlanWithdrawal.plan_id == TestPlan.id)
        .where(TestPlan.part_id == part_id)
        .order_by(PlanWithdrawal.withdrawn_at)
    )
    return [(plan, withdrawal) for plan, withdrawal in work.session.execute(query)]
