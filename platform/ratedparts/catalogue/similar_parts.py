"""Parts that could stand in for another one at the same use condition, and are better on some axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ratedparts.db import Work
from ratedparts.grading import GRADES
from ratedparts.protocols import ColumnType, ProtocolLibrary

from .models import PublishedPart
from .question import Question, Range
from .read_model import View
from .searching import search
from .service import in_order

LOOKED_AT, SHOWN = 100, 4
CLEARLY = 1.25  # a rate or a life that differs by less is not worth another part
SAME = 1e-9


@dataclass(frozen=True)
class Better:
    """``axes``: ``grade``, ``failure_rate``, ``life``, ``quality`` or ``evidence_class``."""

    part: PublishedPart
    axes: tuple[str, ...]


def better_parts(
    work: Work, view: View, row: PublishedPart, library: ProtocolLibrary, now: int
) -> list[Better]:
    """Of the same family, with the same values that the family requires; those better on most axes first."""
    use = row.vector.get("use_condition")
    if row.grade is None or use is None:
        return []
    chosen = {"family": frozenset([row.family]), "use_condition": frozenset([use])}
    ranges = {}
    for attribute in library.family(row.family).attributes:
        value = row.attributes.get(attribute.name)
        if not attribute.required or value is None:
            continue
        if attribute.type is ColumnType.NUMBER:
            ranges[attribute.name] = Range(value - abs(value) * SAME, value + abs(value) * SAME)
        else:
            chosen[attribute.name] = frozenset([str(value)])
    question = Question(chosen=chosen, ranges=ranges, sort="failure_rate_90", limit=LOOKED_AT)
    found = search(view, question, library, now, facets=False)
    better = [
        Better(one, axes)
        for one in in_order(work, found.part_ids)
        if one.part_id != row.part_id and (axes := tuple(_better_axes(one, row)))
    ]
    return sorted(better, key=lambda one: -len(one.axes))[:SHOWN]


def _better_axes(one: PublishedPart, other: PublishedPart) -> Iterator[str]:
    if one.grade is None or other.grade is None:
        return
    if GRADES.index(one.grade) < GRADES.index(other.grade):
        yield "grade"
    rate, others = (row.figures.get("failure_rate_90") for row in (one, other))
    if rate and others and rate * CLEARLY < others:
        yield "failure_rate"
    life, others = (row.figures.get("b10_lower_90") for row in (one, other))
    if life and others and life > others * CLEARLY:
        yield "life"
    for axis, name in (("quality", "Q"), ("evidence_class", "E")):
        # Codes of one letter and one digit, the larger the better.
        if (one.vector.get(name) or "") > (other.vector.get(name) or "") != "":
            yield axis
