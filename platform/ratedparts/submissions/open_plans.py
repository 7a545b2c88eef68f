"""Plans that still wait for their results."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from ratedparts.db import Work
from ratedparts.organisations.actor import Actor

from .models import Part, PlanWithdrawal, Submission, TestPlan

JUDGES = ("reviewer", "issuer", "administrator")


def open_plans_under(work: Work, actor: Actor, protocol: str) -> list[TestPlan]:
    """The plans under a version of a protocol, neither withdrawn nor with results, the oldest first.

    To an organisation its own; all of them to the authority.
    """
    answered = select(Submission.plan_id).where(Submission.state == "accepted")
    query = (
        select(TestPlan)
        .join(TestPlan.part)
        .where(
            TestPlan.protocol == protocol,
            TestPlan.id.not_in(answered),
            TestPlan.id.not_in(select(PlanWithdrawal.plan_id)),
        )
        .options(contains_eager(TestPlan.part).joinedload(Part.maker))
        .order_by(TestPlan.registered_at, TestPlan.number)
    )
    if actor.role not in JUDGES:
        mine = (Part.maker_id, TestPlan.laboratory_id)
        query = query.where(or_(*(party == actor.organisation_id for party in mine)))
    return list(work.session.scalars(query))
