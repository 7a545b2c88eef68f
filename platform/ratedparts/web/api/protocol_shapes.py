"""The shapes of protocols and families.  A sentence is in the reader's language; titles are in both."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.protocols import Range

from ..protocol_words import unit_in_words
from ..requests import installation
from ..supposed_part import mildest


class Words(Schema):
    en = fields.String()
    zh = fields.String()


class ProtocolLine(Schema):
    name = fields.String(metadata={"description": "`ID@VERSION`: how everything else refers to it"})
    id = fields.String()
    version = fields.Integer()
    current = fields.Boolean(metadata={"description": "no later version of it is published"})
    title = fields.Nested(Words)
    summary = fields.Nested(Words)
    graded = fields.Boolean()
    metric = fields.String()
    families = fields.List(fields.String(), metadata={"description": "codes; none: any family"})
    digest = fields.String(metadata={"description": "SHA-256 of the version's file"})


class Condition(Schema):
    name = fields.String()
    title = fields.Nested(Words)
    unit = fields.String(allow_none=True)
    targets = fields.List(fields.Raw(), metadata={"description": "what is allowed; none: as the plan says"})
    tolerance_below = fields.Float()
    tolerance_above = fields.Float()
    required = fields.Boolean()
    proposed = fields.Function(
        mildest, metadata={"description": "the mildest target, taken where nothing is said"}
    )


class ReadoutsShape(Schema):
    unit = fields.String()
    at = fields.List(fields.Float())
    mandatory = fields.List(fields.Float())
    early = fields.Float()
    late = fields.Float()


class SampleShape(Schema):
    lots = fields.Integer()
    units_per_lot = fields.Integer()
    accept = fields.Integer()
    ltpd_percent = fields.Float(allow_none=True)


class ColumnShape(Schema):
    name = fields.String()
    title = fields.Nested(Words)
    type = fields.String(attribute="type.value")
    unit = fields.String(allow_none=True)
    unit_in_words = fields.Function(lambda one: unit_in_words(one.unit))
    required = fields.Boolean(metadata={"description": "false: a cell may be blank"})
    key = fields.Boolean()
    choices = fields.List(fields.String())
    minimum = fields.Float(allow_none=True)
    maximum = fields.Float(allow_none=True)
    may_be_absent = fields.Boolean()


class QuantityShape(Schema):
    name = fields.String()
    title = fields.Nested(Words)
    spellings = fields.List(fields.String())


class TermShape(Schema):
    of = fields.String(allow_none=True, metadata={"description": "`initial` or an attribute of the part"})
    times = fields.Float()
    power = fields.Float()
    plus = fields.Float()


class LimitShape(Schema):
    terms = fields.List(
        fields.Nested(TermShape), metadata={"description": "times · of ^ power + plus of each"}
    )
    take = fields.String(metadata={"description": "only, smallest or largest of the terms"})


def _applies_to(rule: Any) -> dict[str, Any]:
    return {
        name: {"above": admitted.above, "up_to": admitted.up_to}
        if isinstance(admitted, Range)
        else list(admitted)
        for name, admitted in rule.of.applies_to
    }


class RuleShape(Schema):
    sentence = fields.String()
    parts = fields.String(metadata={"description": "to which parts it applies; empty: to all"})
    applies_to = fields.Function(_applies_to, metadata={"type": "object"})
    column = fields.String(attribute="of.column")
    measure = fields.String(attribute="of.measure.value")
    comparison = fields.String(attribute="of.comparison")


class CriterionShape(RuleShape):
    mode = fields.String(attribute="of.mode")
    limit = fields.Nested(LimitShape, attribute="of.limit")


class DriftShape(RuleShape):
    threshold = fields.Nested(LimitShape, attribute="of.threshold")
    laws = fields.List(fields.String(), attribute="of.laws")
    maximum_extrapolation = fields.Float(attribute="of.maximum_extrapolation")


class ParameterShape(Schema):
    name = fields.String()
    unit = fields.String(allow_none=True)
    default = fields.Float()
    low = fields.Float()
    high = fields.Float()
    source = fields.Nested(Words)
    verified = fields.Boolean()


class ShapeRangeShape(Schema):
    low = fields.Float()
    high = fields.Float()


class AgeingShape(Schema):
    families = fields.String(metadata={"description": "empty: all"})
    model = fields.String(attribute="acceleration.model")
    model_in_words = fields.String(attribute="model")
    maximum = fields.Float(attribute="acceleration.maximum")
    parameters = fields.List(fields.Nested(ParameterShape), attribute="acceleration.parameters")
    shape = fields.Nested(ShapeRangeShape, allow_none=True)


class LevelShape(Schema):
    name = fields.String()
    percent_per_1000_hours = fields.Float()


class WeibullGradeShape(Schema):
    first = fields.Float()
    second = fields.Float()
    confidence = fields.Float()
    levels = fields.List(fields.Nested(LevelShape))
    source = fields.Nested(Words)
    verified = fields.Boolean()


class ReferenceShape(Schema):
    document = fields.String()
    clause = fields.String(allow_none=True)
    verified = fields.Boolean()


class AttributeShape(Schema):
    name = fields.String()
    title = fields.Nested(Words)
    type = fields.String(attribute="type.value")
    unit = fields.String(allow_none=True)
    required = fields.Boolean()
    choices = fields.List(fields.String())
    minimum = fields.Float(allow_none=True)
    maximum = fields.Float(allow_none=True)
    symmetric = fields.Boolean()


class UseConditionShape(Schema):
    code = fields.String()
    temperature_c = fields.Float(allow_none=True, metadata={"description": "null: the part's own rating"})
    humidity_rh = fields.Float(allow_none=True)
    voltage_ratio = fields.Float()


class AskedShape(Schema):
    use = fields.List(fields.String())
    use_conditions = fields.List(fields.Nested(UseConditionShape))
    usual_condition = fields.String()
    stress = fields.List(fields.Nested(Condition))
    attributes = fields.List(fields.Nested(AttributeShape))
    at_the_junction = fields.Boolean(metadata={"description": "the temperature at use is the junction's"})


class FamilyTitle(Schema):
    code = fields.String()
    title = fields.Nested(Words)


class FamilyShape(FamilyTitle):
    group = fields.String()
    rated = fields.Function(
        lambda one: can_rate(one, installation().library, CEG_2026_1), metadata={"type": "boolean"}
    )
    attributes = fields.List(fields.Nested(AttributeShape))
    reliability_protocol = fields.String(metadata={"description": "its id, without version"})
    mandatory = fields.List(fields.String())
    key_parameters = fields.List(fields.String())


class ProtocolAnswer(ProtocolLine):
    versions = fields.List(fields.String(), metadata={"description": "all of them, the newest first"})
    families = fields.List(fields.Nested(FamilyTitle), metadata={"description": "none: any family"})
    layout = fields.String()
    stress = fields.List(fields.Nested(Condition))
    readouts = fields.Nested(ReadoutsShape, allow_none=True)
    sample = fields.Nested(SampleShape)
    columns = fields.List(fields.Nested(ColumnShape))
    free_column_prefix = fields.String(allow_none=True)
    quantities = fields.List(fields.Nested(QuantityShape))
    failure_modes = fields.List(fields.String())
    criteria = fields.List(fields.Nested(CriterionShape))
    degradation = fields.List(fields.Nested(DriftShape))
    weibull_grade = fields.Nested(WeibullGradeShape, allow_none=True)
    ageing = fields.List(fields.Nested(AgeingShape))
    shape = fields.Nested(ShapeRangeShape, allow_none=True)
    notes = fields.List(fields.Nested(Words))
    references = fields.List(fields.Nested(ReferenceShape))
    calculator = fields.Nested(
        AskedShape, allow_none=True, metadata={"description": "null: no rule computes its acceleration"}
    )
    links = fields.Dict(keys=fields.String(), values=fields.String())


class DifferenceLine(Schema):
    subject = fields.String()
    name = fields.String()
    kind = fields.String(metadata={"description": "added, removed or changed"})
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    alike_in_words = fields.Boolean(
        metadata={"description": "what differs is not shown, such as the words in the other language"}
    )


class DifferenceAnswer(Schema):
    older = fields.String()
    newer = fields.String()
    items = fields.List(fields.Nested(DifferenceLine))
