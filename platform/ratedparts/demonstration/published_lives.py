"""Lives that others published, brought in by the same door."""

from __future__ import annotations

from importlib import resources

from ratedparts.submissions import parts, plans

from .cast import PUBLISHED
from .measured_files import lots_of
from .stage import Cast, Stage
from .tested_parts import submit


def publish_lives(stage: Stage, cast: Cast) -> None:
    """Published lives through the same door, by way of GEN-LIFE: analysed, never graded."""
    assert cast.publisher is not None
    library, laboratory = stage.installation.library, cast.laboratories[0]
    for part_number, file, source in PUBLISHED:
        text = (resources.files(__package__) / "published" / f"{file}.csv").read_text(encoding="utf-8")
        lots = lots_of(text)
        with stage.database.work() as work:
            series = parts.series_named(
                work,
                cast.publisher,
                library,
                family="published_data",
                name=part_number,
                similarity=source,
            )
            row = parts.register_part(
                work,
                cast.publisher,
                library,
                series_id=series.id,
                part_number=part_number,
                attributes={},
                use_condition="UC-R",
                source=source,
            )
            plan = plans.register_plan(
                work,
                cast.publisher,
                library,
                part_id=row.id,
                laboratory_id=laboratory.organisation_id,
                protocol=library.latest("GEN-LIFE").name,
                stress={},
                lots=lots,
            )
        submit(stage, laboratory, plan.number, text.replace("{plan_id}", plan.number).encode())
