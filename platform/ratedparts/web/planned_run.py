"""What a success run would prove before it is run: the share of good units, by how many fail."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.failure_rate_levels import at_least
from ratedparts.grading.rule_set import RunTarget
from ratedparts.protocols import Family, Protocol, ProtocolLibrary
from ratedparts.reliability import OperatingCharacteristic, ltpd_sample_size, proportion_upper_bound

from .forms import Form
from .planned_proof import CHANCES, CONFIDENCES, FEWEST_ROWS, LONGEST_TABLE
from .planned_test import MOST_UNITS

ASKED = ("lots", "units_per_lot", "accept")


@dataclass(frozen=True)
class RunPlan:
    """``units`` contacts or nets in all lots; ``accept`` may fail."""

    lots: int
    units_per_lot: int
    accept: int
    minimum_units: int

    @property
    def units(self) -> int:
        return self.lots * self.units_per_lot

    @property
    def large_enough(self) -> bool:
        """Clause P5."""
        return self.units >= self.minimum_units


@dataclass(frozen=True)
class ProvenShare:
    """Lower bounds of the share of good units, in the order of CONFIDENCES; the grade that axis R allows."""

    failures: int
    shares: tuple[float, ...]
    grade: str


@dataclass(frozen=True)
class ShareChance:
    """A true share of good units with which the run is passed that often."""

    probability: float
    share: float


@dataclass(frozen=True)
class NeededUnits:
    target: RunTarget
    units: int  # with the plan's accepted failures


@dataclass(frozen=True)
class PlannedRun:
    family: Family
    protocol: Protocol
    plan: RunPlan
    proven: list[ProvenShare]
    chances: list[ShareChance]
    needed: list[NeededUnits]


def read_planned_run(form: Form, family: Family, library: ProtocolLibrary) -> PlannedRun | None:
    """None where a field is wrong, and the field says so; what is blank is as the protocol proposes it."""
    protocol = library.latest(family.reliability_protocol)
    plan = _plan(form, protocol, family)
    if plan is None:
        return None
    targets = CEG_2026_1.run_targets[family.group]
    last = min(max(plan.accept, FEWEST_ROWS), LONGEST_TABLE, plan.units - 1)
    curve = OperatingCharacteristic(plan.units, plan.accept)
    return PlannedRun(
        family,
        protocol,
        plan,
        [_proven(plan, targets, failures) for failures in range(last + 1)],
        [ShareChance(one, 1.0 - curve.fraction_accepted_with(one)) for one in CHANCES],
        [
            NeededUnits(
                one,
                max(ltpd_sample_size(1.0 - one.reliability, plan.accept, one.confidence), plan.minimum_units),
            )
            for one in targets
        ],
    )


def _proven(plan: RunPlan, targets: tuple[RunTarget, ...], failures: int) -> ProvenShare:
    shares = tuple(1.0 - proportion_upper_bound(failures, plan.units, one) for one in CONFIDENCES)
    shown = dict(zip(CONFIDENCES, shares, strict=True))
    met = [one.grade for one in targets if at_least(shown[one.confidence], one.reliability)]
    return ProvenShare(failures, shares, met[0] if met and plan.large_enough else "U")


def _plan(form: Form, protocol: Protocol, family: Family) -> RunPlan | None:
    sample = protocol.sample
    proposed = {"lots": sample.lots, "units_per_lot": sample.units_per_lot, "accept": sample.accept}
    filled = Form({name: form[name].strip() or str(value) for name, value in proposed.items()}, form.faults)
    lots, units, accept = (filled.whole_number(name) for name in ASKED)
    for name, value, high in (("lots", lots, 1000), ("units_per_lot", units, MOST_UNITS)):
        if value is not None and not 1 <= value <= high:
            filled.fault("out_of_range", name, minimum=1, maximum=high)
    if lots and units and accept is not None and accept >= lots * units:
        filled.fault("out_of_range", "accept", minimum=0, maximum=lots * units - 1)
    if form.faults or lots is None or units is None or accept is None:
        return None
    least = CEG_2026_1.minimum_units_of.get(family.group, CEG_2026_1.minimum_units)
    return RunPlan(lots, units, accept, least)
