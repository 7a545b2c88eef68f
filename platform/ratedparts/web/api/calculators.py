"""What can be computed before any part is tested: the acceleration of a test, and what a test would prove.

Both are asked by the names that the fields of the pages have; what is not said is as the page proposes it.
"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import INCLUDE, Schema, fields

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1
from ratedparts.protocols import Family, ProtocolLibrary

from ..acceleration_answer import Answer, answer
from ..acceleration_question import (
    EVERY_ATTRIBUTE,
    EVERY_STRESS,
    USED,
    asked_acceleration,
    read_question,
)
from ..forms import Form
from ..planned_proof import CONFIDENCES, HOURS_A_YEAR, Proven
from ..planned_run import ASKED as ASKED_OF_A_RUN
from ..planned_run import PlannedRun, read_planned_run
from ..planned_test import (
    ASKED,
    PlannedTest,
    is_run,
    read_family,
    read_planned_test,
    reliability_protocol,
)
from ..requests import installation
from .asked import asked_form, names_of, refuse_faults
from .protocol_shapes import UseConditionShape
from .protocols import UNCHANGED

resources = Blueprint(
    "calculators", __name__, url_prefix="/api/v1", description="Before a test; nothing is stored"
)


def _asked_of(names: tuple[str, ...], before: str, about: str) -> dict[str, Any]:
    return {
        f"{before}{name}": fields.String(load_default="", metadata={"description": about}) for name in names
    }


def _every(of_models: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in of_models.values() for name in names}))


class UseQuery(Schema):
    """What does not belong to the protocol is refused."""

    use_condition = fields.String(load_default="", metadata={"example": "UC-I"})


AccelerationQuery = UseQuery.from_dict(
    _asked_of(_every(USED), "use.", "your own use, in place of the use condition's")
    | _asked_of(EVERY_STRESS, "stress.", "of the test; blank: the mildest that the protocol allows")
    | _asked_of(
        EVERY_ATTRIBUTE, "attribute.", "of the part, where the model looks at it; with a unit if you like"
    ),
    name="AccelerationQuery",
)
PlannerQuery = AccelerationQuery.from_dict(
    {"family": fields.String(required=True, metadata={"example": "mlcc_class2"})}
    | _asked_of(ASKED, "", "blank: as the protocol proposes it; `hours` are those of the test"),
    name="PlannerQuery",
)


class FactorShape(Schema):
    value = fields.Float(metadata={"description": "what is credited"})
    before_cap = fields.Float()
    capped = fields.Boolean()


class CarefulEndShape(Schema):
    parameter = fields.String(attribute="parameter.name")
    unit = fields.String(attribute="parameter.unit", allow_none=True)
    used = fields.Float(attribute="parameter.default")
    value = fields.Float(metadata={"description": "the end of its range that credits the least"})
    factor = fields.Nested(FactorShape, metadata={"description": "with this parameter alone at that end"})


class AccelerationShape(Schema):
    protocol = fields.String(attribute="question.protocol.name")
    use = fields.Nested(UseConditionShape, attribute="question.use")
    stress = fields.Dict(attribute="question.test.stress")
    attributes = fields.Dict(attribute="question.part.attributes")
    used = fields.Nested(FactorShape, metadata={"description": "with the parameters that a grade uses"})
    maximum = fields.Float(metadata={"description": "more is never credited"})
    hours_at_use = fields.Float(metadata={"description": "what 1000 hours of the test are at use"})
    careful = fields.Nested(FactorShape, metadata={"description": "every parameter at its careful end"})
    careful_hours_at_use = fields.Float()
    ends = fields.List(fields.Nested(CarefulEndShape))


class PlanShape(Schema):
    lots = fields.Integer()
    units_per_lot = fields.Integer()
    units = fields.Integer()
    hours = fields.Float()
    accept = fields.Integer()
    unit_hours_at_use = fields.Float()
    large_enough = fields.Boolean(metadata={"description": "false: not rated, whatever the result"})
    minimum_units = fields.Integer()
    minimum_unit_hours_at_use = fields.Constant(CEG_2026_1.minimum_unit_hours)


class RateShape(Schema):
    confidence = fields.Float(metadata={"description": "one-sided"})
    failure_rate_per_hour = fields.Float(metadata={"description": "upper bound"})
    level = fields.String(allow_none=True)


class ProvenShape(Schema):
    failures = fields.Integer()
    accepted = fields.Boolean()
    rates = fields.List(fields.Nested(RateShape))
    grade = fields.String(metadata={"description": "the best that the failure rate allows"})
    b10_hours = fields.Float(allow_none=True, metadata={"description": "lower bound at 90 %"})
    b1_hours = fields.Float(allow_none=True)


class ChanceShape(Schema):
    probability = fields.Float(metadata={"description": "that the test is passed"})
    failure_rate_per_hour = fields.Float(attribute="rate", metadata={"description": "the true one"})


class NeededShape(Schema):
    grade = fields.String(attribute="target.grade")
    level = fields.String(attribute="target.level")
    confidence = fields.Float(attribute="target.confidence")
    unit_hours_at_use = fields.Float(attribute="unit_hours")
    units = fields.Integer(metadata={"description": "for the planned hours"})
    hours = fields.Float(metadata={"description": "for the planned units"})


class NeededForLifeShape(Schema):
    grade = fields.String()
    percent = fields.Integer(metadata={"description": "at most so many fail within the design life"})
    units = fields.Integer(allow_none=True, metadata={"description": "null: not attainable in this time"})


class SampleOfARunShape(Schema):
    lots = fields.Integer()
    units_per_lot = fields.Integer(metadata={"description": "contacts or nets"})
    units = fields.Integer()
    accept = fields.Integer()
    large_enough = fields.Boolean(metadata={"description": "false: not rated, whatever the result"})
    minimum_units = fields.Integer()


class ShareShape(Schema):
    confidence = fields.Float(metadata={"description": "one-sided, by Clopper and Pearson"})
    good_at_least = fields.Float(metadata={"description": "lower bound of the share of good units"})


class ProvenShareShape(Schema):
    failures = fields.Integer()
    accepted = fields.Boolean()
    shares = fields.List(fields.Nested(ShareShape))
    grade = fields.String(metadata={"description": "the best that the share of good units allows"})


class ShareChanceShape(Schema):
    probability = fields.Float(metadata={"description": "that the run is passed"})
    share = fields.Float(metadata={"description": "the true one of good units"})


class NeededUnitsShape(Schema):
    grade = fields.String(attribute="target.grade")
    share = fields.Float(attribute="target.reliability")
    confidence = fields.Float(attribute="target.confidence")
    units = fields.Integer()


class PlannedRunShape(Schema):
    plan = fields.Nested(SampleOfARunShape)
    proven = fields.List(fields.Nested(ProvenShareShape))
    chances = fields.List(fields.Nested(ShareChanceShape))
    needed = fields.List(fields.Nested(NeededUnitsShape))


class PlannedTestShape(Schema):
    """A family rated by a success run has ``run`` in place of all that follows it."""

    family = fields.String(attribute="family.code")
    protocol = fields.String(attribute="protocol.name")
    rule_set = fields.Constant(CEG_2026_1.id)
    run = fields.Nested(PlannedRunShape, metadata={"description": "of contacts or nets: they pass or fail"})
    plan = fields.Nested(PlanShape)
    design_life_years = fields.Float()
    acceleration = fields.Nested(AccelerationShape)
    proven = fields.List(fields.Nested(ProvenShape))
    chances = fields.List(fields.Nested(ChanceShape))
    needed = fields.List(fields.Nested(NeededShape))
    needed_for_life = fields.List(fields.Nested(NeededForLifeShape))


@resources.get("/protocols/<name>/acceleration")
@resources.arguments(AccelerationQuery, location="query", unknown=INCLUDE)
@resources.response(200, AccelerationShape)
@resources.alt_response(304, description=UNCHANGED)
def acceleration(_query: dict[str, Any], name: str) -> Answer:
    """What a test under this protocol stands for at a use; its `calculator` says what is asked."""
    library = installation().library
    protocol = library.protocol(name)
    asked = asked_acceleration(protocol, library)
    if asked is None:
        raise RatedPartsError("acceleration_not_computed", protocol=name, rule_set=CEG_2026_1.id)
    form = asked_form(names_of(asked))
    question = read_question(form, protocol, library)
    refuse_faults(form)
    assert question is not None  # else a field would have said why not
    return answer(question)


@resources.get("/planner")
@resources.arguments(PlannerQuery, location="query", unknown=INCLUDE)
@resources.response(200, PlannedTestShape)
@resources.alt_response(304, description=UNCHANGED)
def planner(query: dict[str, Any]) -> dict[str, Any]:
    """What a life test of a rated family would prove, how likely it is passed, how large it must be."""
    library = installation().library
    family = library.families.get(query["family"])
    form = _planner_form(family, library)
    rated = read_family(form, library)
    if rated is None and not form.faults:
        form.fault("missing_value", "family")
    if rated is not None and is_run(rated):
        run = read_planned_run(form, rated, library)
        refuse_faults(form)
        assert run is not None  # else a field would have said why not
        return {"family": rated, "protocol": run.protocol, "run": _told_of_a_run(run)}
    test = read_planned_test(form, rated, library) if rated else None
    refuse_faults(form)
    assert test is not None  # else a field would have said why not
    return _told(test)


def _planner_form(family: Family | None, library: ProtocolLibrary) -> Form:
    """With a fault for whatever is asked that does not belong to the family."""
    if family is None:
        return asked_form(PlannerQuery().fields)
    if is_run(family):
        return asked_form(["family", *ASKED_OF_A_RUN])
    asked = asked_acceleration(reliability_protocol(family, library), library)
    return asked_form(["family", *ASKED, *(names_of(asked) if asked else PlannerQuery().fields)])


def _told_of_a_run(run: PlannedRun) -> dict[str, Any]:
    return {
        "plan": run.plan,
        "proven": [
            {
                "failures": row.failures,
                "accepted": row.failures <= run.plan.accept,
                "shares": [
                    {"confidence": confidence, "good_at_least": one}
                    for confidence, one in zip(CONFIDENCES, row.shares, strict=True)
                ],
                "grade": row.grade,
            }
            for row in run.proven
        ],
        "chances": run.chances,
        "needed": run.needed,
    }


def _told(test: PlannedTest) -> dict[str, Any]:
    return {
        "family": test.family,
        "protocol": test.protocol,
        "plan": test.plan,
        "design_life_years": test.plan.design_life_hours / HOURS_A_YEAR,
        "acceleration": test.credited,
        "proven": [_proven(row, test.plan.accept) for row in test.proven],
        "chances": test.chances,
        "needed": test.needed,
        "needed_for_life": test.lives,
    }


def _proven(row: Proven, accept: int) -> dict[str, Any]:
    rates = [
        {"confidence": confidence, "failure_rate_per_hour": rate, "level": level and level.code}
        for confidence, rate, level in zip(CONFIDENCES, row.rates, row.levels, strict=True)
    ]
    return {
        "failures": row.failures,
        "accepted": row.failures <= accept,
        "rates": rates,
        "grade": row.grade,
        "b10_hours": row.b10,
        "b1_hours": row.b1,
    }
