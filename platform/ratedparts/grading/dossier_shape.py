"""Reads a dossier's JSON: right keys, right types, every fault named at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
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
from .failure_rate_levels import BY_CODE

SCHEMA, WITH_GRANTED = "ratedparts-dossier/1", "ratedparts-dossier/2"  # the second knows what was granted
DEFAULT_DESIGN_LIFE_HOURS = 87_600.0
# No time, limit or measured value of a component lies outside; beyond, a figure would overflow.
SMALLEST, LARGEST = 1e-12, 1e15
YEARS = (1900, 2200)


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


class _Refusal(ValidationError):
    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__([(code, parameters)])


class _Number(fields.Field[float]):
    """A finite JSON number; true is not one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Refusal("value_type", expected="number")
        if isinstance(value, float) and not math.isfinite(value):
            raise _Refusal("not_finite")
        if value != 0 and not SMALLEST <= abs(value) <= LARGEST:
            raise _Refusal("magnitude", smallest=SMALLEST, largest=LARGEST)
        return float(value)


class _NotNegative(_Number):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(value, attr, data, **kwargs)
        if number < 0:
            raise _Refusal("number_negative")
        return number


class _Positive(_Number):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(value, attr, data, **kwargs)
        if number <= 0:
            raise _Refusal("number_not_positive")
        return number


class _Count(fields.Field[int]):
    """A whole number, at least ``smallest``; 3.0 is one, true is not."""

    def __init__(self, smallest: int = 1, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.smallest = smallest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Refusal("value_type", expected="whole_number")
        if isinstance(value, float) and not value.is_integer():
            raise _Refusal("count_out_of_range", smallest=self.smallest)
        if not self.smallest <= value < 2**31:
            raise _Refusal("count_out_of_range", smallest=self.smallest)
        return int(value)


class _Text(fields.Field[str]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise _Refusal("value_type", expected="text")
        if not value.strip() or len(value) > 500:
            raise _Refusal("text_length", longest=500)
        return value


class _Flag(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise _Refusal("value_type", expected="true_or_false")
        return value


class _Attached(fields.Field[bool]):
    """Whether a document is attached: true or false, or the document's own name."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise _Refusal("value_type", expected="true_or_false")
        return value if isinstance(value, bool) else bool(value.strip())


class _Day(fields.Field[date]):
    """An ISO 8601 calendar date, ``2026-11-22`` and no other spelling."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            if not isinstance(value, str) or value.count("-") != 2 or len(value) != 10 or "W" in value:
                raise ValueError(value)
            day = date.fromisoformat(value)
            if not YEARS[0] <= day.year <= YEARS[1]:
                raise ValueError(value)
            return day
        except ValueError:
            raise _Refusal("date_format", expected="2026-11-22") from None


class _Choice(_Text):
    def __init__(self, *choices: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            raise _Refusal("not_a_choice", expected=list(self.choices))
        return text


class _Scalars(fields.Field[Mapping[str, Any]]):
    """An object of text, numbers and flags."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise _Refusal("value_type", expected="object")
        for key, scalar in value.items():
            finite = not isinstance(scalar, float) or math.isfinite(scalar)
            if not (isinstance(scalar, str | int | float | bool) and finite):
                raise ValidationError({key: [("value_type", {"expected": "scalar"})]})
        return {
            k: float(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in value.items()
        }


class _Numbers(fields.Field[tuple[float, ...]]):
    def __init__(self, length: int | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.length = length

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[float, ...]:
        number = _Number()
        if not isinstance(value, list) or (self.length is not None and len(value) != self.length):
            raise _Refusal(
                "value_type", expected="numbers" if self.length is None else f"{self.length} numbers"
            )
        return tuple(number._deserialize(entry, attr, data) for entry in value)


class _Curves(fields.Field[tuple[Any, ...]]):
    """Degradation: for each unit of the group a list of [time, value] pairs; one bare list means one unit."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[Any, ...]:
        pair = _Numbers(length=2)
        if not isinstance(value, list) or not value or not isinstance(value[0], list) or not value[0]:
            raise _Refusal("value_type", expected="pairs")
        curves = value if isinstance(value[0][0], list) else [value]
        return tuple(tuple(pair._deserialize(point, attr, data) for point in curve) for curve in curves)


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
    count = _Count(required=True)
    lower = _NotNegative(required=True)
    upper = _NotNegative(required=True, allow_none=True)
    mode = _Text(allow_none=True)
    failure_analysis = _Text(allow_none=True)
    removed = _Text(allow_none=True)
    contact = _Text(allow_none=True)
    net = _Text(allow_none=True)
    connector_id = _Text(allow_none=True)
    degradation = _Curves()


class _LotShape(_Shape):
    made = Lot
    lot_code = _Text(required=True)
    produced_on = _Day(allow_none=True)
    units = fields.List(fields.Nested(_UnitGroupShape), required=True, validate=validate.Length(min=1))


class _CapabilityShape(_Shape):
    made = Capability
    lot_code = _Text(required=True)
    produced_on = _Day(allow_none=True)
    parameter = _Text(required=True)
    unit = _Text(required=True)
    n = _Count(smallest=2, required=True)
    mean = _Number(required=True)
    standard_deviation = _Positive(required=True)
    lower_limit = _Number(allow_none=True)
    upper_limit = _Number(allow_none=True)
    minimum = _Number(allow_none=True)
    maximum = _Number(allow_none=True)
    outside_limits = _Count(smallest=0, allow_none=True)
    anderson_darling_p = _NotNegative(allow_none=True)
    percentiles = _Numbers(length=3, allow_none=True)


class _ConformityShape(_Shape):
    made = Conformity
    plan = _Text(allow_none=True)
    sampled = _Count(required=True)
    nonconforming = _Count(smallest=0, required=True)
    lot_size = _Count(smallest=2, allow_none=True)
    level = _Text(allow_none=True)
    aql = _Positive(allow_none=True)


class _PlannedShape(_Shape):
    made = Planned
    lots = _Count(allow_none=True)
    units_per_lot = _Count(allow_none=True)
    duration = _Positive(allow_none=True)
    accept = _Count(smallest=0, allow_none=True)


class _TestShape(_Shape):
    made = Test
    protocol = _Text(required=True)
    registered_on = _Day(allow_none=True)
    started_on = _Day(required=True)
    ended_on = _Day(required=True)
    evidence_class = _Choice("E3", "E2", "E1", "E0", required=True)
    stress = _Scalars()
    lots = fields.List(fields.Nested(_LotShape))
    capability = fields.List(fields.Nested(_CapabilityShape))
    conformity = fields.Nested(_ConformityShape, allow_none=True)
    part_average_testing = _Flag()
    readouts = _Numbers()
    planned = fields.Nested(_PlannedShape, allow_none=True)
    screened_units = _Flag()
    screen_document = _Text(allow_none=True)


class _PartShape(_Shape):
    made = Part
    part_number = _Text(required=True)
    maker = _Text(required=True)
    family = _Text(required=True)
    attributes = _Scalars(required=True)
    use_condition = _Text(required=True)
    design_life_hours = _Positive(load_default=DEFAULT_DESIGN_LIFE_HOURS)
    screened = _Flag()


class _ChangeNoticeShape(_Shape):
    made = ChangeNotice
    effective_on = _Day(required=True)
    delta_qualification = _Attached(load_default=False, allow_none=True)


class _GrantedShape(_Shape):
    made = Granted
    level = _Choice(*BY_CODE, required=True)
    confidence = _Positive(required=True)
    on = _Day(required=True)
    judged_to = _Day(required=True)
    lowered_on = _Day(allow_none=True)
    certificate = _Text(allow_none=True)


class _DossierShape(_Shape):
    made = Dossier
    schema = _Choice(SCHEMA, WITH_GRANTED, required=True)
    rule_set = _Text(required=True)
    evaluated_on = _Day(required=True)
    part = fields.Nested(_PartShape, required=True)
    tests = fields.List(fields.Nested(_TestShape), required=True, validate=validate.Length(min=1))
    change_notices = fields.List(fields.Nested(_ChangeNoticeShape))
    granted = fields.Nested(_GrantedShape)

    @validates_schema
    def _of_its_version(self, values: dict[str, Any], **_: Any) -> None:
        if "granted" in values and values["schema"] == SCHEMA:
            raise ValidationError({"granted": ["Unknown field."]})
