"""A protocol taken apart into statements, each under a name that the next version would use for the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ratedparts.protocols import (
    Acceleration,
    Column,
    Layout,
    Protocol,
    ProtocolLibrary,
    ShapeRange,
    StressCondition,
)

from .formatting import number
from .language import named, text, word
from .protocol_words import (
    ageing_in_words,
    applies_in_words,
    criterion_in_words,
    degradation_in_words,
    unit_in_words,
)

LAYOUTS = {
    Layout.UNIT_READOUTS: "one row for each unit and readout",
    Layout.UNIT_LIVES: "one row for each group of units alike",
    Layout.UNIT_PARAMETERS: "one row for each unit and parameter",
}
METRICS = {
    "hours": "hours",
    "cycles": "cycles",
    "attribute": "passed or failed",
    "matings": "matings",
    "degradation": "drift",
    "parametric": "measured values, no lives",
}


@dataclass(frozen=True)
class Statement:
    """``of`` is what is stated, for comparing; ``words`` say it in the reader's language."""

    subject: str
    name: str
    of: Any
    words: str


def statements(protocol: Protocol, library: ProtocolLibrary) -> Iterator[Statement]:
    """Everything that a protocol states but its number and its digest."""
    yield Statement("Texts", text("Title"), protocol.title, named(protocol.title))
    yield Statement("Texts", text("Summary"), protocol.summary, named(protocol.summary))
    yield from _scope(protocol, library)
    for condition in protocol.stress:
        yield Statement("Conditions", named(condition.title), condition, _condition(condition))
    yield from _sample(protocol)
    for column in protocol.columns:
        yield Statement("Columns of the file", column.name, column, _column(column))
    if protocol.free_column_prefix is not None:
        prefix = protocol.free_column_prefix
        yield Statement("Columns of the file", text("Further columns that begin with"), prefix, prefix)
    for one in protocol.quantities:
        words = f"{named(one.title)}, {' / '.join(one.spellings)}"
        yield Statement("Columns of the file", f"parameter: {one.name}", one, words)
    for written, read in protocol.same_characters:
        yield Statement("Columns of the file", f"{written} → {read}", (written, read), f"{written} → {read}")
    yield from _failing(protocol, library)
    yield from _ageing(protocol, library)
    for note in protocol.notes:
        yield Statement("Notes", named(note), note, named(note))
    for reference in protocol.references:
        words = ", ".join(filter(None, (reference.document, reference.clause)))
        words += "" if reference.verified else f" ({text('text not seen')})"
        yield Statement("References", words, reference, words)


def _scope(protocol: Protocol, library: ProtocolLibrary) -> Iterator[Statement]:
    families = ", ".join(named(library.family(code).title) for code in protocol.families)
    graded = text("yes") if protocol.graded else text("no")
    yield Statement("Scope", text("Families"), protocol.families, families or text("any family"))
    yield Statement("Scope", text("A grade can rest on it"), protocol.graded, graded)
    yield Statement(
        "Scope",
        text("Lives are counted in"),
        protocol.metric,
        text(METRICS.get(protocol.metric, protocol.metric)),
    )
    layout = protocol.layout
    yield Statement("Scope", text("Layout of the file"), layout, text(LAYOUTS[layout]))


def _condition(condition: StressCondition) -> str:
    allowed = " / ".join(map(number, condition.targets)) or text("as the plan says")
    words = f"{allowed} {condition.unit or ''}".strip()
    if condition.tolerance_below or condition.tolerance_above:
        words += f" (−{number(condition.tolerance_below)} / +{number(condition.tolerance_above)})"
    return words if condition.required else f"{words}, {text('optional')}"


def _sample(protocol: Protocol) -> Iterator[Statement]:
    sample, readouts = protocol.sample, protocol.readouts
    words = text(
        "{lots} lots of {units} units, accepted with at most {accept} failures",
        lots=sample.lots,
        units=sample.units_per_lot,
        accept=sample.accept,
    )
    yield Statement("Readouts and sample", text("Usual sample"), sample, words)
    if readouts is None:
        return
    unit = unit_in_words(readouts.unit)
    for name, times in (("Readouts", readouts.at), ("Never to be left out", readouts.mandatory)):
        words = f"{', '.join(map(number, times))} {unit}"
        yield Statement("Readouts and sample", text(name), (times, unit), words)
    early, late = number(readouts.early), number(readouts.late)
    tolerance = (readouts.early, readouts.late)
    words = f"−{early} / +{late} {unit}"
    yield Statement("Readouts and sample", text("Tolerance of a readout"), tolerance, words)


def _column(column: Column) -> str:
    words = [named(column.title), unit_in_words(column.unit)]
    words.append(", ".join(column.choices) if column.choices else word(column.type.value))
    if column.minimum is not None or column.maximum is not None:
        words.append(f"{number(column.minimum)} … {number(column.maximum)}")
    words += [text("key parameter")] if column.key else []
    words.append(text("never blank") if column.required else text("may be blank"))
    words += [text("may be left out")] if column.may_be_absent else []
    return "; ".join(filter(None, words))


def _failing(protocol: Protocol, library: ProtocolLibrary) -> Iterator[Statement]:
    subject = "When a unit has failed"
    modes = protocol.failure_modes
    yield Statement(subject, text("Failure modes"), modes, ", ".join(modes) or "–")
    for one in protocol.criteria:
        parts = applies_in_words(one.applies_to, library) or text("all")
        yield Statement(subject, f"{one.mode} ({parts})", one, criterion_in_words(one, protocol, library))
    for drift in protocol.degradation:
        parts = applies_in_words(drift.applies_to, library) or text("all")
        said = degradation_in_words(drift, protocol, library)
        yield Statement("Drift that may be extrapolated", f"{drift.column} ({parts})", drift, said)
    if protocol.weibull_grade:
        for level in protocol.weibull_grade.levels:
            rate = f"{number(level.percent_per_1000_hours)} %/1000 h"
            yield Statement("Level of a lot", level.name, level, rate)
        grading = protocol.weibull_grade
        rule = (grading.first, grading.second, grading.confidence, grading.source, grading.verified)
        words = f"{number(grading.first)}, {number(grading.second)}; {number(100 * grading.confidence)} %"
        yield Statement("Level of a lot", text("Readouts and confidence"), rule, words)


def _ageing(protocol: Protocol, library: ProtocolLibrary) -> Iterator[Statement]:
    for life in ageing_in_words(protocol, library):
        of = f" ({life.families})" if life.families else ""
        yield from _acceleration(life.acceleration, life.model, of)
        if life.shape is not None:
            yield _shape(life.shape, of)
    if protocol.acceleration is None and protocol.shape is not None:
        yield _shape(protocol.shape, "")


def _acceleration(acceleration: Acceleration, model: str, of: str) -> Iterator[Statement]:
    subject = "Acceleration"
    yield Statement(subject, text("Model") + of, acceleration.model, model)
    yield Statement(subject, text("Never more than") + of, acceleration.maximum, number(acceleration.maximum))
    for one in acceleration.parameters:
        words = f"{number(one.default)} {one.unit or ''} ({number(one.low)} – {number(one.high)}); "
        yield Statement(subject, one.name + of, one, words + named(one.source))


def _shape(shape: ShapeRange, of: str) -> Statement:
    words = f"{number(shape.low)} – {number(shape.high)}"
    return Statement("Acceleration", text("Range of the Weibull shape") + of, shape, words)
