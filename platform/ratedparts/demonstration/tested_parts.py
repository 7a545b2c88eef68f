"""The example parts: registered, planned and tested."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from ratedparts.db import Work
from ratedparts.organisations.actor import Actor
from ratedparts.proofs import digest_of
from ratedparts.protocols.example import example_file
from ratedparts.submissions import parts, plans, results

from .cast import STRESS
from .example_parts import EXAMPLE_PARTS, ExamplePart
from .measured_files import SHOWN_BY, is_lot_sample, life_file, lot_sample_file, spoiled
from .stage import TESTS, Cast, Stage


@dataclass
class PlannedTest:
    part: ExamplePart
    number: str
    slot: str
    started_at: datetime


def register_parts(stage: Stage, cast: Cast) -> tuple[list[PlannedTest], dict[str, uuid.UUID]]:
    planned: list[PlannedTest] = []
    ids: dict[str, uuid.UUID] = {}
    library = stage.installation.library
    before, after = stage.calendar.now, stage.today - TESTS + timedelta(days=5)
    late: list[tuple[ExamplePart, str]] = []
    for part in EXAMPLE_PARTS:
        maker = cast.makers[part.maker]
        with stage.database.work() as work:
            series = parts.series_named(
                work,
                maker,
                library,
                family=part.family,
                name=part.series,
                similarity="Example: one structure, one set of materials, one process, one site.",
            )
            row = parts.register_part(
                work,
                maker,
                library,
                series_id=series.id,
                part_number=part.part_number,
                attributes=part.attributes,
                limits=part.limits,
                use_condition=part.use_condition,
            )
            ids[part.part_number] = row.id
            family = library.family(part.family)
            for slot in family.mandatory:
                if slot in part.without:
                    continue
                if part.late_plan and slot == family.reliability_protocol:
                    late.append((part, slot))
                else:
                    planned.append(_plan(stage, work, cast, part, row.id, slot))
    stage.calendar.now = after
    for part, slot in late:
        with stage.database.work() as work:
            planned.append(_plan(stage, work, cast, part, ids[part.part_number], slot))
    stage.calendar.now = max(before, after)
    return planned, ids


def _plan(
    stage: Stage, work: Work, cast: Cast, part: ExamplePart, part_id: uuid.UUID, slot: str
) -> PlannedTest:
    protocol = stage.installation.library.latest(slot.partition(":")[0])
    stress = {**STRESS[slot], **part.stress}
    if protocol.id == "MLCC-HTL":
        stress["temperature_c"] = float(part.attributes["upper_category_temperature_c"])
    plan = plans.register_plan(
        work,
        cast.makers[part.maker],
        stage.installation.library,
        part_id=part_id,
        laboratory_id=cast.laboratories[part.laboratory].organisation_id,
        protocol=protocol.name,
        stress=stress,
        lots=[{"lot_code": f"L{lot}", "units": part.units_per_lot} for lot in range(1, part.lots + 1)],
        part_average_testing=is_lot_sample(protocol) and part.averaging,
    )
    return PlannedTest(part, plan.number, slot, stage.today - TESTS)


def hand_in(stage: Stage, cast: Cast, planned: list[PlannedTest]) -> None:
    for index, plan in enumerate(planned):
        laboratory = cast.laboratories[plan.part.laboratory]
        protocol = stage.installation.library.latest(plan.slot.partition(":")[0])
        seed = int(digest_of(f"{plan.part.part_number} {plan.slot}".encode())[7:15], 16)
        if is_lot_sample(protocol):
            content = lot_sample_file(protocol, plan.part, plan.number, plan.started_at, seed)
        elif protocol.id not in SHOWN_BY and protocol.id != "MLCC-BH":
            units = plan.part.lots * plan.part.units_per_lot
            content = example_file(protocol, units, plan_id=plan.number, started_at=plan.started_at)
        else:
            content = life_file(protocol, plan.part, plan.number, plan.started_at, seed, STRESS[plan.slot])
        if index == 0:
            submit(stage, laboratory, plan.number, spoiled(content))
        submit(stage, laboratory, plan.number, content)


def submit(stage: Stage, laboratory: Actor, number: str, content: bytes) -> str:
    with stage.database.work() as work:
        submission = results.submit_results(
            work,
            laboratory,
            stage.installation.library,
            stage.installation.keeper,
            plan_number=number,
            file_name=f"{number}.csv",
            content=content,
        )
        return submission.state
