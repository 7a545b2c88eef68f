"""Who is a party to an application: whoever is one neither judges nor issues."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.models import Organisation, Role
from ratedparts.submissions.models import Part, TestPlan


def parties_to(work: Work, evaluation: Evaluation) -> list[Organisation]:
    """The part's maker first, then the laboratories of its plans, whether or not they have reported."""
    laboratories = select(TestPlan.laboratory_id).where(TestPlan.part_id == evaluation.part_id)
    found = select(Organisation).where(Organisation.id.in_(laboratories)).order_by(Organisation.name_en)
    maker = evaluation.part.maker
    return [maker, *(one for one in work.session.scalars(found) if one.id != maker.id)]


def is_party(work: Work, actor: Actor, evaluation: Evaluation) -> bool:
    """Whether the actor's organisation is a party, or any in which the person ever held a role."""
    maker = select(Part.maker_id).where(Part.id == evaluation.part_id)
    laboratories = select(TestPlan.laboratory_id).where(TestPlan.part_id == evaluation.part_id)
    parties = work.session.scalars(maker.union(laboratories))
    return not organisations_ever(work, actor).isdisjoint(parties)


def organisations_ever(work: Work, actor: Actor) -> set[uuid.UUID]:
    held = work.session.scalars(select(Role.organisation_id).where(Role.person_id == actor.person_id))
    return {actor.organisation_id, *held}


def require_no_party(work: Work, actor: Actor, evaluation: Evaluation) -> None:
    """Raise ``conflict_of_interest`` where `is_party`."""
    if is_party(work, actor, evaluation):
        raise RatedPartsError("conflict_of_interest", kind=Kind.FORBIDDEN)
