"""The next grade of a part: of a published one for anyone, of the maker's own for the maker."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.actor import not_found
from ratedparts.submissions import parts

from ..next_grade_shown import as_json, next_grade_of
from ..public_part import public_part
from ..requests import acting, installation, reading
from .protocols import UNCHANGED
from .shapes import TOKEN

resources = Blueprint("next_grades", __name__, url_prefix="/api/v1", description="The next grade of a part")


class AllowedShape(Schema):
    failures = fields.Integer()
    units_per_lot = fields.Integer(metadata={"description": "with so many, that many may fail"})


class StepShape(Schema):
    slot = fields.String(metadata={"description": "the place of the family's mandatory tests that it fills"})
    protocol = fields.String()
    sentence = fields.String()
    lots = fields.Integer()
    units_per_lot = fields.Integer()
    units = fields.Integer()
    evidence_class = fields.String(metadata={"description": "of the laboratory, or better"})
    stress = fields.Dict()
    duration = fields.Float(allow_none=True)
    duration_unit = fields.String(allow_none=True)
    acceleration_factor = fields.Float(allow_none=True)
    acceleration_capped = fields.Boolean(metadata={"description": "a stronger stress earns nothing"})
    lot_code = fields.String(allow_none=True, metadata={"description": "the units must be of this lot"})
    cpk_at_least = fields.Float(allow_none=True)
    part_average_testing = fields.Boolean()
    screened_units = fields.Boolean()
    drift_inside_limits = fields.Boolean()
    failures_allowed = fields.List(fields.Nested(AllowedShape))


class PathShape(Schema):
    grade = fields.String()
    unit_hours = fields.Float(metadata={"description": "of chamber time; tests in cycles have none"})
    units = fields.Integer()
    starts_on = fields.String(metadata={"format": "date"})
    reached_on = fields.String(metadata={"format": "date"})
    waits = fields.Boolean(metadata={"description": "until reports that stand in the way have expired"})
    steps = fields.List(fields.Nested(StepShape))


class FurtherShape(Schema):
    confidence = fields.Float()
    decides = fields.Boolean(metadata={"description": "the grade asks for this confidence"})
    further_failures = fields.Integer()
    unit_hours = fields.Float(allow_none=True, metadata={"description": "at use; null: of a success run"})
    units = fields.Integer(allow_none=True)


class ObstacleShape(Schema):
    code = fields.String()
    rule = fields.String()
    sentence = fields.String()
    met = fields.Boolean()
    number = fields.Float(allow_none=True)
    limit = fields.Float(allow_none=True)
    margin = fields.Float(allow_none=True)
    parameters = fields.Dict()


class NextGradeShape(Schema):
    grade = fields.String(metadata={"description": "that of the day `as_of`"})
    next = fields.String(allow_none=True, metadata={"description": "the next better; null: there is none"})
    as_of = fields.String(metadata={"format": "date"})
    target = fields.String(
        allow_none=True, metadata={"description": "the level, or the share of good units, of axis R"}
    )
    further = fields.List(fields.Nested(FurtherShape), metadata={"description": "what axis R alone lacks"})
    paths = fields.List(
        fields.Nested(PathShape),
        metadata={"description": "each tried by deciding, all units good; the cheapest first"},
    )
    obstacles = fields.List(
        fields.Nested(ObstacleShape), metadata={"description": "what no further test of today cures"}
    )


@resources.get("/parts/<uuid:part_id>/next-grade")
@resources.response(200, NextGradeShape)
@resources.alt_response(304, description=UNCHANGED)
def next_grade_of_a_part(part_id: uuid.UUID) -> Any:
    """What would bring a rated part its next grade, from what its certificate's evidence shows."""
    with reading() as work:
        _, _, current, evaluation = public_part(work, part_id)
        if current is None:  # what is analysed only, or was rated once, has no next grade
            raise not_found("part", part_id)
        return _told(work, evaluation, part_id)


@resources.get("/own/parts/<uuid:part_id>/next-grade")
@resources.doc(security=TOKEN)
@resources.response(200, NextGradeShape)
def next_grade_of_an_own_part(part_id: uuid.UUID) -> Any:
    """The same of one of the maker's own parts, rated or not, from all evidence that was accepted."""
    actor = acting("maker")
    with reading() as work:
        part = parts.own_part(work, actor, part_id)
        return _told(work, current_evaluation(work, part.id), part_id)


def _told(work: Work, evaluation: Evaluation | None, part_id: uuid.UUID) -> dict[str, Any]:
    found = next_grade_of(evaluation, installation().library, day_of(work.at)) if evaluation else None
    if found is None:
        raise not_found("evaluation", part_id)
    return as_json(found)
