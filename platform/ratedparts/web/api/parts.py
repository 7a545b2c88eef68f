"""Parts: registering one's own, and finding the published ones."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import INCLUDE

from ratedparts.catalogue.service import in_order
from ratedparts.submissions import parts

from ..catalogue_query import answer_to, read_query
from ..requests import acting, installation, reading, working
from ..shown_use import shown_at_use
from .shapes import FoundParts, NewPart, PartsQuery, RegisteredPart

resources = Blueprint("parts", __name__, url_prefix="/api/v1", description="Parts")
TOKEN: list[dict[str, list[str]]] = [{"token": []}]


@resources.get("/parts")
@resources.arguments(PartsQuery, location="query", unknown=INCLUDE)
@resources.response(200, FoundParts)
def find(query: dict[str, Any]) -> Any:
    """Published parts, best grade first; `rated_voltage_v=>= 50 V`, `capacitance_nf_min=100` and the like."""
    with reading() as work:
        asked = read_query(request.args, installation().library, work.at)
        answer = answer_to(work, asked.question, facets=bool(query["facets"]))
        rows = in_order(work, answer.part_ids)
        shown = shown_at_use(rows, asked.question.use)
        at_use = {part_id: one.as_json() for part_id, one in shown.items()}
        return {
            "items": [{"row": row, "at_use": at_use.get(row.part_id)} for row in rows],
            "total": answer.total,
            "next": answer.next_cursor,
            "nearly": answer.nearly,
            **({"facets": answer.facets} if query["facets"] else {}),
        }


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
