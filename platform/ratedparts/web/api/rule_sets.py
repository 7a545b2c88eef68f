"""The rules by which grades are decided, as numbers."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.grading import GRADES, LEVELS, RULE_SETS, can_rate

from ..requests import installation
from ..revalidated import revalidated
from .protocol_shapes import UseConditionShape
from .protocols import UNCHANGED

resources = Blueprint("rule_sets", __name__, url_prefix="/api/v1", description="How grades are decided")


class TargetShape(Schema):
    grade = fields.String()
    level = fields.String()
    confidence = fields.Float()


class GroupShape(Schema):
    group = fields.String()
    families = fields.List(fields.String())
    targets = fields.List(fields.Nested(TargetShape), metadata={"description": "best first"})


class FailureRateLevelShape(Schema):
    code = fields.String()
    maximum_per_hour = fields.Float(attribute="maximum")
    name_zh = fields.String()
    gbt1772 = fields.String()
    gjb = fields.String(allow_none=True)
    mil = fields.String(allow_none=True)


class QualityClassShape(Schema):
    name = fields.String()
    cap = fields.String()
    lots = fields.Integer(allow_none=True)
    units = fields.Integer(allow_none=True)
    failing_fraction = fields.Float(allow_none=True)
    cpk = fields.Float(allow_none=True)
    cpk_lower = fields.Float(allow_none=True)
    capability_units = fields.Integer()
    capability_lots = fields.Integer()
    part_average_testing = fields.Boolean()
    conformity_ltpd = fields.Float()
    conformity_aql = fields.Float(allow_none=True)


class RuleSetShape(Schema):
    id = fields.String()
    in_force_on = fields.Date()
    grades = fields.Constant(list(GRADES))
    use_conditions = fields.List(fields.Nested(UseConditionShape))
    groups = fields.List(fields.Nested(GroupShape))
    levels = fields.List(fields.Nested(FailureRateLevelShape))
    levels_confidences = fields.List(fields.Float())
    quality_classes = fields.List(fields.Nested(QualityClassShape))
    evidence_caps = fields.Dict(keys=fields.String(), values=fields.String())
    life_confidence = fields.Float()
    half_life_share = fields.Float()
    minimum_units = fields.Integer()
    minimum_unit_hours = fields.Float()
    decreasing_rate_cap = fields.String()
    incomplete_cap = fields.String()
    life_evidence_months = fields.Integer()
    lot_evidence_months = fields.Integer()
    certificate_months = fields.Integer()


@resources.get("/rule-sets/<rule_set_id>")
@revalidated
@resources.response(200, RuleSetShape)
@resources.alt_response(304, description=UNCHANGED)
def rule_set(rule_set_id: str) -> Any:
    """A rule set, such as CEG-2026.1: what each grade needs."""
    rules = RULE_SETS.get(rule_set_id)
    if rules is None:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given=rule_set_id)
    library = installation().library
    rated = [one for one in library.families.values() if can_rate(one, library, rules)]
    groups = [
        {"group": group, "families": [one.code for one in rated if one.group == group], "targets": targets}
        for group, targets in rules.targets.items()
    ]
    stated = {name: getattr(rules, name) for name in RuleSetShape().fields if hasattr(rules, name)}
    conditions = {"use_conditions": list(rules.use_conditions.values())}
    return (
        stated | conditions | {"groups": groups, "levels": LEVELS, "evidence_caps": dict(rules.evidence_caps)}
    )
