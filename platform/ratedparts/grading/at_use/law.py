"""The logarithm of every acceleration factor as one small formula of use temperature and voltage ratio.

``ln AF = constant + energy_k / (T + rise_k v²) - exponent ln v - cooling T``, T absolute, cut off at ``cap``;
a fitted acceleration gives up its standard error on top.  The tests hold each against its own model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import ndtri

from ratedparts.protocols import Protocol
from ratedparts.reliability.acceleration import BOLTZMANN_EV_PER_K, ZERO_CELSIUS_K

from ..acceleration_models import (
    MODELS,
    RANDOM_ENERGY,
    RATED_TEMPERATURE,
    RESISTOR_RATED_TEMPERATURE_C,
    WEAROUT_ENERGY,
    Case,
)
from ..dossier import Part, Test
from ..fitted_acceleration import CONFIDENCE, FittedAcceleration
from ..rule_set import UseCondition
from ..stress import case_of

AT_ITS_RATING = UseCondition("at its rating", None, None, 1.0)
ANYWHERE = UseCondition("anywhere", 25.0, None, 1.0)
ANY_K = 298.15  # stands where a model does not look at the temperature


@dataclass(frozen=True)
class StandardError:
    """Of ln AF: a quadratic form in how far 1/T and ln v are from the test's; ``deviations`` are given up."""

    inverse_test_k: float
    log_test_voltage: float
    temperature: float  # variance, K²
    both: float  # covariance, K
    voltage: float
    deviations: float


@dataclass(frozen=True)
class Law:
    """``rated_k`` and ``rated_constant`` stand for temperature and constant at the part's own rating."""

    constant: float
    energy_k: float
    exponent: float
    cooling: float
    rise_k: float
    cap: float
    rated_k: float
    rated_constant: float
    error: StandardError | None = None


def law_of(test: Test, protocol: Protocol, part: Part, *, random: bool) -> Law:
    """Of random failures, where the protocol knows an energy of their own (6.10.5), or of wear-out."""
    case = case_of(test, protocol, part, ANYWHERE)
    if case is None:
        return Law(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ANY_K, 0.0)
    known = {parameter.name for parameter in case.acceleration.parameters}
    energy = RANDOM_ENERGY if random and RANDOM_ENERGY in known else WEAROUT_ENERGY
    return LAWS[case.acceleration.model](case, energy)


def fitted_law_of(fitted: FittedAcceleration, test: Test, protocol: Protocol, part: Part) -> Law:
    case = case_of(test, protocol, part, ANYWHERE)
    if case is None:
        return Law(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ANY_K, 0.0)
    names = list(fitted.fit.coefficients)
    covariance = np.asarray(fitted.fit.covariance)

    def entry(first: str, second: str) -> float:
        if not {first, second} <= set(fitted.fitted):
            return 0.0
        return float(covariance[names.index(first), names.index(second)])

    def value(name: str) -> float:
        return fitted.fit.coefficients[name] if name in fitted.fitted else case.parameter(name)

    by_voltage = case.acceleration.model == "prokopowicz_vaskas"
    energy_k = value("activation_energy_ev") / BOLTZMANN_EV_PER_K
    exponent = value("voltage_exponent") if by_voltage else 0.0
    log_voltage = math.log(case.stressed("voltage_ratio")) if by_voltage else 0.0
    test_k = kelvin(case.test_temperature_c)
    constant = exponent * log_voltage - energy_k / test_k
    error = StandardError(
        1.0 / test_k,
        log_voltage,
        entry("activation_energy_ev", "activation_energy_ev") / BOLTZMANN_EV_PER_K**2,
        # ln life falls with ln v where the exponent is positive: the covariate is -ln v
        -entry("activation_energy_ev", "voltage_exponent") / BOLTZMANN_EV_PER_K,
        entry("voltage_exponent", "voltage_exponent"),
        float(ndtri(CONFIDENCE)),
    )
    rated_k = _rated_k(case)
    cap = math.log(case.acceleration.maximum)
    return Law(constant, energy_k, exponent, 0.0, 0.0, cap, rated_k, constant, error)


def _law(
    case: Case,
    constant: float,
    rated_k: float,
    *,
    energy_k: float = 0.0,
    exponent: float = 0.0,
    cooling: float = 0.0,
    rise_k: float = 0.0,
    rated_constant: float | None = None,
) -> Law:
    cap = math.log(case.acceleration.maximum)
    rated = constant if rated_constant is None else rated_constant
    return Law(constant, energy_k, exponent, cooling, rise_k, cap, rated_k, rated)


def _arrhenius(case: Case, energy: str) -> Law:
    energy_k = case.parameter(energy) / BOLTZMANN_EV_PER_K
    return _law(case, -energy_k / kelvin(case.test_temperature_c), _rated_k(case), energy_k=energy_k)


def _prokopowicz_vaskas(case: Case, energy: str) -> Law:
    energy_k, exponent = case.parameter(energy) / BOLTZMANN_EV_PER_K, case.parameter("voltage_exponent")
    constant = exponent * math.log(case.stressed("voltage_ratio"))
    constant -= energy_k / kelvin(case.test_temperature_c)
    return _law(case, constant, _rated_k(case), energy_k=energy_k, exponent=exponent)


def _arrhenius_film(case: Case, energy: str) -> Law:
    rise = film_rise_k(case)
    energy_k = case.parameter(WEAROUT_ENERGY) / BOLTZMANN_EV_PER_K
    test_k = kelvin(case.test_temperature_c + rise * case.stressed("power_ratio"))
    rated = case.stated("rated_temperature_c")
    rated_k = kelvin(RESISTOR_RATED_TEMPERATURE_C if rated is None else rated)
    return _law(case, -energy_k / test_k, rated_k, energy_k=energy_k, rise_k=rise)


def _ten_degree(case: Case, energy: str) -> Law:
    cooling = math.log(2.0) / case.parameter("doubling_k")
    constant = cooling * kelvin(case.test_temperature_c)
    return _law(case, constant, _rated_k(case), cooling=cooling)


def _unmoved(case: Case, energy: str) -> Law:
    """Models that look at the part and at the test alone: a constant, and another at the rating."""
    model = MODELS[case.acceleration.model]
    at_rating = Case(case.protocol, case.acceleration, case.stress, case.part, AT_ITS_RATING)
    rated = math.log(model.factor(at_rating))
    stated = case.stated(RATED_TEMPERATURE.get(case.protocol.id, ""))
    rated_k = ANY_K if stated is None else kelvin(stated)
    return _law(case, math.log(model.factor(case)), rated_k, rated_constant=rated)


LAWS: Mapping[str, Callable[[Case, str], Law]] = MappingProxyType(
    {
        "prokopowicz_vaskas": _prokopowicz_vaskas,
        "arrhenius": _arrhenius,
        "arrhenius_film": _arrhenius_film,
        "ten_degree": _ten_degree,
        "weibull_voltage_exponential": _unmoved,
        "arrhenius_power": _unmoved,
        "none": _unmoved,
    }
)


def film_rise_k(case: Case) -> float:
    """At full power; none where the part does not state both."""
    return (case.stated("thermal_resistance_k_per_w") or 0.0) * (case.stated("rated_power_w") or 0.0)


def _rated_k(case: Case) -> float:
    rated = Case(case.protocol, case.acceleration, case.stress, case.part, AT_ITS_RATING)
    return kelvin(rated.use_temperature_c)


def kelvin(celsius: float) -> float:
    return celsius + ZERO_CELSIUS_K
