"""What a visitor says of a test and of a use, so that its acceleration can be computed; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.acceleration_models import (
    RANDOM_ENERGY,
    WEAROUT_ENERGY,
    stresses_of,
    temperature_of,
)
from ratedparts.grading.dossier import Part, Test
from ratedparts.grading.rule_set import UseCondition
from ratedparts.grading.stress import stress_faults, used_attributes
from ratedparts.protocols import (
    Attribute,
    Family,
    Protocol,
    ProtocolLibrary,
    Scalar,
    StressCondition,
    check_part,
)

from .forms import Form
from .supposed_part import USE_CONDITION, USE_CONDITIONS, mildest

# The conditions of use that each model computes from.
USED = {
    "prokopowicz_vaskas": ("temperature_c", "voltage_ratio"),
    "arrhenius": ("temperature_c",),
    "arrhenius_film": ("temperature_c", "voltage_ratio"),
    "peck": ("temperature_c", "humidity_rh"),
    "ten_degree": ("temperature_c",),
    # Use below the rated voltage earns nothing, so nothing of the use is asked.
    "weibull_voltage_exponential": (),
    # Power and chip temperature in use are attributes of the part.
    "arrhenius_power": (),
}
EVERY_STRESS = (
    "humidity_rh",
    "junction_temperature_c",
    "power_over_rated_db",
    "power_ratio",
    "temperature_c",
    "voltage_ratio",
)
EVERY_ATTRIBUTE = (
    "rated_power_dbm",
    "rated_power_w",
    "thermal_resistance_k_per_w",
    "use_chip_temperature_c",
    "use_power_dbm",
)
# Attributes that bear on the part's own rating alone, which is no use condition that is asked for.
OF_THE_RATING = {"rated_temperature_c", "maximum_operating_temperature_c"}
# Wider than any use of a component; beyond these a number is a slip of the pen.
POSSIBLE = {"temperature_c": (-100.0, 500.0), "humidity_rh": (1.0, 100.0), "voltage_ratio": (0.01, 2.0)}
ANY_DAY = date(2026, 1, 1)  # an acceleration factor does not depend on the day


@dataclass(frozen=True)
class Question:
    """A test under a stress, for parts at a use condition."""

    protocol: Protocol
    test: Test
    part: Part
    use: UseCondition


def can_be_asked(protocol: Protocol) -> bool:
    """Whether the rule set computes with the protocol's model, and the protocol states what it needs."""
    acceleration = protocol.acceleration
    if acceleration is None or acceleration.model not in USED:
        return False
    stated = {condition.name for condition in protocol.stress if condition.required}
    return stated.issuperset(stresses_of(protocol, acceleration.model))


def of_family(protocol: Protocol, family: str) -> Protocol:
    """The protocol as it is for one family: what ages its parts, and what a failure rate is graded by.

    Where random failures have an energy of their own (clause 6.10.5), that one.
    """
    acceleration, shape = protocol.life_of(family)
    if acceleration is not None and any(one.name == RANDOM_ENERGY for one in acceleration.parameters):
        parameters = tuple(
            replace(one, name=WEAROUT_ENERGY) if one.name == RANDOM_ENERGY else one
            for one in acceleration.parameters
            if one.name != WEAROUT_ENERGY
        )
        acceleration = replace(acceleration, parameters=parameters)
    return replace(
        protocol, families=(family,), acceleration=acceleration, shape=shape, by_family=(), degradation=()
    )


@dataclass(frozen=True)
class Asked:
    """The fields of the form."""

    use: tuple[str, ...]
    stress: tuple[StressCondition, ...]
    attributes: tuple[Attribute, ...]
    at_the_junction: bool
    use_conditions: tuple[UseCondition, ...] = USE_CONDITIONS
    usual_condition: str = USE_CONDITION


def asked_acceleration(protocol: Protocol, library: ProtocolLibrary) -> Asked | None:
    """None where no rule computes the acceleration."""
    if not can_be_asked(protocol):
        return None
    stress, attributes = asked_of_the_test(protocol), asked_of_the_part(protocol, library)
    junction = temperature_of(protocol) == "junction_temperature_c"
    return Asked(USED[_model(protocol)], tuple(stress), tuple(attributes), junction)


def asked_of_the_test(protocol: Protocol) -> list[StressCondition]:
    return [one for one in protocol.stress if one.name in stresses_of(protocol, _model(protocol))]


def asked_of_the_part(protocol: Protocol, library: ProtocolLibrary) -> list[Attribute]:
    """Attributes that the model looks at where they are given; what bears on the rating is of no use here."""
    family = _family(protocol, library)
    names = set(used_attributes(protocol, family.code)) - OF_THE_RATING
    return [one for one in family.attributes if one.name in names]


def read_question(form: Form, protocol: Protocol, library: ProtocolLibrary) -> Question | None:
    """What is blank is taken as the form proposes it; None where a field is wrong, and the field says so."""
    before = len(form.faults)
    use = _use(form, protocol)
    stress: dict[str, Scalar] = {}
    for condition in asked_of_the_test(protocol):
        name, proposed = f"stress.{condition.name}", mildest(condition)
        value = form.number(name, default=proposed if isinstance(proposed, float) else None)
        if value is not None:
            stress[condition.name] = value
    read = {f"stress.{name}" for name in stress}
    form.faults += [fault for fault in stress_faults(stress, protocol) if fault.column in read]
    family = _family(protocol, library)
    attributes: dict[str, Scalar] = {}
    for attribute in asked_of_the_part(protocol, library):
        given = form.attribute(attribute, family)
        if given is not None:
            attributes[attribute.name] = given
    refused = check_part({"family": family.code, "attributes": attributes}, library)
    form.faults += [fault for fault in refused if fault.code != "attribute_missing"]
    if use is None or len(form.faults) > before:
        return None
    test = Test(protocol.name, ANY_DAY, ANY_DAY, "E3", stress=stress)
    return Question(protocol, test, Part("", "", family.code, attributes, use.code, 0.0), use)


def _use(form: Form, protocol: Protocol) -> UseCondition | None:
    """The chosen condition of the rule set, with what was given otherwise in its place."""
    code = form["use_condition"] or USE_CONDITION
    if code not in {one.code for one in USE_CONDITIONS}:
        form.fault("unknown_use_condition", "use_condition", known=[one.code for one in USE_CONDITIONS])
        return None
    own: dict[str, float] = {}
    for name in USED[_model(protocol)]:
        field = f"use.{name}"
        if not form[field].strip():
            continue
        value, (low, high) = form.number(field), POSSIBLE[name]
        if value is not None and not low <= value <= high:
            form.fault("out_of_range", field, minimum=low, maximum=high)
        elif value is not None:
            own[name] = value
    chosen = CEG_2026_1.use_conditions[code]
    return UseCondition(
        code,
        own.get("temperature_c", chosen.temperature_c),
        own.get("humidity_rh", chosen.humidity_rh),
        own.get("voltage_ratio", chosen.voltage_ratio),
    )


def _model(protocol: Protocol) -> str:
    assert protocol.acceleration is not None  # asked before: can_be_asked
    return protocol.acceleration.model


def _family(protocol: Protocol, library: ProtocolLibrary) -> Family:
    return library.family(protocol.families[0])


def with_parameters(question: Question, **values: float) -> Question:
    """The same question with other values of the model's parameters."""
    acceleration = question.protocol.acceleration
    assert acceleration is not None
    parameters = tuple(
        replace(one, default=values.get(one.name, one.default)) for one in acceleration.parameters
    )
    changed = replace(question.protocol, acceleration=replace(acceleration, parameters=parameters))
    return replace(question, protocol=changed)
