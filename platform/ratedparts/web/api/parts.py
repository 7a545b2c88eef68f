"""Parts: registering one's own, and finding the published ones."""

from __future__ import annotations

import math
from typing import Any

from flask_smorest import Blueprint
from marshmallow import INCLUDE

from ratedparts.catalogue import service as catalogue
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import ColumnType
from ratedparts.submissions import parts

from ..requests import acting, installation, reading, working
from .shapes import FoundParts, NewPart, PartsQuery, RegisteredPart

resources = Blueprint("parts", __name__, url_prefix="/api/v1", description="Parts")
TOKEN: list[dict[str, list[str]]] = [{"token": []}]


@resources.get("/parts")
@resources.arguments(PartsQuery, location="query", unknown=INCLUDE)
@resources.response(200, FoundParts)
def find(query: dict[str, Any]) -> Any:
    """Published parts, best grade first; `capacitance_nf_min=100` and the like bound an attribute."""
    known = set(PartsQuery().fields)
    ranges = _ranges({name: value for name, value in query.items() if name not in known})
    with reading() as work:
        found = catalogue.search(
            work,
            text=query["q"],
            family=query["family"],
            grade_at_least=query["grade_at_least"],
            ranges=ranges,
            cursor=query["cursor"],
            limit=query["limit"],
        )
        answer: dict[str, Any] = {"items": found.items, "total": found.total, "next": found.next_cursor}
        if query["facets"]:
            answer["facets"] = {"family": catalogue.families_published(work)}
        return answer


def _ranges(given: dict[str, str]) -> dict[str, tuple[float | None, float | None]]:
    """The bounds asked for, by attribute; anything that is no bound of a known attribute is refused."""
    families = installation().library.families.values()
    numeric = {a.name for family in families for a in family.attributes if a.type is ColumnType.NUMBER}
    ranges: dict[str, tuple[float | None, float | None]] = {}
    faults = []
    for name, text in given.items():
        attribute, _, end = name.rpartition("_")
        if attribute not in numeric or end not in ("min", "max"):
            faults.append(Fault("unknown_key", column=name, given=text[:80]))
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        plain = text.isascii() and text == text.strip() and "_" not in text
        if not math.isfinite(value) or not plain:
            expected = {"expected": "decimal_point_number"}
            faults.append(Fault("number_format", column=name, given=text[:80], parameters=expected))
            continue
        low, high = ranges.get(attribute, (None, None))
        ranges[attribute] = (value, high) if end == "min" else (low, value)
    if faults:
        raise RatedPartsError("query_refused", items=faults)
    return ranges


@resources.post("/parts")
@resources.doc(security=TOKEN)
@resources.arguments(NewPart)
@resources.response(201, RegisteredPart)
def register(new: dict[str, Any]) -> Any:
    """Register a part of the maker's own, and its series where that is new."""
    actor = acting("maker")
    library = installation().library
    with working() as work:
        series = parts.series_named(
            work,
            actor,
            library,
            family=new.pop("family"),
            name=new.pop("series"),
            similarity=new.pop("similarity"),
        )
        return parts.register_part(work, actor, library, series_id=series.id, **new)
