"""What a maker does with an application, and what a maker or a laboratory answers to a reviewer."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.organisations.actor import not_found
from ratedparts.review import lists
from ratedparts.review import service as reviews

from ..requests import acting, reading, working
from ..security import limiter
from .own_parts import Application
from .reviews import Step, steps_told
from .shapes import TOKEN, Strict

resources = Blueprint(
    "applications", __name__, url_prefix="/api/v1", description="Applications and questions"
)


class Grounds(Strict):
    grounds = fields.String(required=True)


class AnswerToQuestion(Strict):
    statement = fields.String(required=True)


class OwnApplication(Application):
    steps = fields.List(fields.Nested(Step))
    may_appeal = fields.Boolean()


class OpenQuestion(Schema):
    review_id = fields.UUID()
    part_number = fields.String()
    maker = fields.String()
    question = fields.String()
    asked_at = fields.AwareDateTime()


@resources.get("/applications/<uuid:review_id>")
@resources.doc(security=TOKEN)
@resources.response(200, OwnApplication)
def application(review_id: uuid.UUID) -> Any:
    """An application of the maker's own, with every step."""
    actor = acting("maker")
    with reading() as work:
        found = lists.own_review(work, actor, review_id)
        told = {name: getattr(found, name) for name in ("id", "state", "applied_at", "statement")}
        may_appeal = reviews.may_appeal(work, found)
        return told | {"steps": steps_told(work, review_id), "may_appeal": may_appeal}


@resources.delete("/applications/<uuid:review_id>")
@resources.doc(security=TOKEN)
@resources.response(200, Application)
def withdraw(review_id: uuid.UUID) -> Any:
    """Take an application back; it can be made again."""
    actor = acting("maker")
    with working() as work:
        return reviews.withdraw(work, actor, review_id)


@resources.post("/applications/<uuid:review_id>/appeal")
@resources.doc(security=TOKEN)
@resources.arguments(Grounds)
@resources.response(201, Application)
def appeal(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Against a refusal, once; another reviewer judges the same evidence anew."""
    actor = acting("maker")
    with working() as work:
        return reviews.appeal(work, actor, review_id, **given)


@resources.get("/applications/<uuid:review_id>/judgement")
@resources.doc(security=TOKEN)
@resources.response(200, {"type": "object"}, content_type="application/vc")
def judgement(review_id: uuid.UUID) -> Any:
    """The judgement as it was signed."""
    actor = acting("maker")
    with reading() as work:
        record = lists.judgement_of(work, lists.own_review(work, actor, review_id).id)
    if record is None:
        raise not_found("review", review_id)
    return json.loads(record)


@resources.get("/questions")
@resources.doc(security=TOKEN)
@resources.response(200, OpenQuestion(many=True))
def questions() -> Any:
    """What the maker or the laboratory is asked and has not answered."""
    actor = acting("maker", "laboratory")
    with reading() as work:
        return [_question(*one) for one in lists.questions_for(work, actor)]


@resources.get("/questions/<uuid:review_id>")
@resources.doc(security=TOKEN)
@resources.response(200, OpenQuestion)
def question(review_id: uuid.UUID) -> Any:
    """One of the open questions."""
    actor = acting("maker", "laboratory")
    with reading() as work:
        return _question(*lists.asked_review(work, actor, review_id))


@resources.post("/questions/<uuid:review_id>/answer")
@resources.doc(security=TOKEN)
@resources.arguments(AnswerToQuestion)
@resources.response(201, Application)
@limiter.limit("10/minute")
def answer(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Answer for the organisation that was asked; the application waits for a judgement again."""
    actor = acting("maker", "laboratory")
    with working() as work:
        return reviews.answer(work, actor, review_id, **given)


def _question(review: Any, step: Any) -> dict[str, Any]:
    part = review.evaluation.part
    return {
        "review_id": review.id,
        "part_number": part.part_number,
        "maker": part.maker.name_en,
        "question": step.statement,
        "asked_at": step.taken_at,
    }
