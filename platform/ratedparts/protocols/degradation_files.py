"""What a protocol file says of drift that is extrapolated, and of lots graded by their own failures."""

from __future__ import annotations

import itertools

from ratedparts.protocols.criterion_files import read_applicability, read_limit
from ratedparts.protocols.model import Degradation, GradeLevel, Measure, WeibullGrade
from ratedparts.protocols.schema import TableReader, unique

LAWS = ("linear", "square_root", "power", "logarithmic")
SIDES = ("above", "below", "beyond")


def read_degradation(table: TableReader) -> Degradation:
    """One entry of ``degradation``."""
    degradation = Degradation(
        column=table.text("column"),
        measure=Measure(table.choice("measure", [measure.value for measure in Measure])),
        comparison=table.choice("fails_when", SIDES),
        threshold=read_limit(table.take("threshold"), table.at("threshold"), table.faults),
        laws=table.texts("laws", optional=False),
        maximum_extrapolation=table.number("maximum_extrapolation"),
        applies_to=read_applicability(table),
    )
    for index, law in enumerate(degradation.laws):
        if law not in LAWS:
            table.faults.add("not_a_choice", f"{table.at('laws')}[{index}]", law, expected=list(LAWS))
    if not degradation.laws:
        table.faults.add("missing_value", table.at("laws"))
    if degradation.maximum_extrapolation < 1:
        table.faults.add(
            "out_of_range",
            table.at("maximum_extrapolation"),
            degradation.maximum_extrapolation,
            minimum=1,
        )
    table.finish()
    return degradation


def read_weibull_grade(table: TableReader | None) -> WeibullGrade | None:
    """The table ``weibull_grade``."""
    if table is None:
        return None
    grade = WeibullGrade(
        first=table.number("first"),
        second=table.number("second"),
        confidence=table.number("confidence"),
        levels=tuple(_level(inner) for inner in table.tables("levels", optional=False)),
        source=table.words("source"),
        verified=table.boolean("verified"),
    )
    if not 0 < grade.first < grade.second:
        table.faults.add("range_empty", table.at("first"), grade.first, maximum=grade.second)
    if not 0 < grade.confidence < 1:
        table.faults.add("out_of_range", table.at("confidence"), grade.confidence, minimum=0, maximum=1)
    if not grade.levels:
        table.faults.add("missing_value", table.at("levels"))
    unique([level.name for level in grade.levels], table.at("levels"), table.faults)
    rates = [level.percent_per_1000_hours for level in grade.levels]
    if any(later >= earlier for earlier, later in itertools.pairwise(rates)):
        table.faults.add("not_descending", table.at("levels"), rates)
    table.finish()
    return grade


def _level(table: TableReader) -> GradeLevel:
    level = GradeLevel(table.text("name"), table.number("percent_per_1000_hours"))
    if level.percent_per_1000_hours <= 0:
        table.faults.add(
            "out_of_range", table.at("percent_per_1000_hours"), level.percent_per_1000_hours, minimum=0
        )
    table.finish()
    return level
