"""A dossier: everything a grade is decided on, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Scalar = str | float | bool


@dataclass(frozen=True)
class UnitGroup:
    """Units alike: the interval ``(lower, upper]`` of their failure in the protocol's metric.

    ``lower == upper``: exact; ``upper`` None: not failed by ``lower``.  ``removed`` is why a unit left the
    test; anything but ``external`` counts as a failure.
    """

    count: int
    lower: float
    upper: float | None
    mode: str | None = None
    failure_analysis: str | None = None
    removed: str | None = None
    contact: str | None = None
    net: str | None = None
    connector_id: str | None = None
    degradation: tuple[tuple[tuple[float, float], ...], ...] = ()

    @property
    def removed_as_failure(self) -> bool:
        return self.upper is None and self.removed is not None and self.removed != "external"

    @property
    def failed(self) -> bool:
        return self.upper is not None or self.removed_as_failure


@dataclass(frozen=True)
class Lot:
    lot_code: str
    units: tuple[UnitGroup, ...]
    produced_on: date | None = None

    @property
    def unit_count(self) -> int:
        return sum(group.count for group in self.units)

    @property
    def failures(self) -> int:
        return sum(group.count for group in self.units if group.failed)

    @property
    def tested_units(self) -> int:
        """Those that stayed to the end or failed; one that left for an external cause shows nothing."""
        return sum(group.count for group in self.units if group.failed or group.removed is None)


@dataclass(frozen=True)
class Capability:
    """One parameter of one lot, in summary."""

    lot_code: str
    parameter: str
    unit: str
    n: int
    mean: float
    standard_deviation: float
    lower_limit: float | None = None
    upper_limit: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    outside_limits: int | None = None
    anderson_darling_p: float | None = None
    percentiles: tuple[float, float, float] | None = None
    produced_on: date | None = None


@dataclass(frozen=True)
class Conformity:
    """The lot sample of a PAR-CPK test."""

    sampled: int
    nonconforming: int
    plan: str | None = None
    lot_size: int | None = None
    level: str | None = None
    aql: float | None = None


@dataclass(frozen=True)
class Planned:
    """What was fixed before the start; None: not stated."""

    lots: int | None = None
    units_per_lot: int | None = None
    duration: float | None = None
    accept: int | None = None


@dataclass(frozen=True)
class Test:
    __test__ = False  # a test of components, not one of pytest's

    protocol: str
    started_on: date
    ended_on: date
    evidence_class: str
    registered_on: date | None = None
    stress: Mapping[str, Scalar] | None = None
    lots: tuple[Lot, ...] = ()
    capability: tuple[Capability, ...] = ()
    conformity: Conformity | None = None
    part_average_testing: bool = False
    readouts: tuple[float, ...] = ()
    planned: Planned | None = None
    screened_units: bool = False
    screen_document: str | None = None

    @property
    def registered(self) -> bool:
        """Whether the plan was on record before the start; on the day of the start is too late."""
        return self.registered_on is not None and self.registered_on < self.started_on

    @property
    def duration(self) -> float:
        """The longest time, in the protocol's metric, that any unit is known to have been on test."""
        times = [group.upper or group.lower for lot in self.lots for group in lot.units]
        return max(times, default=0.0)


@dataclass(frozen=True)
class Part:
    part_number: str
    maker: str
    family: str
    attributes: Mapping[str, Scalar]
    use_condition: str
    design_life_hours: float
    screened: bool = False


@dataclass(frozen=True)
class ChangeNotice:
    effective_on: date
    delta_qualification: bool


@dataclass(frozen=True)
class Granted:
    """The level that the part's last certificate bears, and since when levels are kept up (clause 6.7).

    ``on``: the first certificate of the row, from which periods are counted; ``judged_to``: the day of the
    last one, up to which periods were judged; ``lowered_on``: the end of the last period that took it down.
    """

    level: str
    confidence: float
    on: date
    judged_to: date
    lowered_on: date | None = None
    certificate: str | None = None


@dataclass(frozen=True)
class Dossier:
    rule_set: str
    evaluated_on: date
    part: Part
    tests: tuple[Test, ...]
    change_notices: tuple[ChangeNotice, ...] = ()
    granted: Granted | None = None
