"""Reads a dossier's JSON: right keys, right types, every fault named at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from ratedparts.errors import Fault, RatedPartsError

from .dossier import (
    Capability,
    ChangeNotice,
    Conformity,
    Dossier,
    Granted,
    Lot,
    Part,
    Planned,
    Test,
    UnitGroup,
)
from .dossier_fields import (
    Attached,
    Choice,
    Count,
    Curves,
    Day,
    Flag,
    NotNegative,
    Number,
    Numbers,
    Positive,
    Scalars,
    Text,
)
from .failure_rate_levels import BY_CODE

SCHEMA, WITH_GRANTED = "ratedparts-dossier/1", "ratedparts-dossier/2"  # the second knows what was granted
DEFAULT_DESIGN_LIFE_HOURS = 87_600.0


def read_dossier(value: Any) -> Dossier:
    """A dossier from parsed JSON.

    Raises
    ------
    RatedPartsError
        ``dossier_refused``; each item names the path of a key, what was given and what was expected.
    """
    if not isinstance(value, dict):
        raise RatedPartsError("dossier_refused", items=[Fault("not_an_object", column="")])
    try:
        dossier: Dossier = _dossier_shape().load(value)
    except ValidationError as error:
        faults = sorted(_faults(_messages(error), value, ()), key=lambda fault: fault.column or "")
        raise RatedPartsError("dossier_refused", items=faults) from None
    return dossier


@cache
def _dossier_shape() -> Schema:
    # One for all dossiers: it keeps nothing of what it loads, and making it and its parts takes the longest.
    return _DossierShape()


def _messages(error: ValidationError) -> Any:
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}


def _faults(messages: Mapping[Any, Any] | list[Any], given: Any, path: tuple[str, ...]) -> list[Fault]:
    if isinstance(messages, Mapping):
        faults = []
        for key, inner in messages.items():
            own = key == "_schema"
            faults += _faults(inner, given if own else _child(given, key), path if own else (*path, str(key)))
        return faults
    found = []
    for message in messages:
        code, parameters = message if isinstance(message, tuple) else _code_of(str(message))
        shown = None if code == "key_missing" else _shown(given)
        found.append(Fault(code, column=".".join(path), given=shown, parameters=parameters))
    return found


def _child(given: Any, key: Any) -> Any:
    try:
        return given[key]
    except (KeyError, IndexError, TypeError):
        return None


def _shown(given: Any) -> str:
    return repr(given) if len(repr(given)) <= 80 else repr(given)[:79] + "…"


def _code_of(message: str) -> tuple[str, dict[str, Any]]:
    return {
        "Missing data for required field.": ("key_missing", {}),
        "Unknown field.": ("unknown_key", {}),
        "Field may not be null.": ("value_missing", {}),
        "Shorter than minimum length 1.": ("list_empty", {}),
    }.get(message, ("value_not_understood", {"expected": message}))


class _Shape(Schema):
    """Turns a loaded mapping into the dataclass of the same fields; a null that may be absent is absent."""

    made: type | None = None

    class Meta:
        unknown = RAISE

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Any:
        assert self.made is not None
        values.pop("schema", None)
        return self.made(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


class _UnitGroupShape(_Shape):
    made = UnitGroup
    count = Count(required=True)
    lower = NotNegative(required=True)
    upper = NotNegative(required=True, allow_none=True)
    mode = Text(allow_none=True)
    failure_analysis = Text(allow_none=True)
    removed = Text(allow_none=True)
    contact = Text(allow_none=True)
    net = Text(allow_none=True)
    connector_id = Text(allow_none=True)
    degradation = Curves()


class _LotShape(_Shape):
    made = Lot
    lot_code = Text(required=True)
    produced_on = Day(allow_none=True)
    units = fields.List(fields.Nested(_UnitGroupShape), required=True, validate=validate.Length(min=1))


class _CapabilityShape(_Shape):
    made = Capability
    lot_code = Text(required=True)
    produced_on = Day(allow_none=True)
    parameter = Text(required=True)
    unit = Text(required=True)
    n = Count(smallest=2, required=True)
    mean = Number(required=True)
    standard_deviation = Positive(required=True)
    lower_limit = Number(allow_none=True)
    upper_limit = Number(allow_none=True)
    minimum = Number(allow_none=True)
    maximum = Number(allow_none=True)
    outside_limits = Count(smallest=0, allow_none=True)
    anderson_darling_p = NotNegative(allow_none=True)
    percentiles = Numbers(length=3, allow_none=True)


class _ConformityShape(_Shape):
    made = Conformity
    plan = Text(allow_none=True)
    sampled = Count(required=True)
    nonconforming = Count(smallest=0, required=True)
    lot_size = Count(smallest=2, allow_none=True)
    level = Text(allow_none=True)
    aql = Positive(allow_none=True)


class _PlannedShape(_Shape):
    made = Planned
    lots = Count(allow_none=True)
    units_per_lot = Count(allow_none=True)
    duration = Positive(allow_none=True)
    accept = Count(smallest=0, allow_none=True)


class _TestShape(_Shape):
    made = Test
    protocol = Text(required=True)
    registered_on = Day(allow_none=True)
    started_on = Day(required=True)
    ended_on = Day(required=True)
    evidence_class = Choice("E3", "E2", "E1", "E0", required=True)
    stress = Scalars()
    lots = fields.List(fields.Nested(_LotShape))
    capability = fields.List(fields.Nested(_CapabilityShape))
    conformity = fields.Nested(_ConformityShape, allow_none=True)
    part_average_testing = Flag()
    readouts = Numbers()
    planned = fields.Nested(_PlannedShape, allow_none=True)
    screened_units = Flag()
    screen_document = Text(allow_none=True)


class _PartShape(_Shape):
    made = Part
    part_number = Text(required=True)
    maker = Text(required=True)
    family = Text(required=True)
    attributes = Scalars(required=True)
    use_condition = Text(required=True)
    design_life_hours = Positive(load_default=DEFAULT_DESIGN_LIFE_HOURS)
    screened = Flag()


class _ChangeNoticeShape(_Shape):
    made = ChangeNotice
    effective_on = Day(required=True)
    delta_qualification = Attached(load_default=False, allow_none=True)


class _GrantedShape(_Shape):
    made = Granted
    level = Choice(*BY_CODE, required=True)
    confidence = Positive(required=True)
    on = Day(required=True)
    judged_to = Day(required=True)
    lowered_on = Day(allow_none=True)
    certificate = Text(allow_none=True)


class _DossierShape(_Shape):
    made = Dossier
    schema = Choice(SCHEMA, WITH_GRANTED, required=True)
    rule_set = Text(required=True)
    evaluated_on = Day(required=True)
    part = fields.Nested(_PartShape, required=True)
    tests = fields.List(fields.Nested(_TestShape), required=True, validate=validate.Length(min=1))
    change_notices = fields.List(fields.Nested(_ChangeNoticeShape))
    granted = fields.Nested(_GrantedShape)

    @validates_schema
    def _of_its_version(self, values: dict[str, Any], **_: Any) -> None:
        if "granted" in values and values["schema"] == SCHEMA:
            raise ValidationError({"granted": ["Unknown field."]})
