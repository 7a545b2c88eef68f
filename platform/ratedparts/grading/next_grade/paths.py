"""What a search for the next grade finds: paths of planned tests, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..decision import Reason
from ..dossier import Scalar

HOURS = "h"


@dataclass(frozen=True)
class Allowance:
    """With so many units in each lot the grade is reached even if that many fail."""

    failures: int
    units_per_lot: int


@dataclass(frozen=True)
class Step:
    """One planned test.  ``slot``: the place of the family's mandatory tests that it fills.

    ``duration`` is in ``unit``, the protocol's own; None: of a lot sample.  ``factor``: by which its hours
    count at the use condition; None where nothing is accelerated.  ``lot_code``: its units are to come from
    that lot, since lots differ and the worst decides; None: new lots.  ``cpk``: at least, of every key
    parameter in every lot.  ``drift_free``: no unit's drift, continued as far as is allowed, ends its life.
    """

    slot: str
    protocol: str
    lots: int
    units_per_lot: int
    evidence_class: str  # or better
    stress: Mapping[str, Scalar] = field(default_factory=dict)
    duration: float | None = None
    unit: str | None = None
    factor: float | None = None
    capped: bool = False
    lot_code: str | None = None
    cpk: float | None = None
    part_average_testing: bool = False
    screened: bool = False
    drift_free: bool = False
    allowances: tuple[Allowance, ...] = ()

    @property
    def units(self) -> int:
        return self.lots * self.units_per_lot

    @property
    def unit_hours(self) -> float:
        """Of chamber time; tests in cycles or matings, and lot samples, have none."""
        return self.units * self.duration if self.unit == HOURS and self.duration else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "protocol": self.protocol,
            "lots": self.lots,
            "units_per_lot": self.units_per_lot,
            "units": self.units,
            "evidence_class": self.evidence_class,
            "stress": dict(self.stress),
            "duration": self.duration,
            "duration_unit": self.unit,
            "acceleration_factor": self.factor,
            "acceleration_capped": self.capped,
            "lot_code": self.lot_code,
            "cpk_at_least": self.cpk,
            "part_average_testing": self.part_average_testing,
            "screened_units": self.screened,
            "drift_inside_limits": self.drift_free,
            "failures_allowed": [
                {"failures": one.failures, "units_per_lot": one.units_per_lot} for one in self.allowances
            ],
        }


@dataclass(frozen=True)
class Path:
    """Tests that together reach the grade, all units good.

    ``waits``: they must not end before ``reached_on``, the day after the last report in their way expires.
    """

    grade: str
    steps: tuple[Step, ...]
    starts_on: date
    reached_on: date
    waits: bool = False

    @property
    def unit_hours(self) -> float:
        return sum(step.unit_hours for step in self.steps)

    @property
    def units(self) -> int:
        return sum(step.units for step in self.steps)

    @property
    def cost(self) -> tuple[float, int, date]:
        """What paths are ordered by: unit-hours of chamber time, then units, then the day."""
        return self.unit_hours, self.units, self.reached_on

    def as_json(self) -> dict[str, Any]:
        return {
            "grade": self.grade,
            "unit_hours": self.unit_hours,
            "units": self.units,
            "starts_on": self.starts_on.isoformat(),
            "reached_on": self.reached_on.isoformat(),
            "waits": self.waits,
            "steps": [step.as_json() for step in self.steps],
        }


@dataclass(frozen=True)
class Further:
    """What axis R lacks at a confidence if so many further units fail: unit-hours at use, or units of a run.

    ``decides``: the grade asks for this confidence.
    """

    confidence: float
    decides: bool
    failures: int
    unit_hours: float | None = None
    units: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "confidence": self.confidence,
            "decides": self.decides,
            "further_failures": self.failures,
            "unit_hours": self.unit_hours,
            "units": self.units,
        }


@dataclass(frozen=True)
class NextGrade:
    """``grade``: today's; ``wanted``: the next better, None where there is none.

    ``obstacles`` say what no test of today would cure, each with its clause and, where it passes, its day.
    ``target``: the level, or the share of good units, that axis R must show.
    """

    grade: str
    wanted: str | None
    as_of: date
    paths: tuple[Path, ...] = ()
    obstacles: tuple[Reason, ...] = ()
    target: str | None = None
    further: tuple[Further, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "grade": self.grade,
            "next": self.wanted,
            "as_of": self.as_of.isoformat(),
            "target": self.target,
            "further": [one.as_json() for one in self.further],
            "paths": [path.as_json() for path in self.paths],
            "obstacles": [reason.as_json() for reason in self.obstacles],
        }
