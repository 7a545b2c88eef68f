"""The authority's second and third person: reviews, their judgement, issuing and revoking."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.certificates import standing
from ratedparts.db import Work
from ratedparts.evidence.advisory.shown import Looked, findings_of
from ratedparts.evidence.service import evidence_of_part
from ratedparts.review import service as reviews
from ratedparts.review.models import Review
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.withdrawals import withdrawn_plans

from ..conditional import entity_tag, require_match
from ..language import said
from ..requests import acting, installation, reading, working
from ..security import limiter
from .own_parts import Notice
from .paged import PageQuery, as_answer, page_of
from .shapes import Strict

resources = Blueprint("reviews", __name__, url_prefix="/api/v1", description="Reviewing and issuing")
TOKEN: list[dict[str, list[str]]] = [{"token": []}]
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "`ETag` of what you saw",
}


class ReviewQuery(PageQuery):
    state = fields.String(
        load_default="waiting", validate=validate.OneOf(["waiting", "approved", "refused", "returned"])
    )


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


class ReviewAnswer(ReviewLine):
    statement = fields.String(allow_none=True)
    dossier = fields.Dict()
    decision = fields.Dict()
    analysis = fields.Dict()
    evidence = fields.List(fields.Dict())
    change_notices = fields.List(fields.Nested(Notice))
    withdrawn_plans = fields.List(fields.Nested(WithdrawnPlan))


class Judgement(Strict):
    verdict = fields.String(required=True, validate=validate.OneOf(reviews.VERDICTS))
    statement = fields.String(load_default="")
    password = fields.String(required=True, load_only=True)


class Signature(Strict):
    password = fields.String(required=True, load_only=True)


class Revocation(Signature):
    reason = fields.String(required=True)


class CertificateLine(Schema):
    number = fields.String()
    status = fields.String()
    grade = fields.String()
    part_number = fields.String()
    issued_at = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
    review_id = fields.UUID()


class Issued(Schema):
    number = fields.String()
    grade = fields.String()
    valid_until = fields.AwareDateTime()


@resources.get("/reviews")
@resources.doc(security=TOKEN)
@resources.arguments(ReviewQuery, location="query")
@resources.response(200, page_of(ReviewLine))
def waiting(query: dict[str, Any]) -> Any:
    """Applications in a state, newest first."""
    acting("reviewer", "issuer")
    with reading() as work:
        page = reviews.page_of_reviews(work, query["state"], query["cursor"], query["limit"])
        return as_answer(page) | {"items": [_line(review) for review in page.items]}


@resources.get("/certificates")
@resources.doc(security=TOKEN)
@resources.response(200, CertificateLine(many=True))
def issued() -> Any:
    """Every certificate with its status now, newest first."""
    acting("issuer")
    with reading() as work:
        return [
            {
                "number": one.number,
                "status": standing.status_at(one, work.at),
                "grade": one.grade,
                "part_number": one.part.part_number,
                "issued_at": one.issued_at,
                "valid_until": one.valid_until,
                "review_id": one.intent.review_id,
            }
            for one in standing.all_certificates(work)
        ]


@resources.get("/reviews/<uuid:review_id>")
@resources.doc(security=TOKEN)
@resources.response(200, ReviewAnswer)
def review(review_id: uuid.UUID) -> Any:
    """All that a judgement needs.  `ETag` goes with the judgement as `If-Match`."""
    actor = acting("reviewer", "issuer")
    with reading() as work:
        return _answer(work, reviews.visible_review(work, actor, review_id))


@resources.post("/reviews/<uuid:review_id>/judgement")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Judgement)
@resources.response(200, ReviewAnswer)
@resources.alt_response(412, description="Somebody judged it meanwhile")
@limiter.limit("10/minute")
def judge(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Approve, refuse, or send back with a question; signed with the password."""
    actor = acting("reviewer")
    with working() as work:
        require_match(_tag(reviews.held_review(work, actor, review_id)))
        return _answer(work, reviews.judge(work, actor, review_id, **given))


@resources.post("/reviews/<uuid:review_id>/certificate")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Signature)
@resources.response(201, Issued)
@limiter.limit("10/minute")
def issue(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Issue the certificate of an approved review.  Sent again, it answers with the same certificate."""
    actor = acting("issuer")
    office = installation().office
    with working() as work:
        require_match(_tag(reviews.held_review(work, actor, review_id)))
        intent = office.intend(work, actor, review_id, given["password"])
    with working() as work:
        return office.sign_and_record(work, actor, intent.id)


@resources.post("/certificates/<number>/revocation")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Revocation)
@resources.response(200, Issued)
@limiter.limit("10/minute")
def revoke(given: dict[str, Any], number: str) -> Any:
    """Take a certificate back for good; the `ETag` is that of `GET /certificates/{number}`."""
    actor = acting("issuer")
    with working() as work:
        found = standing.held_certificate(work, number)
        require_match(entity_tag(number, standing.status_at(found, work.at)))
        return standing.revoke(work, actor, installation().log, number, **given)


def _tag(found: Review) -> str:
    return entity_tag(found.id, found.state, found.evaluation.superseded_at)


def _line(found: Review) -> dict[str, Any]:
    part = found.evaluation.part
    return {
        "id": found.id,
        "state": found.state,
        "applied_at": found.applied_at,
        "statement": found.statement,
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
    return told, {"ETag": f'"{_tag(found)}"'}
