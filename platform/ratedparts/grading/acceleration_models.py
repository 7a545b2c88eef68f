"""By how much a test accelerates against a use condition, model by model (clauses R2 and 6.10.5).

Each model takes the protocol's default parameters; the protocol's maximum cuts off what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ratedparts.protocols import Acceleration, Protocol
from ratedparts.reliability import arrhenius, exponential_voltage, inverse_power, peck, ten_degree_rule

from .dossier import Part, Scalar
from .rule_set import UseCondition

# Resistors are rated at full power up to 70 °C ambient (IEC 60115-1) unless the part says otherwise.
RESISTOR_RATED_TEMPERATURE_C = 70.0
RANDOM_ENERGY, WEAROUT_ENERGY = "random_activation_energy_ev", "activation_energy_ev"

# The attribute in which a maker rates the part for the temperature that a protocol states.
RATED_TEMPERATURE = MappingProxyType(
    {
        "MLCC-HTL": "upper_category_temperature_c",
        "CAP-END": "upper_category_temperature_c",
        "MAG-AGE": "upper_category_temperature_c",
        "SEMI-HTOL": "maximum_junction_temperature_c",
        "OPT-AGE": "maximum_operating_temperature_c",
    }
)


@dataclass(frozen=True)
class Case:
    """A test under a stress, for a part at a use condition."""

    protocol: Protocol
    acceleration: Acceleration
    stress: Mapping[str, Scalar]
    part: Part
    use: UseCondition
    energy: str = WEAROUT_ENERGY  # which of the protocol's activation energies counts

    def parameter(self, name: str) -> float:
        return self.acceleration.default(name)

    def stressed(self, name: str) -> float:
        return _number(self.stress[name], f"stress {name}")

    def stated(self, name: str) -> float | None:
        """An attribute of the part, None where the maker states none."""
        value = self.part.attributes.get(name)
        return None if value is None else _number(value, f"attribute {name}")

    @property
    def test_temperature_c(self) -> float:
        """At the point where the protocol states it."""
        return self.stressed(temperature_of(self.protocol))

    @property
    def use_temperature_c(self) -> float:
        """At the same point; at the rated condition, the maker's own limit."""
        if self.use.temperature_c is not None:
            return self.use.temperature_c
        rated = self.stated(RATED_TEMPERATURE[self.protocol.id])
        if rated is None:
            raise LookupError(
                f"{self.protocol.name}: a part without its rating should have been refused before"
            )
        return rated


@dataclass(frozen=True)
class Model:
    """``stresses``: what a protocol must state; ``uses``: attributes looked at where the part states them."""

    factor: Callable[[Case], float]
    stresses: tuple[str, ...] = ()
    needs_temperature: bool = False  # and with it the maker's rating
    uses: tuple[str, ...] = ()


def _prokopowicz_vaskas(case: Case) -> float:
    voltage = inverse_power(
        case.parameter("voltage_exponent"),
        use=case.use.voltage_ratio,
        stress=case.stressed("voltage_ratio"),
    )
    return voltage * _arrhenius(case)


def _arrhenius(case: Case) -> float:
    return arrhenius(
        case.parameter(case.energy), use_c=case.use_temperature_c, stress_c=case.test_temperature_c
    )


def _arrhenius_film(case: Case) -> float:
    """Arrhenius in the resistor's film: ambient plus thermal resistance times power.

    Use power is the square of the voltage ratio.  A part that states no thermal resistance is taken to have
    no rise of its own, which is the careful choice at a use ambient below the test's.
    """
    rise = (case.stated("thermal_resistance_k_per_w") or 0.0) * (case.stated("rated_power_w") or 0.0)
    ambient = case.use.temperature_c
    if ambient is None:
        rated = case.stated("rated_temperature_c")
        ambient = RESISTOR_RATED_TEMPERATURE_C if rated is None else rated
    return arrhenius(
        case.parameter("activation_energy_ev"),
        use_c=ambient + rise * case.use.voltage_ratio**2,
        stress_c=case.test_temperature_c + rise * case.stressed("power_ratio"),
    )


def _ten_degree(case: Case) -> float:
    return ten_degree_rule(
        case.parameter("doubling_k"), use_c=case.use_temperature_c, stress_c=case.test_temperature_c
    )


def _tantalum(case: Case) -> float:
    """One at the rated voltage; use below it earns no credit."""
    return exponential_voltage(
        case.parameter("exponent"), use_ratio=1.0, stress_ratio=case.stressed("voltage_ratio")
    )


def _arrhenius_power(case: Case) -> float:
    """A power of the radio-frequency power times Arrhenius in the chip.

    The maker states power and chip temperature in use; without both nothing is credited.  The chip in the
    test is taken at ambient unless a thermal resistance says how much hotter the power made it.
    """
    rated_dbm = case.stated("rated_power_dbm")
    if case.use.temperature_c is None:
        use_dbm, use_c = rated_dbm, case.stated("maximum_operating_temperature_c")
    else:
        use_dbm, use_c = case.stated("use_power_dbm"), case.stated("use_chip_temperature_c")
    if rated_dbm is None or use_dbm is None or use_c is None:
        return 1.0
    test_dbm = rated_dbm + case.stressed("power_over_rated_db")
    resistance = case.stated("thermal_resistance_k_per_w") or 0.0
    if case.use.temperature_c is None:
        use_c += resistance * _watts(use_dbm)
    return inverse_power(
        case.parameter("power_exponent"), use=_watts(use_dbm), stress=_watts(test_dbm)
    ) * arrhenius(
        case.parameter("activation_energy_ev"),
        use_c=use_c,
        stress_c=case.test_temperature_c + resistance * _watts(test_dbm),
    )


def _peck(case: Case) -> float:
    use_c, use_rh = case.use.temperature_c, case.use.humidity_rh
    if use_c is None or use_rh is None:
        raise LookupError(f"{case.protocol.name}: the rated condition has no humidity")
    return peck(
        case.parameter("humidity_exponent"),
        case.parameter("activation_energy_ev"),
        use_rh=use_rh,
        stress_rh=case.stressed("humidity_rh"),
        use_c=use_c,
        stress_c=case.test_temperature_c,
    )


# The models by which a reliability protocol can be rated at every use condition and at the part's own rating.
MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "prokopowicz_vaskas": Model(_prokopowicz_vaskas, ("voltage_ratio",), needs_temperature=True),
        "arrhenius": Model(_arrhenius, needs_temperature=True),
        "arrhenius_film": Model(
            _arrhenius_film,
            ("temperature_c", "power_ratio"),
            uses=("thermal_resistance_k_per_w", "rated_power_w", "rated_temperature_c"),
        ),
        "ten_degree": Model(_ten_degree, needs_temperature=True),
        "weibull_voltage_exponential": Model(_tantalum, ("voltage_ratio",)),
        "arrhenius_power": Model(
            _arrhenius_power,
            ("temperature_c", "power_over_rated_db"),
            uses=(
                "rated_power_dbm",
                "use_power_dbm",
                "use_chip_temperature_c",
                "thermal_resistance_k_per_w",
                "maximum_operating_temperature_c",
            ),
        ),
        "none": Model(lambda case: 1.0),
    }
)
# Humidity enters no failure rate (6.10.4): this one is computed for whoever asks, and never graded by.
NOT_FOR_RATES: Mapping[str, Model] = MappingProxyType(
    {"peck": Model(_peck, ("temperature_c", "humidity_rh"))}
)


def temperature_of(protocol: Protocol) -> str:
    """The stress that is the temperature of the test."""
    names = {condition.name for condition in protocol.stress}
    return "junction_temperature_c" if "junction_temperature_c" in names else "temperature_c"


def stresses_of(protocol: Protocol, model: str) -> tuple[str, ...]:
    """What the model is computed from, under the names that the protocol gives."""
    found = MODELS.get(model) or NOT_FOR_RATES[model]
    temperature = (temperature_of(protocol),) if found.needs_temperature else ()
    return (*found.stresses, *temperature)


def _watts(dbm: float) -> float:
    return float(10.0 ** ((dbm - 30.0) / 10.0))


def _number(value: Scalar, name: str) -> float:
    if isinstance(value, bool | str):
        raise LookupError(f"{name} should have been refused before")
    return value
