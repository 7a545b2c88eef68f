"""What a rule set fixes: the numbers, with no verdict in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

GRADES = ("A+", "A", "B", "C", "U")  # best first


def worse(first: str, second: str) -> str:
    """The lower of two grades."""
    return max(first, second, key=GRADES.index)


@dataclass(frozen=True)
class Target:
    """A grade is reached where the failure rate at that confidence meets the level."""

    grade: str
    level: str
    confidence: float


@dataclass(frozen=True)
class RunTarget:
    """A grade is reached where a success run shows that share of good units at that confidence."""

    grade: str
    reliability: float
    confidence: float


@dataclass(frozen=True)
class EnvironmentRule:
    """What an environmental test must show; a None asks for nothing.

    ``failing_fraction``: the most that the Clopper-Pearson upper bound at 90 % may be; without it, no
    failure in at least ``units``, and in ``lots`` lots of so many each where lots are asked for.
    """

    lots: int | None = None
    units: int | None = None
    failing_fraction: float | None = None


@dataclass(frozen=True)
class UseCondition:
    """A reference profile; a None is the part's own maximum rating."""

    code: str
    temperature_c: float | None
    humidity_rh: float | None
    voltage_ratio: float


@dataclass(frozen=True)
class QualityClass:
    """What a class of the Q axis asks for; a None asks for nothing."""

    name: str
    cap: str
    cpk: float | None
    cpk_lower: float | None
    capability_units: int
    capability_lots: int
    part_average_testing: bool
    conformity_ltpd: float
    conformity_aql: float | None


@dataclass(frozen=True)
class MaintenanceRule:
    """A level is kept where the bound of each period's own failure rate, at that confidence, meets it."""

    confidence: float
    period_months: int


@dataclass(frozen=True)
class RuleSet:
    id: str
    in_force_on: date
    levels_confidences: tuple[float, float]
    use_conditions: Mapping[str, UseCondition]
    rated_condition: str
    targets: Mapping[str, tuple[Target, ...]]  # by family group, best first
    run_targets: Mapping[str, tuple[RunTarget, ...]]  # of groups rated by success runs
    quality_classes: tuple[QualityClass, ...]  # best first
    environment: tuple[EnvironmentRule, ...]  # one a quality class
    environment_of: Mapping[str, tuple[EnvironmentRule, ...]]  # instead, by protocol or else by family group
    evidence_caps: Mapping[str, str]
    life_confidence: float
    half_life_share: float  # of the declared life that B10 must reach for the last paying grade
    fit_failures: int  # from so many failures on a Weibull distribution is fitted
    shape_confidence: float  # two-sided
    significance: float  # of the exact tests
    first_year_hours: float
    minimum_units: int
    minimum_units_of: Mapping[str, int]  # instead, by family group
    minimum_unit_hours: float
    decreasing_rate_cap: str
    incomplete_cap: str
    cpk_confidence: float
    normality_p: float
    normality_units: int
    life_evidence_months: int
    lot_evidence_months: int
    certificate_months: int
    maintenance: MaintenanceRule

    def measuring(self) -> Mapping[str, Any]:
        """How figures are computed, as JSON: rule sets that agree in this decide on the same figures."""
        return {
            "levels_confidences": list(self.levels_confidences),
            "use_conditions": {code: asdict(one) for code, one in sorted(self.use_conditions.items())},
            "rated_condition": self.rated_condition,
            "rated_by_rate": sorted(self.targets),
            "rated_by_run": sorted(self.run_targets),
            "maintenance_months": self.maintenance.period_months,
            **{name: getattr(self, name) for name in MEASURING},
        }


# What else of a rule set is looked at before any limit is.
MEASURING = (
    "life_confidence",
    "fit_failures",
    "shape_confidence",
    "significance",
    "first_year_hours",
    "cpk_confidence",
    "normality_p",
    "normality_units",
    "life_evidence_months",
    "lot_evidence_months",
)
