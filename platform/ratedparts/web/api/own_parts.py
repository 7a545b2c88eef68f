"""The maker's own: series, parts, why a grade, applying for a certificate."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.certificates.granted_level import upkeep
from ratedparts.certificates.standing import certificates_of_part, status_at
from ratedparts.db import Work
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.actor import Actor
from ratedparts.review import service as reviews
from ratedparts.review.lists import reviews_of_part
from ratedparts.submissions import parts, plans
from ratedparts.submissions.change_notices import change_notices_of, register_change_notice
from ratedparts.submissions.withdrawals import withdrawals_of

from ..requests import acting, installation, reading, working
from .paged import PageQuery, as_answer, page_of
from .shapes import TOKEN, RegisteredPart, RegisteredPlan, Strict, Withdrawal

resources = Blueprint("own_parts", __name__, url_prefix="/api/v1", description="A maker's own parts")
PLAN = tuple(one.attribute or name for name, one in RegisteredPlan().fields.items())


class NewSeries(Strict):
    family = fields.String(required=True)
    name = fields.String(required=True)
    similarity = fields.String(required=True, metadata={"description": "why its members are alike"})


class RegisteredSeries(Schema):
    id = fields.UUID()
    family = fields.String()
    name = fields.String()
    similarity = fields.String()
    registered_at = fields.AwareDateTime()


class NewNotice(Strict):
    effective_on = fields.Date(required=True)
    change = fields.String(required=True)
    delta_qualification = fields.String(load_default=None, allow_none=True)


class Notice(NewNotice):
    id = fields.UUID()
    registered_at = fields.AwareDateTime()


class Application(Schema):
    id = fields.UUID()
    state = fields.String()
    applied_at = fields.AwareDateTime()
    statement = fields.String(allow_none=True)


class OwnCertificate(Schema):
    number = fields.String()
    grade = fields.String()
    status = fields.String()


class OwnPlan(RegisteredPlan):
    withdrawal = fields.Nested(Withdrawal, allow_none=True)


class KeptLevel(Schema):
    level = fields.String(metadata={"description": "that the last certificate bears"})
    confidence = fields.Float()
    ends_on = fields.Date(metadata={"description": "the last day of the running period"})
    failures = fields.Integer(metadata={"description": "of tests that ended in it"})
    unit_hours = fields.Float(metadata={"description": "at the use condition, of the same"})
    missing_unit_hours = fields.Float(metadata={"description": "for the level to be kept"})


class OwnPart(RegisteredPart):
    plans = fields.List(fields.Nested(OwnPlan))
    grade = fields.String(allow_none=True)
    decision = fields.Dict(allow_none=True, metadata={"description": "every rule, met or not"})
    analysis = fields.Dict(allow_none=True)
    upkeep = fields.Nested(KeptLevel, allow_none=True)
    certificates = fields.List(fields.Nested(OwnCertificate))
    applications = fields.List(fields.Nested(Application))


@resources.get("/series")
@resources.doc(security=TOKEN)
@resources.response(200, RegisteredSeries(many=True))
def series() -> Any:
    """The maker's series."""
    actor = acting("maker")
    with reading() as work:
        return parts.series_of(work, actor)


@resources.post("/series")
@resources.doc(security=TOKEN)
@resources.arguments(NewSeries)
@resources.response(201, RegisteredSeries)
def new_series(new: dict[str, Any]) -> Any:
    """Register parts that are alike: one body of evidence speaks for all of them."""
    actor = acting("maker")
    with working() as work:
        return parts.register_series(work, actor, installation().library, **new)


@resources.get("/series/<uuid:series_id>/change-notices")
@resources.doc(security=TOKEN)
@resources.response(200, Notice(many=True))
def notices(series_id: uuid.UUID) -> Any:
    """What was changed in a series, and since when."""
    actor = acting("maker")
    with reading() as work:
        return change_notices_of(work, parts.own_series(work, actor, series_id).id)


@resources.post("/series/<uuid:series_id>/change-notices")
@resources.doc(security=TOKEN)
@resources.arguments(NewNotice)
@resources.response(201, Notice)
def new_notice(new: dict[str, Any], series_id: uuid.UUID) -> Any:
    """Tell of a change; tests that began before it count no more, unless a delta qualification is named."""
    actor = acting("maker")
    with working() as work:
        return register_change_notice(work, actor, series_id=series_id, **new)


@resources.get("/own/parts")
@resources.doc(security=TOKEN)
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(RegisteredPart))
def own_parts(query: dict[str, Any]) -> Any:
    """The maker's parts, newest first, published or not."""
    actor = acting("maker")
    with reading() as work:
        page = parts.page_of_parts(work, actor, query["cursor"], query["limit"])
        for part in page.items:
            assert part.series is not None  # read before the unit of work ends
        return as_answer(page)


@resources.get("/own/parts/<uuid:part_id>")
@resources.doc(security=TOKEN)
@resources.response(200, OwnPart)
def own_part(part_id: uuid.UUID) -> Any:
    """One of the maker's parts, with its plans and why it has its grade."""
    actor = acting("maker")
    with reading() as work:
        return _answer(work, actor, part_id)


@resources.post("/own/parts/<uuid:part_id>/applications")
@resources.doc(security=TOKEN)
@resources.response(201, Application)
def apply(part_id: uuid.UUID) -> Any:
    """Ask for a certificate on what the evidence supports now."""
    actor = acting("maker")
    with working() as work:
        return reviews.apply(work, actor, part_id)


def _answer(work: Work, actor: Actor, part_id: uuid.UUID) -> dict[str, Any]:
    part = parts.own_part(work, actor, part_id)
    evaluation = current_evaluation(work, part_id)
    part_plans = plans.plans_of_part(work, part_id)
    withdrawn = withdrawals_of(work, [plan.id for plan in part_plans])
    told = {
        name: getattr(part, name)
        for name in ("id", "part_number", "family", "series", "use_condition", "attributes", "registered_at")
    }
    return {
        **told,
        "plans": [
            {name: getattr(plan, name) for name in PLAN} | {"withdrawal": withdrawn.get(plan.id)}
            for plan in part_plans
        ],
        "grade": evaluation.grade if evaluation else None,
        "decision": evaluation.decision if evaluation else None,
        "analysis": evaluation.analysis if evaluation else None,
        "upkeep": upkeep(work, installation().library, part),
        "certificates": [
            {"number": one.number, "grade": one.grade, "status": status_at(one, work.at)}
            for one in certificates_of_part(work, part_id)
        ],
        "applications": reviews_of_part(work, part_id),
    }
