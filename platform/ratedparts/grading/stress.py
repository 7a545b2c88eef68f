"""The stress of a test, and by how much it accelerates against a use condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ratedparts.errors import Fault
from ratedparts.protocols import Protocol, StressCondition

from .acceleration_models import (
    MODELS,
    NOT_FOR_RATES,
    RANDOM_ENERGY,
    RATED_TEMPERATURE,
    WEAROUT_ENERGY,
    Case,
    Model,
    stresses_of,
)
from .dossier import Part, Scalar, Test
from .rule_set import UseCondition


@dataclass(frozen=True)
class AccelerationFactor:
    value: float
    before_cap: float

    @property
    def capped(self) -> bool:
        return self.value < self.before_cap


NOT_ACCELERATED = AccelerationFactor(1.0, 1.0)


def stress_of(test: Test, protocol: Protocol) -> tuple[dict[str, Scalar], list[Fault]]:
    """A test's stress under the protocol's own names, with what is wrong with it."""
    return _read_stress(test.stress or {}, protocol)


def stress_faults(stress: Mapping[str, Scalar], protocol: Protocol) -> list[Fault]:
    """What is wrong with a stress that is planned."""
    return _read_stress(stress, protocol)[1]


def _read_stress(stress: Mapping[str, Scalar], protocol: Protocol) -> tuple[dict[str, Scalar], list[Fault]]:
    given = dict(stress)
    found: dict[str, Scalar] = {}
    faults: list[Fault] = []
    for condition in protocol.stress:
        spellings = [name for name in (condition.name, *condition.also_called) if name in given]
        for name in spellings:
            found[condition.name] = given.pop(name)
        if spellings:
            faults += _outside(condition, found[condition.name])
        elif condition.required:
            faults.append(Fault("key_missing", column=f"stress.{condition.name}"))
    if protocol.free_column_prefix is None or protocol.graded:
        faults += [
            Fault("unknown_key", column=f"stress.{name}", given=str(value)) for name, value in given.items()
        ]
    return found, faults


def _outside(condition: StressCondition, value: Scalar) -> Iterator[Fault]:
    path = f"stress.{condition.name}"
    if condition.unit is not None or any(isinstance(t, float) for t in condition.targets):
        if isinstance(value, bool | str):
            yield Fault("value_type", column=path, given=repr(value), parameters={"expected": "number"})
            return
    elif not isinstance(value, str):
        yield Fault("value_type", column=path, given=repr(value), parameters={"expected": "text"})
        return
    if condition.targets and not _allowed(condition, value):
        yield Fault(
            "stress_not_of_this_protocol",
            column=path,
            given=str(value),
            parameters={"expected": list(condition.targets)},
        )


def _allowed(condition: StressCondition, value: Scalar) -> bool:
    if isinstance(value, (str, bool)):
        return value in condition.targets
    return any(
        target - condition.tolerance_below <= value <= target + condition.tolerance_above
        for target in condition.targets
        if isinstance(target, float)
    )


def can_accelerate(protocol: Protocol, family: str) -> bool:
    """Whether a failure rate of the family can rest on this protocol's lives.

    A protocol whose model is not computed here, or which never states the stress that its model needs, must
    be refused by name: else its hours would count as hours of use, or the computation would break.
    """
    acceleration, _ = protocol.life_of(family)
    if acceleration is None or acceleration.model not in MODELS or protocol.metric != "hours":
        return False
    stated = {condition.name for condition in protocol.stress if condition.required}
    return stated.issuperset(stresses_of(protocol, acceleration.model))


def required_attributes(protocol: Protocol, family: str) -> tuple[str, ...]:
    """Numeric attributes without which the acceleration at the rated condition cannot be computed."""
    model = _model(protocol, family)
    if model is None or not model.needs_temperature or protocol.id not in RATED_TEMPERATURE:
        return ()
    return (RATED_TEMPERATURE[protocol.id],)


def used_attributes(protocol: Protocol, family: str) -> tuple[str, ...]:
    """Numeric attributes that the acceleration looks at where the part states them."""
    model = _model(protocol, family)
    return () if model is None else model.uses


def _model(protocol: Protocol, family: str) -> Model | None:
    acceleration, _ = protocol.life_of(family)
    return None if acceleration is None else MODELS.get(acceleration.model)


def acceleration_factor(
    test: Test, protocol: Protocol, part: Part, use: UseCondition, energy: str = WEAROUT_ENERGY
) -> AccelerationFactor:
    """Life at the use condition over life in the test, cut off at the protocol's maximum.

    The use condition is at the point where the protocol states its stress (the junction for operating life).
    """
    case = case_of(test, protocol, part, use, energy)
    if case is None:
        return NOT_ACCELERATED
    name = case.acceleration.model
    model = MODELS.get(name) or NOT_FOR_RATES.get(name)
    if model is None:
        raise LookupError(f"{protocol.name}: no rule accelerates a grade by {name}")
    factor = model.factor(case)
    return AccelerationFactor(min(factor, case.acceleration.maximum), factor)


def case_of(
    test: Test, protocol: Protocol, part: Part, use: UseCondition, energy: str = WEAROUT_ENERGY
) -> Case | None:
    """What the acceleration is computed from; None where the protocol knows none."""
    stress, _ = stress_of(test, protocol)
    acceleration, _ = protocol.life_of(part.family)
    return None if acceleration is None else Case(protocol, acceleration, stress, part, use, energy)


def random_factor(test: Test, protocol: Protocol, part: Part, use: UseCondition) -> AccelerationFactor:
    """The factor of random failures, where the protocol knows an energy of their own (6.10.5)."""
    acceleration, _ = protocol.life_of(part.family)
    known = {parameter.name for parameter in acceleration.parameters} if acceleration else set()
    energy = RANDOM_ENERGY if RANDOM_ENERGY in known else WEAROUT_ENERGY
    return acceleration_factor(test, protocol, part, use, energy)
