"""Parts by the hundred thousand for trials of speed, each labelled as made up.

They come by a way of their own: rows in bulk, with no laboratory, evidence, review or certificate behind
them.  Only the catalogue shows them, as ``generated``; nothing of them is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from sqlalchemy import Table, insert

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.publishing import change_everything
from ratedparts.db import Database, Work
from ratedparts.grading.failure_rate_levels import level_of
from ratedparts.organisations.models import Organisation
from ratedparts.protocols import Attribute, ColumnType, Family, ProtocolLibrary
from ratedparts.reliability import failure_rate_bound
from ratedparts.submissions.models import Part, Series

from .generated_situations import DESIGN_LIFE_HOURS, GeneratedSituations

AT_ONCE = 20_000
SOURCE = "Made up for trials of speed; nothing was tested."
SIMILARITY = "Made up together, for trials of speed."
PARTS_A_MAKER, PARTS_A_SERIES = 2500, 40
E24: Final = (10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91)
# How many of a thousand parts are of a family; the rest of the families share what is left.
SHARES: Final = {
    "mlcc_class2": 300,
    "chip_resistor_thick": 260,
    "mlcc_class1": 90,
    "chip_resistor_thin": 70,
    "inductor": 60,
    "ic": 60,
    "discrete": 40,
}
DECADES: Final = {  # attributes whose values are of a preferred series: from which power of ten to which
    "capacitance_nf": (-3, 4),
    "capacitance_uf": (-1, 4),
    "resistance_ohm": (0, 7),
    "inductance_uh": (-2, 4),
}
CHOICES: Final[Mapping[str, tuple[float, ...]]] = {
    "rated_voltage_v": (4, 6.3, 10, 16, 25, 35, 50, 63, 100, 200, 250, 500, 630, 1000),
    "upper_category_temperature_c": (85, 105, 125, 150),
    "lower_category_temperature_c": (-55, -40),
    "tolerance_percent": (0.1, 0.5, 1, 2, 5, 10, 20),
    "rated_power_w": (0.05, 0.0625, 0.1, 0.125, 0.25, 0.5, 0.75, 1),
    "maximum_junction_temperature_c": (125, 150, 175),
    "maximum_operating_temperature_c": (70, 85, 105, 125),
    "supply_voltage_v": (1.2, 1.8, 3.3, 5, 12),
    "centre_frequency_mhz": (433.92, 868.3, 1575.42, 1842.5, 2450, 3500),
    "rated_power_dbm": (10, 15, 20, 27, 30),
    "rated_matings": (30, 50, 100, 250, 500),
    "contacts": (10, 20, 40, 80, 120),
    "wavelength_nm": (850, 940, 1310, 1490, 1550),
    "full_scale": (2, 8, 16, 100, 250, 2000),
    "layers": (2, 4, 6, 8, 10, 12),
    "board_thickness_mm": (0.8, 1.0, 1.6, 2.4),
    "rated_current_a": (0.1, 0.5, 1, 2, 5, 10),
}
PACKAGES: Final = ("0201", "0402", "0603", "0805", "1206", "1210")
USES: Final = ("UC-C", "UC-I", "UC-A")


@dataclass(frozen=True)
class Batch:
    """Rows of three tables, in the order in which they refer to each other."""

    series: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    published: list[dict[str, Any]]


def generate(
    database: Database, library: ProtocolLibrary, count: int, say: Callable[[str], None], seed: int = 2026
) -> None:
    """Add so many made-up parts.  The same count and seed make the same parts, but for ids and days."""
    draw = np.random.default_rng(seed)
    with database.work() as work:
        makers = _makers(work, max(1, count // PARTS_A_MAKER))
    situations = GeneratedSituations(database, library)
    done = 0
    for family, many in _shared(library, count).items():
        for batch in _batches(work, library.family(family), many, makers, situations, draw, done):
            with database.work() as work:
                for table, rows in (
                    (Series, batch.series),
                    (Part, batch.parts),
                    (PublishedPart, batch.published),
                ):
                    assert isinstance(table.__table__, Table)
                    work.session.execute(insert(table.__table__), rows)
            done += len(batch.parts)
            say(f"{done:,} of {count:,} parts made up")
    with database.work() as work:
        change_everything(work)


def _makers(work: Work, count: int) -> list[Organisation]:
    made = []
    known = work.session.query(Organisation).filter(Organisation.name_en.like("Made-up maker %")).count()
    for place in range(known + 1, known + 1 + count):
        made.append(
            Organisation(
                id=work.new_id(),
                kind="maker",
                name_en=f"Made-up maker {place:04d}",
                name_zh=f"虚构制造方{place:04d}",
                example=True,
                registered_at=work.at,
            )
        )
    work.session.add_all(made)
    work.session.flush()
    return made


def _shared(library: ProtocolLibrary, count: int) -> dict[str, int]:
    rated = [code for code, family in library.families.items() if family.group != "published"]
    others = [code for code in rated if code not in SHARES]
    shares = {**SHARES, **dict.fromkeys(others, (1000 - sum(SHARES.values())) / len(others))}
    numbers = {code: int(count * shares[code] / 1000) for code in rated}
    numbers["mlcc_class2"] += count - sum(numbers.values())
    return {code: number for code, number in numbers.items() if number}


def _batches(
    work: Work,
    family: Family,
    count: int,
    makers: list[Organisation],
    situations: GeneratedSituations,
    draw: Generator,
    number: int,
) -> Iterator[Batch]:
    for start in range(0, count, AT_ONCE):
        many = min(AT_ONCE, count - start)
        attributes = _attributes(family, many, draw)
        ratings = _ratings(family, many, draw)
        batch = Batch([], [], [])
        series: dict[str, Any] = {}
        for place in range(many):
            serial = number + start + place
            maker = makers[serial // PARTS_A_SERIES % len(makers)]
            if place % PARTS_A_SERIES == 0:
                series = _series(work, family, maker, serial)
                batch.series.append(series)
            values = {name: column[place] for name, column in attributes.items()}
            rating = ratings[place]
            part = _part(
                work, family, series, maker, f"{family.code[:2].upper()}{serial:07d}", values, rating
            )
            batch.parts.append(part)
            situation = situations.of(family, values, rating["vector"]["use_condition"])
            batch.published.append(_published(work, part, series, maker, rating, situation))
        yield batch


def _series(work: Work, family: Family, maker: Organisation, serial: int) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "maker_id": maker.id,
        "family": family.code,
        "name": f"{family.code[:4].upper()}-{serial:07d}",
        "similarity": SIMILARITY,
        "registered_at": work.at,
    }


def _part(
    work: Work,
    family: Family,
    series: Mapping[str, Any],
    maker: Organisation,
    number: str,
    attributes: dict[str, Any],
    rating: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "maker_id": maker.id,
        "series_id": series["id"],
        "part_number": number,
        "family": family.code,
        "attributes": attributes,
        "limits": {},
        "use_condition": rating["vector"]["use_condition"],
        "design_life_hours": DESIGN_LIFE_HOURS,
        "screened": False,
        "source": SOURCE,
        "registered_at": work.at,
    }


def _published(
    work: Work,
    part: Mapping[str, Any],
    series: Mapping[str, Any],
    maker: Organisation,
    rating: Mapping[str, Any],
    situation: tuple[int, float] | None,
) -> dict[str, Any]:
    return {
        "part_id": part["id"],
        "kind": "generated",
        "part_number": part["part_number"],
        "maker_id": maker.id,
        "maker_en": maker.name_en,
        "maker_zh": maker.name_zh,
        "series": series["name"],
        "family": part["family"],
        "attributes": part["attributes"],
        "grade": rating["grade"],
        "vector": rating["vector"],
        "figures": rating["figures"],
        "situation_id": None if situation is None else situation[0],
        "use_numbers": {} if situation is None else _use_numbers(rating["figures"], situation[1]),
        "use_response": None,  # the columns are enough, and a million of them would be gigabytes
        "certificate_number": None,
        "valid_until": work.at + timedelta(days=rating["days"]),
        "evaluation_id": None,
        "source": SOURCE,
        "example": True,
        "published_at": work.at,
    }


def _use_numbers(figures: Mapping[str, Any], longest_hours: float) -> dict[str, float]:
    return {
        "rate_60": figures["failure_rate_60"],
        "rate_90": figures["failure_rate_90"],
        "b1": figures["b10_lower_90"] / 10.0,
        "b10": figures["b10_lower_90"],
        "declared_hours": DESIGN_LIFE_HOURS,
        "longest_hours": longest_hours,
    }


def _attributes(family: Family, many: int, draw: Generator) -> dict[str, list[Any]]:
    """The attributes that every part of the family has, and those others that there are values for."""
    columns = {one.name: _values(one, many, draw) for one in family.attributes}
    return {name: values for name, values in columns.items() if values is not None}


def _values(attribute: Attribute, many: int, draw: Generator) -> list[Any] | None:
    if attribute.type is ColumnType.BOOLEAN:
        return (draw.random(many) < 0.2).tolist()  # type: ignore[no-any-return]
    if attribute.choices:
        return draw.choice(attribute.choices, many).tolist()  # type: ignore[no-any-return]
    if attribute.name == "package":
        return draw.choice(PACKAGES, many).tolist()  # type: ignore[no-any-return]
    if attribute.name in DECADES:
        low, high = DECADES[attribute.name]
        digits, powers = draw.choice(E24, many), draw.integers(low, high, many)
        # As somebody would write them: by way of a decimal, or a third of them would end in ...0001.
        return [float(f"{digit}e{power - 1}") for digit, power in zip(digits, powers, strict=True)]
    if attribute.name in CHOICES:
        return draw.choice(CHOICES[attribute.name], many).tolist()  # type: ignore[no-any-return]
    return None


def _ratings(family: Family, many: int, draw: Generator) -> list[dict[str, Any]]:
    """What might have been demonstrated: hours on test, few failures, and the bounds that follow."""
    by_units = family.group in ("connector", "board")
    uses = draw.choice(USES, many)
    failures = np.minimum(draw.poisson(0.35, many), 5)
    hours = 231.0 * 1000.0 * np.exp(draw.normal(4.5, 1.6, many))
    quality = draw.choice(("Q1", "Q2", "Q3"), many, p=(0.2, 0.4, 0.4))
    evidence = draw.choice(("E1", "E3"), many, p=(0.1, 0.9))
    days = draw.integers(1, 730, many)
    found = []
    for place in range(many):
        figures: dict[str, Any] = {"failures": int(failures[place])}
        rate = 1.0
        if not by_units:
            figures["unit_hours"] = float(hours[place])
            for percent in (60, 90):
                bound = failure_rate_bound(int(failures[place]), float(hours[place]), percent / 100)
                figures[f"failure_rate_{percent}"] = bound
            rate = figures["failure_rate_90"]
            figures["b10_lower_90"] = 0.1 / rate
        level = level_of(rate)
        found.append(
            {
                "grade": _grade(level.code if level else "none", str(quality[place]), str(evidence[place])),
                "vector": {
                    "R": "R.99@90" if by_units else f"{level.code}@90" if level else "none",
                    "L": "run" if by_units else "B10>=10y" if rate < 1e-6 else "none",
                    "Q": str(quality[place]),
                    "E": str(evidence[place]),
                    "use_condition": str(uses[place]),
                },
                "figures": figures,
                "days": int(days[place]),
            }
        )
    return found


def _grade(level: str, quality: str, evidence: str) -> str:
    if evidence == "E1" or level in ("none", "FR4.5", "FR5"):
        return "C"
    best = {"FR6": "B", "FR7": "A"}.get(level, "A+")
    return max(best, {"Q1": "B", "Q2": "A", "Q3": "A+"}[quality], key=("A+", "A", "B", "C").index)
