"""A planned test as a dossier would show it once it has been run, all units good or so many failed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from ratedparts.protocols import Protocol, ProtocolLibrary

from ..dossier import Capability, Conformity, Lot, Part, Planned, Test, UnitGroup
from ..quality_figures import LOT_SAMPLE
from .paths import Step

A_DAY = timedelta(days=1)
DOCUMENT = "screen"  # named by whoever plans; the rule asks that there is one


def days_of(step: Step) -> int:
    """How long a test takes: its hours, an hour a cycle where cycles count, a day for what takes no time."""
    return max(1, math.ceil(step.duration / 24.0)) if step.duration and step.unit != "step" else 1


def planned_tests(
    steps: Sequence[Step],
    part: Part,
    library: ProtocolLibrary,
    key_parameters: Sequence[str],
    start: date,
    failing: int = 0,
    before: float = 0.0,
) -> tuple[Test, ...]:
    """``failing`` units of the first step fail between the readout ``before`` and its end."""
    found = []
    for number, step in enumerate(steps):
        ends = start + days_of(step) * A_DAY
        if step.slot == LOT_SAMPLE:
            found.append(_lot_sample(step, key_parameters, start, ends, number))
        else:
            protocol = library.protocol(step.protocol)
            found.append(_life_test(step, protocol, start, ends, number, failing, before))
            failing = 0
    return tuple(found)


def _life_test(
    step: Step, protocol: Protocol, start: date, ends: date, number: int, failing: int, before: float
) -> Test:
    end = step.duration or 1.0
    # A value that does not move has the same path in drift and in readings.
    path = (((0.0, 0.0), (end / 2.0, 0.0), (end, 0.0)),) if step.drift_free else ()
    lots = []
    for lot in range(step.lots):
        failed = min(failing, step.units_per_lot - 1)
        failing -= failed
        groups = [UnitGroup(step.units_per_lot - failed, end, None, degradation=path)]
        if failed:
            groups.append(UnitGroup(failed, before, end))
        code = step.lot_code if step.lot_code is not None and lot == 0 else f"+{number}.{lot}"
        lots.append(Lot(code, tuple(groups)))
    return Test(
        protocol.name,
        start,
        ends,
        step.evidence_class,
        registered_on=start - A_DAY,
        stress=step.stress,
        lots=tuple(lots),
        planned=Planned(step.lots, step.units_per_lot, end, 0),
        screened_units=step.screened,
        screen_document=DOCUMENT if step.screened else None,
    )


def _lot_sample(step: Step, key_parameters: Sequence[str], start: date, ends: date, number: int) -> Test:
    """Every key parameter in the middle of its limits, just as capable as is asked."""
    deviation = 1.0 / (3.0 * (step.cpk or 1.0))
    capability = tuple(
        Capability(
            f"+{number}.{lot}",
            parameter,
            "-",
            step.units_per_lot,
            mean=0.0,
            standard_deviation=deviation,
            lower_limit=-1.0,
            upper_limit=1.0,
            minimum=-1.0,
            maximum=1.0,
            outside_limits=0,
            # Of different days, and of days after everything that is there already.
            produced_on=start - lot * A_DAY,
        )
        for parameter in key_parameters
        for lot in range(step.lots)
    )
    return Test(
        step.protocol,
        start,
        ends,
        step.evidence_class,
        registered_on=start - A_DAY,
        capability=capability,
        conformity=Conformity(step.units, 0),
        part_average_testing=step.part_average_testing,
    )
