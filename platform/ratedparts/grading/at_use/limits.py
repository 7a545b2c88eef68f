"""How far the evidence reaches, and what is said of a figure beyond it.

A figure is extrapolated where the use is hotter or has more voltage than any registered test, or than the
part's own rating; where a fitted acceleration is asked for more than one span of the tested stresses below
the mildest of them (the measure of `reliability.fits.life_stress`); where a filter is used hotter than its
maker states, whose statement the factor is computed from; and where the hours lie beyond the longest time on
test, brought to the use.  A protocol's maximum cuts off what mildness earns, so mild use alone is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ratedparts.reliability.acceleration import ZERO_CELSIUS_K
from ratedparts.reliability.caution import Caution

from ..acceleration_models import RATED_TEMPERATURE, Case, temperature_of
from ..dossier import Part
from ..exposure import Exposure, LotOnTest
from ..stress import case_of
from .law import ANYWHERE, film_rise_k, kelvin
from .question import UseQuestion

# Where no model asks for the rating, but the part may state one.
HIGHEST_TEMPERATURE = {
    **RATED_TEMPERATURE,
    "RES-LL70": "upper_category_temperature_c",
    "RFF-PWR": "maximum_operating_temperature_c",
}
BAND = 1e-9  # as limits are compared everywhere
FULL_VOLTAGE = 1.0


@dataclass(frozen=True)
class Limits:
    """Absolute temperatures at the film, where there is one; infinite where nothing is known to end there."""

    hottest_k: float = math.inf
    highest_voltage: float = math.inf
    rated_k: float = math.inf
    coldest_k: float = 0.0
    lowest_voltage: float = 0.0
    stated_k: float = math.inf
    rise_k: float = 0.0


# In the order of their bits.
CODES = (
    "hotter_than_tested",
    "more_voltage_than_tested",
    "hotter_than_rated",
    "more_voltage_than_rated",
    "far_from_fitted",
    "hotter_than_stated",
    "longer_than_tested",
)
LONGER = 1 << CODES.index("longer_than_tested")


def limits_of(everything: Exposure, part: Part) -> Limits:
    """Of the registered tests that the failure rate rests on."""
    places = [_place(one, part) for one in everything.lots]
    if not places:
        return Limits()
    first = everything.lots[0]
    case = case_of(first.test, first.protocol, part, ANYWHERE)
    highest = HIGHEST_TEMPERATURE.get(first.protocol.id)
    rated = part.attributes.get(highest) if highest is not None else None
    coldest, lowest = _below_fitted(everything, places)
    return Limits(
        max(temperature for temperature, _ in places),
        max(voltage for _, voltage in places),
        math.inf if rated is None or isinstance(rated, str | bool) else kelvin(rated),
        coldest,
        lowest,
        _stated_k(case) if case is not None else math.inf,
        film_rise_k(case) if case is not None and case.acceleration.model == "arrhenius_film" else 0.0,
    )


def _place(one: LotOnTest, part: Part) -> tuple[float, float]:
    """Temperature and voltage ratio of a test; infinite where the protocol does not state them."""
    case = case_of(one.test, one.protocol, part, ANYWHERE)
    if case is None:
        return math.inf, math.inf
    stated = case.stress.get(temperature_of(one.protocol))
    temperature = math.inf if stated is None else kelvin(case.test_temperature_c)
    voltage = case.stressed("voltage_ratio") if "voltage_ratio" in case.stress else math.inf
    if case.acceleration.model == "arrhenius_film":
        power = case.stressed("power_ratio")
        temperature, voltage = temperature + film_rise_k(case) * power, math.sqrt(power)
    return temperature, voltage


def _below_fitted(everything: Exposure, places: list[tuple[float, float]]) -> tuple[float, float]:
    """One span of the tested stresses below the mildest, on the scales of the relation."""
    fitted = everything.fitted.fitted if everything.fitted is not None else ()
    coldest, lowest = 0.0, 0.0
    if "activation_energy_ev" in fitted:
        inverse = [1.0 / temperature for temperature, _ in places]
        coldest = 1.0 / (2.0 * max(inverse) - min(inverse))
    if "voltage_exponent" in fitted:
        logs = [math.log(voltage) for _, voltage in places]
        lowest = math.exp(2.0 * min(logs) - max(logs))
    return coldest, lowest


def _stated_k(case: Case) -> float:
    """The chip temperature in use that a filter's maker states and its factor is computed from."""
    if case.acceleration.model != "arrhenius_power":
        return math.inf
    named = ("rated_power_dbm", "use_power_dbm", "use_chip_temperature_c")
    if any(case.stated(name) is None for name in named):
        return math.inf
    return kelvin(case.stated("use_chip_temperature_c") or 0.0)


def cautions(limits: Limits, question: UseQuestion, rated_use_k: float) -> Iterator[Caution]:
    """Each kind once, of the phase that goes furthest; ``rated_use_k``: where a phase is at the rating."""
    temperatures, films, voltages = [], [], []
    stated = [0.0]
    for phase in question.phases:
        if phase.share == 0.0:
            continue
        given = phase.temperature_c
        temperature = rated_use_k if given is None else kelvin(given)
        temperatures.append(temperature)
        films.append(temperature + limits.rise_k * (phase.voltage_ratio * phase.voltage_ratio))
        voltages.append(phase.voltage_ratio)
        stated += [temperature] if given is not None else []
    if beyond(max(films), limits.hottest_k):
        told = {"asked": _celsius(max(films)), "shown": _celsius(limits.hottest_k)}
        yield Caution("hotter_than_tested", told)
    if beyond(max(voltages), limits.highest_voltage):
        yield Caution("more_voltage_than_tested", {"asked": max(voltages), "shown": limits.highest_voltage})
    if beyond(max(temperatures), limits.rated_k):
        told = {"asked": _celsius(max(temperatures)), "shown": _celsius(limits.rated_k)}
        yield Caution("hotter_than_rated", told)
    if beyond(max(voltages), FULL_VOLTAGE):
        yield Caution("more_voltage_than_rated", {"asked": max(voltages)})
    if beyond(limits.coldest_k, min(films)) or beyond(limits.lowest_voltage, min(voltages)):
        yield Caution("far_from_fitted", {})
    if beyond(max(stated), limits.stated_k):
        told = {"asked": _celsius(max(stated)), "shown": _celsius(limits.stated_k)}
        yield Caution("hotter_than_stated", told)


def longer(hours: float, shown: float) -> Iterator[Caution]:
    """Where the hours lie beyond those that any unit was on test, brought to the use."""
    if beyond(hours, shown):
        yield Caution("longer_than_tested", {"asked": hours, "shown": shown})


def beyond(value: float, limit: float) -> bool:
    return value > limit * (1.0 + BAND)


def _celsius(absolute: float) -> float:
    return absolute - ZERO_CELSIUS_K
