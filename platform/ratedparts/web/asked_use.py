"""The use at which parts are compared, as it stands in an address: a preset, a condition or a mission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.grading import CEG_2026_1
from ratedparts.grading.at_use import Phase, UseQuestion, at_condition, at_reference, over_mission
from ratedparts.protocols import read_quantity

from .example_missions import EXAMPLE_MISSIONS

FIT = 1e-9  # per hour
FIELDS = ("use", "use_temperature_c", "use_voltage_ratio", "use_hours", "mission", "use_rate_max")
PRESETS = ("UC-C", "UC-I", "UC-A", "UC-R")
LONGEST_MISSION = 4000
_BETWEEN_PHASES = re.compile(r"[;；\n]")
_COLUMN = {
    "temperature_c": "use_temperature_c",
    "voltage_ratio": "use_voltage_ratio",
    "hours": "use_hours",
    "phases": "mission",
}


@dataclass(frozen=True)
class AskedUse:
    """``rate_at_most``: per hour; None where nothing was said of it, or of the use."""

    use: UseQuestion | None
    rate_at_most: float | None
    faults: tuple[Fault, ...]


def read_use(given: Mapping[str, str]) -> AskedUse:
    """A mission, else a condition, else a preset: whichever says the most.  Nothing is raised."""
    reading = _Reading(given)
    hours = reading.quantity("use_hours", "h")
    rate = reading.quantity("use_rate_max", None)
    use: UseQuestion | None = None
    try:
        if reading.said("mission"):
            use = over_mission(reading.phases(), hours=hours)
        elif reading.said("use_temperature_c") or reading.said("use_voltage_ratio"):
            temperature = reading.needed("use_temperature_c", "°C")
            ratio = reading.needed("use_voltage_ratio", None)
            if temperature is not None and ratio is not None:
                use = at_condition(temperature, ratio, hours=hours)
        elif reading.said("use"):
            if reading.said("use") in PRESETS:
                use = at_reference(CEG_2026_1.use_conditions[reading.said("use")], hours=hours)
            elif reading.said("use") in EXAMPLE_MISSIONS:
                use = over_mission(EXAMPLE_MISSIONS[reading.said("use")].phases, hours=hours)
            else:
                reading.fault("not_a_choice", "use", expected=[*PRESETS, *EXAMPLE_MISSIONS])
    except RatedPartsError as error:
        if error.code != "use_refused":
            raise
        reading.faults += [_in_address(item) for item in error.items]
    return AskedUse(use, None if rate is None else rate * FIT, tuple(reading.faults))


class _Reading:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.faults: list[Fault] = []

    def said(self, name: str) -> str:
        return self._given.get(name, "").strip()

    def fault(self, code: str, name: str, **parameters: object) -> None:
        self.faults.append(Fault(code, column=name, given=self.said(name)[:80], parameters=parameters))

    def needed(self, name: str, unit: str | None) -> float | None:
        if not self.said(name):
            self.faults.append(Fault("key_missing", column=name))
        return self.quantity(name, unit)

    def quantity(self, name: str, unit: str | None) -> float | None:
        if not self.said(name):
            return None
        return self._number(self.said(name), unit, name)

    def phases(self) -> list[Phase]:
        """``20 % 85 °C 0.8``, a phase a line: share of the time, temperature, voltage ratio."""
        text = self.said("mission")
        if len(text) > LONGEST_MISSION:
            self.fault("mission_too_long", "mission", longest=LONGEST_MISSION)
            text = text[:LONGEST_MISSION]
        phases = []
        for line in filter(None, (one.strip() for one in _BETWEEN_PHASES.split(text))):
            words = line.replace("%", " ").replace("°C", " ").replace("℃", " ").replace(",", " ").split()
            if len(words) != 3:
                self.faults.append(Fault("phase_format", column="mission", given=line[:80]))
                continue
            share, temperature, ratio = map(self._number, words, ("%", "°C", None), ["mission"] * 3)
            if share is not None and temperature is not None and ratio is not None:
                phases.append(Phase(share / 100.0, temperature, ratio))
        return phases

    def _number(self, text: str, unit: str | None, name: str) -> float | None:
        try:
            return read_quantity(text, unit).number
        except RatedPartsError as error:
            self.faults.append(Fault(error.code, column=name, given=text[:80], parameters=error.parameters))
            return None


def _in_address(item: Fault) -> Fault:
    name = (item.column or "").rpartition(".")[2]
    column = "mission" if (item.column or "").startswith("phases") else _COLUMN.get(name, name)
    limits = {name: item.parameters[name] for name in ("minimum", "maximum") if name in item.parameters}
    if item.code == "out_of_range" and len(limits) == 2:
        shown = f"{limits['minimum']:g} – {limits['maximum']:g}"
        return replace(item, column=column, parameters={"range": shown})
    return replace(item, column=column)
