"""The reviewer's: applications, everything that a judgement needs, a question, the judgement."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.db import Work
from ratedparts.evidence.advisory.shown import Looked, findings_of
from ratedparts.evidence.service import evidence_of_part, withdrawn_evidence_of_part
from ratedparts.review import lists
from ratedparts.review import service as reviews
from ratedparts.review.models import Review
from ratedparts.review.parties import parties_to
from ratedparts.review.states import STATES
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.withdrawals import withdrawn_plans

from ..conditional import entity_tag, require_match
from ..language import said
from ..requests import acting, installation, reading, working
from ..security import limiter
from .own_parts import Notice
from .paged import PageQuery, as_answer, page_of
from .shapes import TOKEN, Strict

resources = Blueprint("reviews", __name__, url_prefix="/api/v1", description="Reviewing")
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "`ETag` of what you saw",
}


class ReviewQuery(PageQuery):
    state = fields.String(load_default="waiting", validate=validate.OneOf(STATES))


class ReviewLine(Schema):
    id = fields.UUID()
    state = fields.String()
    applied_at = fields.AwareDateTime()
    part_number = fields.String()
    maker = fields.String()
    grade = fields.String()


class WithdrawnPlan(Schema):
    plan_id = fields.String()
    protocol = fields.String()
    reason = fields.String()
    withdrawn_at = fields.AwareDateTime()


class Step(Schema):
    verb = fields.String()
    organisation = fields.String()
    taken_at = fields.AwareDateTime()
    addressed_to = fields.UUID(allow_none=True)
    statement = fields.String(allow_none=True)


class Party(Schema):
    id = fields.UUID()
    name_en = fields.String()
    name_zh = fields.String()


class ReviewAnswer(ReviewLine):
    statement = fields.String(allow_none=True)
    appeal_of = fields.UUID(allow_none=True)
    grounds = fields.String(allow_none=True, metadata={"description": "of an appeal"})
    steps = fields.List(fields.Nested(Step))
    parties = fields.List(fields.Nested(Party))
    dossier = fields.Dict()
    decision = fields.Dict()
    analysis = fields.Dict()
    evidence = fields.List(fields.Dict())
    change_notices = fields.List(fields.Nested(Notice))
    withdrawn_plans = fields.List(fields.Nested(WithdrawnPlan))
    withdrawn_evidence = fields.List(
        fields.Nested(WithdrawnPlan),
        metadata={"description": "measurements that count no more, by a case of the authority's"},
    )


class Judgement(Strict):
    verdict = fields.String(required=True, validate=validate.OneOf(list(reviews.VERDICTS)))
    statement = fields.String(load_default="")
    password = fields.String(required=True, load_only=True)


class Question(Strict):
    organisation_id = fields.UUID(required=True, metadata={"description": "one of the review's `parties`"})
    question = fields.String(required=True)


@resources.get("/reviews")
@resources.doc(security=TOKEN)
@resources.arguments(ReviewQuery, location="query")
@resources.response(200, page_of(ReviewLine))
def waiting(query: dict[str, Any]) -> Any:
    """Applications in a state, newest first."""
    acting("reviewer", "issuer")
    with reading() as work:
        page = lists.page_of_reviews(work, query["state"], query["cursor"], query["limit"])
        return as_answer(page) | {"items": [_line(review) for review in page.items]}


@resources.get("/reviews/<uuid:review_id>")
@resources.doc(security=TOKEN)
@resources.response(200, ReviewAnswer)
def review(review_id: uuid.UUID) -> Any:
    """All that a judgement needs.  `ETag` goes with the judgement as `If-Match`."""
    actor = acting("reviewer", "issuer")
    with reading() as work:
        return _answer(work, lists.visible_review(work, actor, review_id))


@resources.post("/reviews/<uuid:review_id>/judgement")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Judgement)
@resources.response(200, ReviewAnswer)
@resources.alt_response(412, description="Somebody judged it meanwhile")
@limiter.limit("10/minute")
def judge(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Approve or refuse, signed with the password; kept as a signed record."""
    actor = acting("reviewer")
    with working() as work:
        require_match(review_tag(lists.held_review(work, actor, review_id)))
        return _answer(work, reviews.judge(work, actor, review_id, installation().office.records, **given))


@resources.post("/reviews/<uuid:review_id>/questions")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Question)
@resources.response(201, ReviewAnswer)
@limiter.limit("10/minute")
def ask(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Put a question to a party; the application waits for the answer."""
    actor = acting("reviewer")
    with working() as work:
        require_match(review_tag(lists.held_review(work, actor, review_id)))
        return _answer(work, reviews.ask(work, actor, review_id, **given))


def steps_told(work: Work, review_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every step of an application, as `Step` tells it."""
    named = ("verb", "taken_at", "addressed_to", "statement")
    return [
        {name: getattr(step, name) for name in named} | {"organisation": step.organisation.name_en}
        for step in lists.steps_of(work, review_id)
    ]


def review_tag(found: Review) -> str:
    return entity_tag(found.id, found.state, found.evaluation.superseded_at)


def _line(found: Review) -> dict[str, Any]:
    part = found.evaluation.part
    return {
        "id": found.id,
        "state": found.state,
        "applied_at": found.applied_at,
        "statement": found.statement,
        "appeal_of": found.appeal_of,
        "grounds": found.grounds,
        "part_number": part.part_number,
        "maker": part.maker.name_en,
        "grade": found.evaluation.grade,
    }


def _looked(looked: Looked) -> dict[str, Any]:
    """``looked_at`` is null while nobody has looked; findings are questions, and no part of the decision."""
    return {
        "looked_at": looked.look.looked_at.isoformat() if looked.look else None,
        "findings": [
            {"code": one.code, "parameters": one.parameters, "message": said(one.code, one.parameters)}
            for one in looked.findings
        ],
    }


def _answer(work: Work, found: Review) -> Any:
    told = _line(found)
    for name in ("dossier", "decision", "analysis"):
        told[name] = getattr(found.evaluation, name)
    evidence = evidence_of_part(work, found.evaluation.part_id)
    looked = findings_of(work, [one.id for one, _ in evidence])
    told["evidence"] = [
        {
            "plan_id": plan.number,
            "protocol": one.protocol,
            "digest": one.digest,
            "evidence_class": one.evidence_class,
            "started_on": one.started_on.isoformat(),
            "ended_on": one.ended_on.isoformat(),
            **_looked(looked[one.id]),
        }
        for one, plan in evidence
    ]
    told["steps"] = steps_told(work, found.id)
    told["parties"] = parties_to(work, found.evaluation)
    told["change_notices"] = change_notices_of(work, found.evaluation.part.series_id)
    told["withdrawn_plans"] = [
        {
            "plan_id": plan.number,
            "protocol": plan.protocol,
            "reason": withdrawal.reason,
            "withdrawn_at": withdrawal.withdrawn_at,
        }
        for plan, withdrawal in withdrawn_plans(work, found.evaluation.part_id)
    ]
    told["withdrawn_evidence"] = [
        {
            "plan_id": plan.number,
            "protocol": one.protocol,
            "reason": withdrawal.reason,
            "withdrawn_at": withdrawal.withdrawn_at,
        }
        for one, plan, withdrawal in withdrawn_evidence_of_part(work, found.evaluation.part_id)
    ]
    return told, {"ETag": f'"{review_tag(found)}"'}
