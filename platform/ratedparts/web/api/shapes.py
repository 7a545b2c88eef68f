"""The shapes of requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

# What an operation for one's own organisation asks for, as its description says it.
TOKEN: list[dict[str, list[str]]] = [{"token": []}]


class Strict(Schema):
    """An unknown key is refused: it might be one that the sender believes in."""

    class Meta:
        unknown = RAISE


class Number(fields.Float):
    """A number of JSON; a text is none, whatever digits it has."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class FaultShape(Schema):
    row = fields.Integer(allow_none=True)
    column = fields.String(allow_none=True)
    given = fields.String(allow_none=True)
    expected = fields.String(allow_none=True)
    code = fields.String()
    message = fields.String()


class Problem(Schema):
    """RFC 9457, with a stable ``code``; ``errors`` where several things are wrong at once."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultShape))


class CheckAnswer(Schema):
    accepted = fields.Boolean()
    rows = fields.Integer()
    units = fields.Integer()
    errors = fields.List(fields.Nested(FaultShape))
    error_count = fields.Integer()
    not_checked = fields.List(fields.String())


class NewPart(Strict):
    part_number = fields.String(required=True)
    family = fields.String(required=True)
    series = fields.String(required=True, metadata={"description": "its name; registered where it is new"})
    similarity = fields.String(
        load_default="", metadata={"description": "why a new series' members are alike"}
    )
    attributes = fields.Dict(keys=fields.String(), required=True)
    limits = fields.Dict(keys=fields.String(), load_default=dict)
    use_condition = fields.String(required=True)
    design_life_hours = Number(load_default=87_600.0, allow_nan=False)
    screened = fields.Boolean(load_default=False)
    source = fields.String(load_default=None, allow_none=True)


class RegisteredPart(Schema):
    id = fields.UUID()
    part_number = fields.String()
    family = fields.String()
    series = fields.String(attribute="series.name")
    use_condition = fields.String()
    attributes = fields.Dict()
    registered_at = fields.AwareDateTime()


class PlannedLot(Strict):
    lot_code = fields.String(required=True)
    units = fields.Integer(required=True, strict=True)


class NewPlan(Strict):
    part_id = fields.UUID(required=True)
    laboratory_id = fields.UUID(required=True)
    protocol = fields.String(required=True)
    stress = fields.Dict(keys=fields.String(), load_default=dict)
    lots = fields.List(fields.Nested(PlannedLot), required=True)
    duration = Number(load_default=None, allow_none=True, allow_nan=False)
    accept = fields.Integer(load_default=0, strict=True)
    part_average_testing = fields.Boolean(load_default=False)
    screen_document = fields.String(load_default=None, allow_none=True)
    purpose = fields.String(load_default="grading", metadata={"description": "grading, maintenance, upgrade"})
    publication = fields.String(
        load_default="restricted_withheld",
        metadata={
            "description": "what a certificate's bundle holds of the measurements: restricted_withheld "
            "(all but instrument and operator) or all_columns"
        },
    )
    starts_on = fields.Date(load_default=None, allow_none=True)


class RegisteredPlan(Schema):
    id = fields.String(attribute="number")
    protocol = fields.String()
    part_id = fields.UUID()
    laboratory_id = fields.UUID()
    stress = fields.Dict()
    lots = fields.List(fields.Nested(PlannedLot))
    duration = fields.Float(allow_none=True)
    accept = fields.Integer()
    purpose = fields.String()
    publication = fields.String()
    starts_on = fields.Date(allow_none=True)
    registered_at = fields.AwareDateTime()


class Withdrawal(Strict):
    reason = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(dump_only=True)


class ResultsQuery(Schema):
    encoding = fields.String(load_default="utf-8")
    file_name = fields.String(load_default=None, validate=validate.Length(max=200))


class SubmissionAnswer(Schema):
    id = fields.String()
    plan_id = fields.String()
    state = fields.String()
    progress = fields.Float(metadata={"description": "share of the work that is done, 0 to 1"})
    rows = fields.Integer()
    units = fields.Integer()
    errors = fields.List(fields.Nested(FaultShape))
    error_count = fields.Integer()
    evidence_digest = fields.String(allow_none=True)
    analysis = fields.Dict(allow_none=True)
    decision = fields.Dict(allow_none=True)


class SubmissionLine(Schema):
    id = fields.String(attribute="number")
    state = fields.String()
    submitted_at = fields.AwareDateTime()
    file_name = fields.String()
    rows = fields.Integer()
    units = fields.Integer()
    error_count = fields.Integer(attribute="fault_count")


class PartsQuery(Schema):
    """Beside these: ``<attribute>_min`` and ``<attribute>_max`` for every numeric attribute of a family."""

    q = fields.String(metadata={"description": "Words of the part number, maker, series or family"})
    family = fields.String(metadata={"description": "May be given several times: any of them"})
    maker = fields.String(metadata={"description": "The maker's id, as the facet gives it"})
    series = fields.String()
    kind = fields.String()
    grade_at_least = fields.String()
    level_at_least = fields.String(metadata={"description": "A failure-rate level: FR6, FR7, …"})
    evidence_class = fields.String()
    quality = fields.String()
    life = fields.String()
    use_condition = fields.String()
    use = fields.String(metadata={"description": "A use condition of the rule set: UC-C, UC-I, UC-A, UC-R"})
    use_temperature_c = fields.String(metadata={"description": "With use_voltage_ratio: a use of one's own"})
    use_voltage_ratio = fields.String()
    use_hours = fields.String(metadata={"description": "How long it is to last; else each part's own life"})
    mission = fields.String(metadata={"description": "Phases: 20 % 85 °C 0.8; 80 % 40 °C 0.5"})
    use_rate_max = fields.String(metadata={"description": "Failure rate at the use in FIT, at most"})
    valid_for_days = fields.Integer(metadata={"description": "In force for so many days from now"})
    sort = fields.String(metadata={"description": "best, or a column; with - before it, descending"})
    cursor = fields.String()
    limit = fields.Integer(validate=validate.Range(1, 100), metadata={"default": 25})
    facets = fields.Integer(load_default=0, validate=validate.OneOf([0, 1]))


class UseQuery(Schema):
    """At which use, as in a search: one of the named ones, a condition, or a mission of phases."""

    use = fields.String(
        metadata={
            "example": "UC-I",
            "description": "or one of the made-up missions: office, outdoors, cabin, bonnet",
        }
    )
    use_temperature_c = fields.String(metadata={"example": "65 °C"})
    use_voltage_ratio = fields.String(metadata={"example": "0.6"})
    use_hours = fields.String()
    mission = fields.String(metadata={"example": "20 % 85 °C 0.8; 80 % 40 °C 0.5"})
    lang = fields.String(metadata={"description": "en or zh, of the sentences"})


class ComparedQuery(UseQuery):
    part = fields.String(metadata={"description": "A part's id; two to ten times"})


class FoundPart(Schema):
    """A published part, and what it shows at the use that was asked for."""

    id = fields.UUID(attribute="row.part_id")
    part_number = fields.String(attribute="row.part_number")
    maker = fields.Function(lambda found: {"en": found["row"].maker_en, "zh": found["row"].maker_zh})
    series = fields.String(attribute="row.series")
    family = fields.String(attribute="row.family")
    attributes = fields.Dict(attribute="row.attributes")
    grade = fields.String(attribute="row.grade", allow_none=True)
    vector = fields.Dict(attribute="row.vector")
    figures = fields.Dict(attribute="row.figures")
    certificate_number = fields.String(attribute="row.certificate_number", allow_none=True)
    valid_until = fields.AwareDateTime(attribute="row.valid_until", allow_none=True)
    kind = fields.String(attribute="row.kind")
    source = fields.String(attribute="row.source", allow_none=True)
    example = fields.Boolean(attribute="row.example")
    at_use = fields.Dict(allow_none=True, metadata={"description": "Bounds at the use that was asked for"})


class FoundParts(Schema):
    items = fields.List(fields.Nested(FoundPart))
    total = fields.Integer()
    next = fields.String(allow_none=True)
    nearly = fields.Boolean(metadata={"description": "Found with one letter of the text otherwise"})
    facets = fields.Dict(keys=fields.String(), values=fields.Dict(values=fields.Integer()))


class ComparedParts(Schema):
    items = fields.List(fields.Nested(FoundPart))


class CertificateAnswer(Schema):
    number = fields.String()
    status = fields.String()
    grade = fields.String()
    issued_at = fields.AwareDateTime()
    valid_from = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
    suspended_at = fields.AwareDateTime(allow_none=True)
    suspension_reason = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True, metadata={"description": "of a revocation"})
    revoked_at = fields.AwareDateTime(allow_none=True)
    invalid_since = fields.AwareDateTime(
        allow_none=True, metadata={"description": "since when nobody should have relied on it"}
    )
    revocation_reason = fields.String(allow_none=True)
    superseded_by = fields.String(allow_none=True)
    payload = fields.Dict()
    links = fields.Dict()


class PublishedKeys(Schema):
    keys = fields.List(fields.Dict())


class Verdict(Schema):
    verdict = fields.String()
    reasons = fields.List(fields.Dict())
    checks = fields.List(fields.Dict())
    certificate = fields.Dict(allow_none=True)
    status = fields.String(
        allow_none=True, metadata={"description": "as this platform's register has it now"}
    )
