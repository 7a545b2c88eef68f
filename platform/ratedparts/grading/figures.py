"""What a rule set's limits are compared with: everything that is computed of a dossier, and no verdict.

A decision is made of figures alone, so figures that are kept can be decided on again, under other limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .decision import Reason
from .dossier import Conformity


class PeriodFigures(NamedTuple):
    """What was tested in one period: unit-hours at the use condition.  The last may still be running."""

    ended_on: date
    complete: bool
    failures: int
    unit_hours: float


class MaintainedFigures(NamedTuple):
    """The level that was granted, and what was tested since (clause 6.7)."""

    level: str
    confidence: float
    judged_to: date
    lowered_on: date | None
    periods: tuple[PeriodFigures, ...]


@dataclass(frozen=True, slots=True)
class RateFigures:
    """Of axis R.  ``rates``: confidence → the worst upper bound of the failure rate, per hour.

    Without hours there are no rates.  ``all_units`` and ``all_unit_hours`` are those of every lot, where the
    worst of several is graded.
    """

    all_units: int
    all_unit_hours: float
    failures: int
    unit_hours: float
    decreasing: bool = False
    rates: Mapping[float, float] | None = None
    printed: Mapping[str, float] | None = None
    reasons: tuple[Reason, ...] = ()
    maintained: MaintainedFigures | None = None


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Of axis R where contacts or nets pass or fail."""

    all_units: int
    failures: int
    units: int
    printed: Mapping[str, float]


class LifeFigures(NamedTuple):
    """Of axis L: lower bounds of B1 and B10 at the use condition, and the method printed with them."""

    b1: float
    b10: float
    method: str
    shape: float | None
    mode: str | None


class EnvironmentFigures(NamedTuple):
    """One environmental test: failures in all, units of registered plans, and the units of each lot."""

    slot: str
    failures: int
    units: int
    lots: tuple[int, ...]


class OwnRateFigures(NamedTuple):
    """A test whose lots have failure rates of their own: the worst lot.  None: nothing registered."""

    slot: str
    rate: float | None
    limit: float | None
    passed: bool


class ShownParameter(NamedTuple):
    """A parameter in one lot; ``inside``: whether all units are inside the limits, None where unknown."""

    lot_code: str
    units: int
    cpk: float
    cpk_lower: float | None
    normal: bool
    inside: bool | None


class ParameterFigures(NamedTuple):
    """``outside_unregistered``: an unregistered sample shows a unit outside its limits."""

    parameter: str
    outside_unregistered: bool
    distinct_lots: bool
    part_average_testing: bool
    lots: tuple[ShownParameter, ...]


@dataclass(frozen=True, slots=True)
class QualityFigures:
    tests: tuple[EnvironmentFigures | OwnRateFigures, ...]
    parameters: tuple[ParameterFigures, ...]
    lot_samples: tuple[Conformity, ...]


class PlanFlag(NamedTuple):
    """What is wrong with a plan: not on record in time; or incomplete, from ``reached`` of ``planned`` on."""

    protocol: str
    failures: int | None = None  # of an unregistered plan
    reached: float | None = None
    planned: float | None = None


@dataclass(frozen=True, slots=True)
class FlagFigures:
    screened: bool
    plans: tuple[PlanFlag, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one dossier on its day.  ``life``: None where no unit was on test; ``ends_on``: the first expiry."""

    group: str
    use_condition: str
    design_life_hours: float
    evaluated_on: date
    protocols: tuple[str, ...]
    reliability: RateFigures | RunFigures
    life: LifeFigures | None
    quality: QualityFigures
    flags: FlagFigures
    evidence_class: str
    refused_as: str | None  # U-PCN or U-EXPIRED
    refused_reasons: tuple[Reason, ...]
    lots_reasons: tuple[Reason, ...]
    printed: Mapping[str, float | int | str | None]
    ends_on: date | None
