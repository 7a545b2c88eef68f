"""Before results are handed in: a plan's rows as the grid begins them, and a check that keeps nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.protocols import check_stream
from ratedparts.submissions import plans
from ratedparts.submissions.results import part_as_json, plan_as_json

from ..prefilled_rows import prefilled_rows, row_count
from ..requests import acting, installation, reading
from ..security import limiter
from .checks import CSV_BODY, TriedAnswer, as_answer, file_refused, seen
from .preview_shapes import preview_of
from .shapes import TOKEN

resources = Blueprint("plan_sheets", __name__, url_prefix="/api/v1", description="Before handing in")


class Sheet(Schema):
    columns = fields.List(fields.String())
    rows = fields.List(
        fields.List(fields.String()),
        allow_none=True,
        metadata={"description": "with what the plan fixes; null: more rows than a grid holds"},
    )
    rows_planned = fields.Integer()


class CheckAgainstPlanQuery(Schema):
    encoding = fields.String(load_default="utf-8")


class AgainstPlan(TriedAnswer):
    missing_units = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "planned units without any row, by lot: each counts as failed"},
    )


@resources.get("/plans/<plan_id>/sheet")
@resources.doc(security=TOKEN)
@resources.response(200, Sheet)
def sheet(plan_id: str) -> Any:
    """A row for each unit and readout of the plan, to be filled in."""
    actor = acting("laboratory")
    with reading() as work:
        plan = plans.visible_plan(work, actor, plan_id)
        plans.require_party(actor, plan)
        protocol = installation().library.protocol(plan.protocol)
        return {
            "columns": [column.name for column in protocol.columns],
            "rows": prefilled_rows(plan, protocol),
            "rows_planned": row_count(plan, protocol),
        }


@resources.post("/plans/<plan_id>/check")
@resources.doc(security=TOKEN, **CSV_BODY)
@resources.arguments(CheckAgainstPlanQuery, location="query")
@resources.response(200, AgainstPlan)
@resources.alt_response(422, description="It would be refused; `errors` names every fault")
@limiter.limit("120/minute")
def check(query: dict[str, Any], plan_id: str) -> Any:
    """What would be said of a file if it were handed in for the plan; nothing is kept."""
    actor, library = acting("laboratory"), installation().library
    with reading() as work:
        plan = plans.visible_plan(work, actor, plan_id)
        plans.require_party(actor, plan)
        protocol = library.protocol(plan.protocol)
        known_part, known_plan = part_as_json(plan), plan_as_json(work, plan)
    report = check_stream(
        BytesIO(request.get_data()),
        protocol,
        library=library,
        part=known_part,
        plan=known_plan,
        encoding=query["encoding"],
    )
    missing = dict(report.undeclared_missing)
    if not report.accepted:
        return file_refused(report, missing_units=missing)
    preview = preview_of(seen(report, protocol, None))
    return as_answer(report) | {"missing_units": missing, "preview": preview}
