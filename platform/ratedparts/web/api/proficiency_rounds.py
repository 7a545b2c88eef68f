"""Proficiency rounds of laboratories."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.organisations.proficiency import service
from ratedparts.organisations.proficiency.entered import MOST_RESULTS, GivenResult
from ratedparts.organisations.proficiency.models import ASSIGNED_BY

from ..requests import acting, reading, working
from ..shown_round import ShownRound, ShownScore, protocol_ids, shown_round
from .paged import PageQuery, page_of
from .shapes import TOKEN, Number, Strict

resources = Blueprint("proficiency", __name__, url_prefix="/api/v1", description="Laboratories")


class NewResult(Strict):
    laboratory = fields.String(required=True, metadata={"description": "its id, or its name"})
    value = fields.String(required=True, metadata={"description": "as it was reported; kept to the letter"})
    expanded_uncertainty = fields.String(required=True, metadata={"description": "k = 2"})


class NewRound(Strict):
    measurand = fields.String(required=True)
    protocol_id = fields.String(load_default=None, allow_none=True)
    unit = fields.String(required=True)
    assigned_by = fields.String(required=True, validate=validate.OneOf(ASSIGNED_BY))
    reference_value = Number(load_default=None, allow_none=True, allow_nan=False)
    reference_expanded = Number(load_default=None, allow_none=True, allow_nan=False)
    sigma_pt = Number(required=True, allow_nan=False)
    held_on = fields.Date(required=True)
    by_name = fields.Boolean(load_default=False)
    supersedes = fields.String(load_default=None, allow_none=True)
    results = fields.List(
        fields.Nested(NewResult), required=True, validate=validate.Length(min=1, max=MOST_RESULTS)
    )


class ScoreLine(Schema):
    laboratory = fields.String(metadata={"description": "its name, or its code in this round"})
    mine = fields.Boolean(metadata={"description": "of the laboratory whose token this is"})
    value = fields.String()
    expanded_uncertainty = fields.String()
    difference = fields.Float()
    z = fields.Float()
    e_n = fields.Float()
    z_verdict = fields.String()
    e_n_verdict = fields.String()


class RoundShape(Schema):
    number = fields.String()
    measurand = fields.String()
    protocol_id = fields.String(allow_none=True)
    unit = fields.String()
    assigned_by = fields.String()
    assigned_value = fields.Float()
    assigned_expanded = fields.Float(metadata={"description": "k = 2"})
    robust_spread = fields.Float(allow_none=True)
    sigma_pt = fields.Float()
    primed = fields.Boolean(
        metadata={"description": "z is z', which counts the assigned value's uncertainty"}
    )
    held_on = fields.Date()
    by_name = fields.Boolean()
    published_at = fields.AwareDateTime()
    supersedes = fields.String(allow_none=True)
    superseded_by = fields.String(allow_none=True)
    scores = fields.List(fields.Nested(ScoreLine))


@resources.get("/proficiency-rounds")
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(RoundShape))
def proficiency_rounds(query: dict[str, Any]) -> Any:
    """Every round with its scores, the newest first."""
    with reading() as work:
        page = service.page_of_rounds(work, **query)
        return {"items": [_told(shown_round(work, one)) for one in page.items], "next": page.next_cursor}


@resources.get("/proficiency-rounds/<number>")
@resources.response(200, RoundShape)
def proficiency_round(number: str) -> Any:
    """A round.  With a laboratory's token, its own line is marked."""
    with reading() as work:
        return _told(shown_round(work, service.round_by_number(work, number)))


@resources.get("/own/proficiency-rounds")
@resources.doc(security=TOKEN)
@resources.response(200, RoundShape(many=True))
def own_proficiency_rounds() -> Any:
    """The rounds in which one's own laboratory took part."""
    actor = acting("laboratory")
    with reading() as work:
        return [_told(shown_round(work, one)) for one, _ in service.own_rounds(work, actor)]


@resources.post("/proficiency-rounds")
@resources.doc(security=TOKEN)
@resources.arguments(NewRound)
@resources.response(201, RoundShape)
def new_proficiency_round(new: dict[str, Any]) -> Any:
    """Publish a round with its results.  It is never changed; a correction supersedes it."""
    actor = acting("administrator")
    results = [GivenResult(**one) for one in new.pop("results")]
    with working() as work:
        round_ = service.publish_round(work, actor, results=results, known_protocols=protocol_ids(), **new)
        return _told(shown_round(work, round_))


def _told(shown: ShownRound) -> dict[str, Any]:
    round_, assigned = shown.round, shown.scored.assigned
    stated = (
        *("number", "measurand", "protocol_id", "unit", "assigned_by", "sigma_pt", "held_on", "by_name"),
        "published_at",
    )
    return {name: getattr(round_, name) for name in stated} | {
        "assigned_value": assigned.value,
        "assigned_expanded": assigned.expanded,
        "robust_spread": assigned.spread,
        "primed": shown.scored.primed,
        "supersedes": round_.supersedes.number if round_.supersedes else None,
        "superseded_by": shown.superseded_by,
        "scores": [_line(one) for one in shown.lines],
    }


def _line(one: ShownScore) -> dict[str, Any]:
    score = one.score
    return {
        "laboratory": one.label,
        "mine": one.mine,
        "value": score.result.value_given,
        "expanded_uncertainty": score.result.expanded_given,
        **{name: getattr(score, name) for name in ("difference", "z", "e_n", "z_verdict", "e_n_verdict")},
    }
