"""The rules by which grades are decided, as numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.grading import GRADES, LEVELS, RULE_SETS, RuleSet, can_rate

from ..operating_curves import MULTIPLES, rate_plans, run_limit, run_plans
from ..requests import installation
from ..rule_clauses import clauses
from .protocol_shapes import UseConditionShape
from .protocols import UNCHANGED

resources = Blueprint("rule_sets", __name__, url_prefix="/api/v1", description="How grades are decided")


class TargetShape(Schema):
    grade = fields.String()
    level = fields.String()
    confidence = fields.Float()


class RunTargetShape(Schema):
    grade = fields.String()
    reliability = fields.Float(metadata={"description": "share of good units that a success run must show"})
    confidence = fields.Float()
    units = fields.Integer(metadata={"description": "that show it without a failure"})


class EnvironmentShape(Schema):
    """Without a fraction: no failure in so many units, and in so many lots of them where lots are named."""

    lots = fields.Integer(allow_none=True)
    units = fields.Integer(allow_none=True)
    failing_fraction = fields.Float(
        allow_none=True, metadata={"description": "the most that the upper bound at 90 % may be"}
    )


class GroupShape(Schema):
    group = fields.String()
    families = fields.List(fields.String())
    targets = fields.List(
        fields.Nested(TargetShape), metadata={"description": "best first; none where success runs are graded"}
    )
    run_targets = fields.List(
        fields.Nested(RunTargetShape), metadata={"description": "best first; none where rates are graded"}
    )
    minimum_units = fields.Integer()
    minimum_unit_hours = fields.Float(
        allow_none=True, metadata={"description": "null where success runs are graded"}
    )


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


class EnvironmentOfShape(Schema):
    of = fields.String(metadata={"description": "a group of families, or a protocol"})
    classes = fields.List(
        fields.Nested(EnvironmentShape), metadata={"description": "one a quality class, best first"}
    )


class RuleSetShape(Schema):
    id = fields.String()
    in_force_on = fields.Date()
    grades = fields.Constant(list(GRADES))
    use_conditions = fields.List(fields.Nested(UseConditionShape))
    groups = fields.List(fields.Nested(GroupShape))
    levels = fields.List(fields.Nested(FailureRateLevelShape))
    levels_confidences = fields.List(fields.Float())
    quality_classes = fields.List(fields.Nested(QualityClassShape))
    environment_of = fields.List(
        fields.Nested(EnvironmentOfShape),
        metadata={"description": "what environmental tests must show instead; a protocol's goes first"},
    )
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


class CodeShape(Schema):
    code = fields.String()
    title = fields.String()


class RuleShape(Schema):
    rule = fields.String(metadata={"description": "as the reasons of a decision name it"})
    title = fields.String()
    says = fields.List(fields.String(), metadata={"description": "paragraphs"})
    looked_at = fields.String()
    limit = fields.String()
    codes = fields.List(fields.Nested(CodeShape), metadata={"description": "the reason codes that it gives"})


class RatePlanShape(Schema):
    confidence = fields.Float()
    accept = fields.Integer()
    chances = fields.List(fields.Float(), metadata={"description": "of being granted the level"})
    consumers_risk = fields.Float(metadata={"description": "the chance exactly at the limit"})


class RunPlanShape(RunTargetShape):
    chances = fields.List(fields.Float(), metadata={"description": "of passing without a failure"})


class RunCharacteristicShape(Schema):
    group = fields.String()
    limit = fields.Float(metadata={"description": "share of failing units of which the multiples are taken"})
    plans = fields.List(fields.Nested(RunPlanShape))


class OperatingCharacteristicsShape(Schema):
    multiples = fields.List(
        fields.Float(), metadata={"description": "of the limit, for every list of chances"}
    )
    rates = fields.List(fields.Nested(RatePlanShape))
    runs = fields.List(fields.Nested(RunCharacteristicShape))


def _known(rule_set_id: str) -> RuleSet:
    rules = RULE_SETS.get(rule_set_id)
    if rules is None:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given=rule_set_id)
    return rules


@resources.get("/rule-sets/<rule_set_id>")
@resources.response(200, RuleSetShape)
@resources.alt_response(304, description=UNCHANGED)
def rule_set(rule_set_id: str) -> Any:
    """A rule set, such as CEG-2026.1: what each grade needs."""
    rules = _known(rule_set_id)
    stated = {name: getattr(rules, name) for name in RuleSetShape().fields if hasattr(rules, name)}
    classes = [
        asdict(one) | asdict(environment)
        for one, environment in zip(rules.quality_classes, rules.environment, strict=True)
    ]
    return stated | {
        "use_conditions": list(rules.use_conditions.values()),
        "groups": _groups(rules),
        "levels": LEVELS,
        "quality_classes": classes,
        "environment_of": [{"of": of, "classes": found} for of, found in rules.environment_of.items()],
        "evidence_caps": dict(rules.evidence_caps),
    }


def _groups(rules: RuleSet) -> list[dict[str, Any]]:
    library = installation().library
    rated = [one for one in library.families.values() if can_rate(one, library, rules)]
    return [
        {
            "group": group,
            "families": [one.code for one in rated if one.group == group],
            "targets": rules.targets.get(group, ()),
            "run_targets": run_plans(rules, group) if group in rules.run_targets else (),
            "minimum_units": rules.minimum_units_of.get(group, rules.minimum_units),
            "minimum_unit_hours": rules.minimum_unit_hours if group in rules.targets else None,
        }
        for group in (*rules.targets, *rules.run_targets)
    ]


@resources.get("/rule-sets/<rule_set_id>/rules")
@resources.response(200, RuleShape(many=True))
@resources.alt_response(304, description=UNCHANGED)
def rules_in_words(rule_set_id: str) -> Any:
    """Every rule in plain words, with its numbers, in the language that `Accept-Language` prefers."""
    return [
        {
            "rule": one.name,
            "title": one.text.title,
            "says": one.text.says,
            "looked_at": one.text.number,
            "limit": one.text.limit,
            "codes": [{"code": code, "title": title} for code, title in one.codes],
        }
        for one in clauses(_known(rule_set_id)).values()
    ]


@resources.get("/rule-sets/<rule_set_id>/operating-characteristics")
@resources.response(200, OperatingCharacteristicsShape)
@resources.alt_response(304, description=UNCHANGED)
def operating_characteristics(rule_set_id: str) -> Any:
    """How often a level or grade is granted, by how bad the parts really are, the acceleration being true."""
    rules = _known(rule_set_id)
    rates = [
        {
            "confidence": plan.confidence,
            "accept": plan.accept,
            "chances": plan.chances,
            "consumers_risk": 1.0 - confidence,
        }
        for confidence in rules.levels_confidences
        for plan in rate_plans(confidence)
    ]
    runs = [
        {"group": group, "limit": run_limit(rules, group), "plans": run_plans(rules, group)}
        for group in rules.run_targets
    ]
    return {"multiples": MULTIPLES, "rates": rates, "runs": runs}
