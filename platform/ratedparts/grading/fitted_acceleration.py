"""Acceleration as the evidence itself shows it, by enough failures at several stresses (clause R2)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import Protocol
from ratedparts.reliability import LifeSample, LifeStressFit, arrhenius, fit_life_stress

from .acceleration_models import Case
from .dossier import Part, Test
from .evidence import Report
from .rule_set import UseCondition
from .stress import NOT_ACCELERATED, AccelerationFactor, case_of

LEVELS, FAILURES = 2, 5  # so many stresses, with so many failures each
CONFIDENCE = 0.90
ANY_C = 25.0  # where the scale of inverse temperatures begins; only differences count
# The parameters of each model that failures at several stresses can show.
FITTED = {
    "arrhenius": ("activation_energy_ev",),
    "prokopowicz_vaskas": ("activation_energy_ev", "voltage_exponent"),
}


@dataclass(frozen=True)
class FittedAcceleration:
    """ln life is a straight line in the stresses whose parameters were ``fitted``."""

    fit: LifeStressFit
    fitted: tuple[str, ...]

    def factor_of(self, test: Test, protocol: Protocol, part: Part, use: UseCondition) -> AccelerationFactor:
        """One-sided lower 90 % bound, by Wald on the logarithm; the protocol's maximum cuts it off."""
        case = case_of(test, protocol, part, use)
        if case is None:
            return NOT_ACCELERATED
        at_use, in_test = _place(case, use=True), _place(case, use=False)
        distance = {name: at_use[name] - in_test[name] for name in at_use}
        names = list(self.fit.coefficients)
        slope = np.array([distance.get(name, 0.0) if name in self.fitted else 0.0 for name in names])
        covariance = np.asarray(self.fit.covariance)[: len(names), : len(names)]
        log_factor = float(slope @ np.array([self.fit.coefficients[name] for name in names]))
        log_factor -= float(ndtri(CONFIDENCE) * math.sqrt(slope @ covariance @ slope))
        log_factor += sum(
            case.parameter(name) * distance[name] for name in distance if name not in self.fitted
        )
        factor = math.exp(log_factor)
        return AccelerationFactor(min(factor, case.acceleration.maximum), factor)


def fit_acceleration(reports: Iterable[Report], part: Part, use: UseCondition) -> FittedAcceleration | None:
    """None where the registered tests do not show enough, or differ in a stress that they cannot fit."""
    lower: list[float] = []
    upper: list[float] = []
    count: list[int] = []
    places: dict[str, list[float]] = defaultdict(list)
    failures: dict[str, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    for report in reports:
        case = case_of(report.test, report.protocol, part, use)
        if case is None or case.acceleration.model not in FITTED:
            return None
        if not report.test.registered:
            continue
        where = _place(case, use=False)
        for lot in report.test.lots:
            for group in lot.units:
                failed = group.upper is not None
                lower.append(group.lower)
                upper.append(group.upper if group.upper is not None else math.inf)
                count.append(group.count)
                for name, value in where.items():
                    places[name].append(value)
                    failures[name][value] += group.count if failed else 0
    fitted = tuple(name for name, at in failures.items() if _enough(at))
    if not fitted or any(len(at) > 1 for name, at in failures.items() if name not in fitted):
        return None
    try:
        fit = fit_life_stress(LifeSample(lower, upper, count), {name: places[name] for name in fitted})
    except RatedPartsError:
        return None
    return FittedAcceleration(fit, fitted)


def _enough(failures: Mapping[float, int]) -> bool:
    return sum(number >= FAILURES for number in failures.values()) >= LEVELS


def _place(case: Case, *, use: bool) -> dict[str, float]:
    """What each parameter of the model multiplies in ln life."""
    temperature_c = case.use_temperature_c if use else case.test_temperature_c
    found = {"activation_energy_ev": math.log(arrhenius(1.0, use_c=temperature_c, stress_c=ANY_C))}
    if case.acceleration.model == "prokopowicz_vaskas":
        voltage = case.use.voltage_ratio if use else case.stressed("voltage_ratio")
        found["voltage_exponent"] = -math.log(voltage)
    return found
