"""The stress of a test, and by how much it accelerates against a use condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ratedparts.errors import Fault
from ratedparts.protocols import Protocol, StressCondition
from ratedparts.reliability import arrhenius, inverse_power, peck

from .dossier import Part, Scalar, Test
from .rule_set import UseCondition

# Resistors are rated at full power up to 70 °C ambient (IEC 60115-1) unless the part says otherwise.
RESISTOR_RATED_TEMPERATURE_C = 70.0

# Where each model finds the temperature that the maker rates the part for.
RATED_TEMPERATURE = {
    "prokopowicz_vaskas": "upper_category_temperature_c",
    "arrhenius": "maximum_junction_temperature_c",
}

# The models by which a reliability protocol can be rated at every use condition and at the part's own rating,
# with the stresses that each is computed from.
STRESSES = {
    "prokopowicz_vaskas": ("voltage_ratio", "temperature_c"),
    "arrhenius": ("junction_temperature_c",),
    "arrhenius_film": ("temperature_c", "power_ratio"),
}


@dataclass(frozen=True)
class AccelerationFactor:
    value: float
    before_cap: float

    @property
    def capped(self) -> bool:
        return self.value < self.before_cap


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


def can_accelerate(protocol: Protocol) -> bool:
    """Whether a grade can rest on this protocol's lives.

    A protocol whose model is not computed here, whose families age by models of their own, or which never
    states the stress that its model needs must be refused by name: else its hours would count as hours of
    use, or the computation would break.
    """
    acceleration = protocol.acceleration
    if acceleration is None or acceleration.model not in STRESSES or protocol.metric != "hours":
        return False
    stated = {condition.name for condition in protocol.stress if condition.required}
    return stated.issuperset(STRESSES[acceleration.model])


def required_attributes(protocol: Protocol) -> tuple[str, ...]:
    """Numeric attributes without which the acceleration at the rated condition cannot be computed."""
    model = protocol.acceleration.model if protocol.acceleration else "none"
    return (RATED_TEMPERATURE[model],) if model in RATED_TEMPERATURE else ()


def used_attributes(protocol: Protocol) -> tuple[str, ...]:
    """Numeric attributes that the acceleration looks at where the part states them."""
    film = protocol.acceleration is not None and protocol.acceleration.model == "arrhenius_film"
    return ("thermal_resistance_k_per_w", "rated_power_w", "rated_temperature_c") if film else ()


def acceleration_factor(test: Test, protocol: Protocol, part: Part, use: UseCondition) -> AccelerationFactor:
    """Life at the use condition over life in the test, cut off at the protocol's maximum.

    The use condition is at the point where the protocol states its stress (the junction for operating life).
    """
    stress, _ = stress_of(test, protocol)
    acceleration = protocol.acceleration
    if acceleration is None or acceleration.model == "none":
        return AccelerationFactor(1.0, 1.0)
    model = acceleration.model
    if model == "prokopowicz_vaskas":
        factor = inverse_power(
            acceleration.default("voltage_exponent"),
            use=use.voltage_ratio,
            stress=_number(stress, "voltage_ratio"),
        ) * arrhenius(
            acceleration.default("activation_energy_ev"),
            use_c=_use_temperature(use, part, model),
            stress_c=_number(stress, "temperature_c"),
        )
    elif model == "arrhenius":
        factor = arrhenius(
            acceleration.default("activation_energy_ev"),
            use_c=_use_temperature(use, part, model),
            stress_c=_number(stress, "junction_temperature_c"),
        )
    elif model == "arrhenius_film":
        factor = _film(test, stress, acceleration.default("activation_energy_ev"), part, use)
    elif model == "peck" and use.temperature_c is not None and use.humidity_rh is not None:
        factor = peck(
            acceleration.default("humidity_exponent"),
            acceleration.default("activation_energy_ev"),
            use_rh=use.humidity_rh,
            stress_rh=_number(stress, "humidity_rh"),
            use_c=use.temperature_c,
            stress_c=_number(stress, "temperature_c"),
        )
    else:
        raise LookupError(f"{protocol.name}: no rule accelerates a grade by {model} to {use.code}")
    return AccelerationFactor(min(factor, acceleration.maximum), factor)


def _film(test: Test, stress: dict[str, Scalar], energy_ev: float, part: Part, use: UseCondition) -> float:
    """Arrhenius in the resistor's film: ambient plus thermal resistance times power.

    Use power is the square of the voltage ratio.  A part that states no thermal resistance is taken to have
    no rise of its own, which is the careful choice at a use ambient below the test's.
    """
    rise = _attribute(part, "thermal_resistance_k_per_w", 0.0) * _attribute(part, "rated_power_w", 0.0)
    if use.temperature_c is None:
        use_c = _attribute(part, "rated_temperature_c", RESISTOR_RATED_TEMPERATURE_C)
    else:
        use_c = use.temperature_c
    return arrhenius(
        energy_ev,
        use_c=use_c + rise * use.voltage_ratio**2,
        stress_c=_number(stress, "temperature_c") + rise * _number(stress, "power_ratio"),
    )


def _use_temperature(use: UseCondition, part: Part, model: str) -> float:
    if use.temperature_c is not None:
        return use.temperature_c
    return _attribute(part, RATED_TEMPERATURE[model], None)


def _attribute(part: Part, name: str, default: float | None) -> float:
    value = part.attributes.get(name, default)
    if isinstance(value, bool | str) or value is None:
        raise LookupError(f"attribute {name} should have been refused before")
    return float(value)


def _number(stress: dict[str, Scalar], name: str) -> float:
    value = stress[name]
    if isinstance(value, bool | str):
        raise LookupError(f"stress {name} should have been refused before")
    return value
