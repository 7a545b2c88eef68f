"""Published parts made up for the tests: as columns, and as plain dictionaries to check them with."""

from __future__ import annotations

import random
import uuid
from typing import Any

import polars as pl

from ratedparts.catalogue.read_model import View
from ratedparts.catalogue.segment import FOREVER, Segment
from ratedparts.catalogue.snapshot import Position
from ratedparts.grading import GRADES

NOW = 1_000_000
MAKERS = ("Ceramics\n陶瓷", "Resistors & Sons\n电阻", "华强 Huaqiang\n华强")
FAMILIES = {"mlcc_class2": "capacitance_nf", "chip_resistor_thick": "resistance_ohm"}


def some_parts(count: int = 300, seed: int = 1) -> list[dict[str, Any]]:
    """Many ties, many absences: what orders and counts go wrong with."""
    draw = random.Random(seed)
    parts = []
    for place in range(count):
        family = draw.choice(list(FAMILIES))
        grade = draw.choice([*GRADES[:-1], None])
        rate = draw.choice([1e-9, 2e-8, 3e-7, float("nan")]) if grade else float("nan")
        parts.append(
            {
                "family": family,
                "id": uuid.UUID(int=draw.getrandbits(128)),
                "part_number": draw.choice("GRX") + f"{draw.randrange(40):02d}" + draw.choice("aKÄ") * 2,
                "maker": f"{draw.randrange(3):032x}",
                "series": draw.choice(["S1", "S2", None]),
                "grade": grade,
                "level": draw.choice(["FR6", "FR7", "FR8"]) if grade else None,
                "evidence_class": draw.choice(["E1", "E3"]) if grade else None,
                "kind": "rated" if grade else "analysed",
                "valid_until": NOW + draw.choice([-5, 5, 50]) if grade else FOREVER,
                "published_at": place,
                "failure_rate_90": rate,
                "value": draw.choice([1.0, 10.0, 100.0, float("nan")]),
                "dielectric": draw.choice(["X5R", "X7R"]) if family == "mlcc_class2" else None,
            }
        )
    return parts


def segments(parts: list[dict[str, Any]]) -> tuple[Segment, ...]:
    return tuple(
        _segment(family, [one for one in parts if one["family"] == family])
        for family in FAMILIES
        if any(one["family"] == family for one in parts)
    )


def view(parts: list[dict[str, Any]]) -> View:
    return View(Position(1, 0), segments(parts))


def _segment(family: str, parts: list[dict[str, Any]]) -> Segment:
    texts = ("series", "grade", "level", "evidence_class", "kind")
    columns: dict[str, Any] = {
        "id_high": pl.Series([one["id"].int >> 64 for one in parts], dtype=pl.UInt64),
        "id_low": pl.Series([one["id"].int & (2**64 - 1) for one in parts], dtype=pl.UInt64),
        "grade_order": pl.Series([_order(one) for one in parts], dtype=pl.UInt8),
        "part_number": [one["part_number"] for one in parts],
        "maker": [f"{one['maker']}\n{MAKERS[int(one['maker'], 16)]}" for one in parts],
        "valid_until": pl.Series([one["valid_until"] for one in parts], dtype=pl.Int64),
        "published_at": pl.Series([one["published_at"] for one in parts], dtype=pl.Int64),
        "failure_rate_90": [one["failure_rate_90"] for one in parts],
        FAMILIES[family]: [one["value"] for one in parts],
    }
    if family == "mlcc_class2":
        texts = (*texts, "dielectric")
    columns |= {name: pl.Series([one[name] for one in parts], dtype=pl.String) for name in texts}
    return Segment.of(family, pl.DataFrame(columns))


def _order(part: dict[str, Any]) -> int:
    return GRADES.index(part["grade"]) if part["grade"] else len(GRADES)
