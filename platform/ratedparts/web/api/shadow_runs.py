"""Shadow runs: what another rule set would make of the register."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.catalogue.shadow_publication import NamedDifference, named_differences
from ratedparts.evaluations.shadow import results
from ratedparts.evaluations.shadow.starting import request_shadow_run
from ratedparts.evaluations.shadow.verdicts import DIRECTIONS

from ..requests import acting, installation, reading, working
from ..security import limiter
from ..shadow_shown import shown_run
from .paged import PageQuery, page_of
from .shapes import TOKEN, Strict

resources = Blueprint("shadow_runs", __name__, url_prefix="/api/v1", description="How grades are decided")


class NewShadowRun(Strict):
    rule_set = fields.Dict(
        required=True, metadata={"description": "the whole of it, as `content` of a run shows one"}
    )


class ShadowRunLine(Schema):
    number = fields.String(attribute="run.number")
    rule_set = fields.String(attribute="run.rule_set")
    rule_set_digest = fields.String(attribute="run.rule_set_digest")
    engine_version = fields.String(attribute="run.engine_version")
    started_at = fields.AwareDateTime(attribute="run.started_at")
    ended_at = fields.AwareDateTime(
        attribute="progress.ended_at", allow_none=True, metadata={"description": "null: under way"}
    )
    progress = fields.Float(attribute="progress.share", metadata={"description": "0 to 1"})
    parts = fields.Integer(attribute="progress.parts", metadata={"description": "graded, all of them"})
    totals = fields.Dict(
        keys=fields.String(validate=validate.OneOf(DIRECTIONS)),
        values=fields.Integer(),
        metadata={"description": "parts by direction"},
    )
    unnamed = fields.Integer(metadata={"description": "parts that differ and whose grade is not public"})


class ChangedLimitShape(Schema):
    path = fields.String()
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)


class ShadowRunShape(ShadowRunLine):
    recomputed = fields.Integer(
        attribute="progress.recomputed", metadata={"description": "parts without stored figures"}
    )
    families = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer())
    )
    compared_with = fields.String()
    limits = fields.List(
        fields.Nested(ChangedLimitShape), metadata={"description": "entries that differ from that rule set"}
    )
    content = fields.Dict(attribute="run.content", metadata={"description": "the whole rule set"})


class DifferenceQuery(PageQuery):
    direction = fields.String(load_default=None, validate=validate.OneOf(DIRECTIONS))
    family = fields.String(load_default=None)


class ChangedRule(Schema):
    """A reason of the decision as it is, and of what it would be; null: there is no such reason."""

    rule = fields.String()
    code = fields.String()
    about = fields.Dict()
    old = fields.Dict(allow_none=True)
    new = fields.Dict(allow_none=True)


class ShadowDifferenceLine(Schema):
    part_id = fields.UUID()
    part_number = fields.String()
    maker_en = fields.String()
    maker_zh = fields.String()
    family = fields.String()
    old_grade = fields.String()
    new_grade = fields.String(allow_none=True, metadata={"description": "null: could not be regraded"})
    direction = fields.String(validate=validate.OneOf(DIRECTIONS))
    problem = fields.String(allow_none=True, metadata={"description": "the code of what kept it from that"})
    rules = fields.List(fields.Nested(ChangedRule))


@resources.get("/shadow-runs")
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(ShadowRunLine))
def shadow_runs(query: dict[str, Any]) -> Any:
    """Runs of other rule sets over the register, the newest first."""
    with reading() as work:
        page = results.shadow_runs(work, **query)
        return {"items": [shown_run(work, run) for run in page.items], "next": page.next_cursor}


@resources.post("/shadow-runs")
@resources.doc(security=TOKEN)
@resources.arguments(NewShadowRun)
@resources.response(202, ShadowRunShape)
@limiter.limit("10/minute")
def new_shadow_run(new: dict[str, Any]) -> Any:
    """Run a rule set over the register; a run of it that was interrupted goes on.  No grade is changed."""
    actor = acting("administrator")
    with working() as work:
        return shown_run(work, request_shadow_run(work, actor, installation().library, new["rule_set"]))


@resources.get("/shadow-runs/<number>")
@resources.response(200, ShadowRunShape)
def shadow_run(number: str) -> Any:
    """A run: its counts, and what its rule set says otherwise."""
    with reading() as work:
        return shown_run(work, results.shadow_run(work, number))


@resources.get("/shadow-runs/<number>/differences")
@resources.arguments(DifferenceQuery, location="query")
@resources.response(200, page_of(ShadowDifferenceLine))
def shadow_differences(query: dict[str, Any], number: str) -> Any:
    """The parts that would differ, each with its rules; only those whose grade is public."""
    with reading() as work:
        run = results.shadow_run(work, number)
        page = named_differences(work, run.id, **query)
        return {"items": [_line(one) for one in page.items], "next": page.next_cursor}


def _line(one: NamedDifference) -> dict[str, Any]:
    part, difference = one.part, one.difference
    stated = ("part_id", "family", "old_grade", "new_grade", "direction", "problem", "rules")
    return {name: getattr(difference, name) for name in stated} | {
        name: getattr(part, name) for name in ("part_number", "maker_en", "maker_zh")
    }
