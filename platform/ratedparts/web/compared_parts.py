"""Parts side by side: what differs, and their bounds on one axis."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ratedparts.catalogue.models import PublishedPart
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from .formatting import NOTHING, day, failure_rate_in_fit, lasting, level, life_in_years
from .language import language, named, text
from .quantity_texts import rating_text
from .shown_use import ShownAtUse

FEWEST, MOST = 2, 10
FIT = 1e-9


@dataclass(frozen=True)
class Line:
    """One property of all the parts; ``differs`` where they do not all say the same."""

    title: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Bar:
    """An upper bound on the axis: from 0 to ``share`` of its length."""

    part_number: str
    words: str
    share: float | None


@dataclass(frozen=True)
class Axis:
    """Failure rates in FIT, each decade as long as the next."""

    bars: tuple[Bar, ...]
    marks: tuple[tuple[float, str], ...]


def read_parts(given: Sequence[str]) -> list[uuid.UUID]:
    """Raises ``query_refused``: fewer than two, more than ten, or what is no part's id."""
    wanted = list(dict.fromkeys(given))
    faults = []
    ids = []
    for one in wanted[: MOST + 1]:
        try:
            ids.append(uuid.UUID(one))
        except ValueError:
            faults.append(Fault("part_unknown", column="part", given=one[:80]))
    if not FEWEST <= len(wanted) <= MOST:
        limits = {"fewest": FEWEST, "most": MOST}
        faults.append(Fault("parts_to_compare", column="part", given=str(len(wanted)), parameters=limits))
    if faults:
        raise RatedPartsError("query_refused", items=faults)
    return ids


def lines_of(
    rows: Sequence[PublishedPart], at_use: Mapping[uuid.UUID, ShownAtUse], library: ProtocolLibrary
) -> list[Line]:
    """The conditions before the grade, as everywhere."""

    def line(title: str, values: Iterable[str | None]) -> Line:
        return Line(text(title), tuple(value or NOTHING for value in values))

    lines = [
        line("Maker", (named(row) for row in rows)),
        line("Family", (named(library.family(row.family).title) for row in rows)),
        line("Series", (row.series for row in rows)),
        line("Use condition", (row.vector.get("use_condition") for row in rows)),
        line("Grade", (row.grade for row in rows)),
        line("Demonstrated", (level(row.vector["R"]) if "R" in row.vector else None for row in rows)),
        line("Failure rate at most", (_rate(row.figures.get("failure_rate_90")) for row in rows)),
        line("B10 life at least", (_life(row.figures.get("b10_lower_90")) for row in rows)),
        line("Life", (lasting(row.vector["L"]) if "L" in row.vector else None for row in rows)),
    ]
    if at_use:
        shown = [at_use.get(row.part_id) for row in rows]
        lines += [
            line("Failure rate at my use", (_rate(one.rate) if one else None for one in shown)),
            line("B10 life at my use", (_life(one.life) if one else None for one in shown)),
            line("Extrapolated", (" ".join(one.cautions) if one else None for one in shown)),
        ]
    lines += [
        line("Quality class", (row.vector.get("Q") for row in rows)),
        line("Evidence class", (row.vector.get("E") for row in rows)),
        line("Certificate", (row.certificate_number for row in rows)),
        line("Valid until", (day(row.valid_until) if row.valid_until else None for row in rows)),
        *_attributes(rows, library),
    ]
    return [one for one in lines if set(one.values) != {NOTHING}]


def _attributes(rows: Sequence[PublishedPart], library: ProtocolLibrary) -> Iterator[Line]:
    known = {one.name: one for row in rows for one in library.family(row.family).attributes}
    for name, attribute in known.items():
        given = (row.attributes.get(name) for row in rows)
        values = (NOTHING if value is None else rating_text(value, attribute) for value in given)
        yield Line(named(attribute.title), tuple(values))


def axis_of(rows: Sequence[PublishedPart], at_use: Mapping[uuid.UUID, ShownAtUse]) -> Axis | None:
    """Of the rates at the use that was asked for, else of those that are certified.

    None: nobody has one, or they are certified for different uses, and one axis would mislead.
    """
    if not at_use and uses_differ(rows):
        return None
    rates = {}
    for row in rows:
        shown = at_use.get(row.part_id)
        rate = shown.rate if shown else None if at_use else row.figures.get("failure_rate_90")
        rates[row.part_id] = rate if rate else None
    known = [rate / FIT for rate in rates.values() if rate is not None]
    if not known:
        return None
    lowest, highest = math.floor(math.log10(min(known))) - 1, math.ceil(math.log10(max(known)) + 1e-9)

    def share(fit: float) -> float:
        return (math.log10(fit) - lowest) / (highest - lowest)

    bars = []
    for row in rows:
        rate = rates[row.part_id]
        bars.append(Bar(row.part_number, _rate(rate) or NOTHING, None if rate is None else share(rate / FIT)))
    marks = tuple((share(10.0**power), f"{10.0**power:,g}") for power in range(lowest, highest + 1))
    return Axis(tuple(bars), marks)


def uses_differ(rows: Sequence[PublishedPart]) -> bool:
    return len({row.vector.get("use_condition") for row in rows} - {None}) > 1


def _rate(rate: float | None) -> str | None:
    return None if rate is None else failure_rate_in_fit(rate)


def _life(hours: float | None) -> str | None:
    return None if hours is None else life_in_years(hours, language())
