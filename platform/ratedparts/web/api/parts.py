"""Parts: registering one's own, and finding the published ones."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import INCLUDE

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.service import in_order
from ratedparts.errors import RatedPartsError
from ratedparts.grading.at_use import UseQuestion
from ratedparts.submissions import parts

from ..asked_use import read_use
from ..catalogue_query import answer_to, read_query, search_tag
from ..compared_parts import read_parts
from ..requests import acting, installation, reading, working
from ..shown_use import shown_at_use
from .protocols import UNCHANGED
from .shapes import TOKEN, ComparedParts, ComparedQuery, FoundParts, NewPart, PartsQuery, RegisteredPart

resources = Blueprint("parts", __name__, url_prefix="/api/v1", description="Parts")


@resources.get("/parts")
@resources.arguments(PartsQuery, location="query", unknown=INCLUDE)
@resources.response(200, FoundParts)
@resources.alt_response(304, description=UNCHANGED)
def find(query: dict[str, Any]) -> Any:
    """Published parts, best grade first; `rated_voltage_v=>= 50 V`, `capacitance_nf_min=100` and the like."""
    with reading() as work:
        asked = read_query(request.args, installation().library, work.at)
        # Before the answer: one that is newer than its tag does no harm.
        tag = search_tag(work, asked.question)
        headers = {"ETag": f'W/"{tag}"'}
        if request.if_none_match.contains_weak(tag):
            return Response(status=304, headers=headers)
        answer = answer_to(work, asked.question, facets=bool(query["facets"]))
        found = {
            "items": _with_answers(in_order(work, answer.part_ids), asked.question.use),
            "total": answer.total,
            "next": answer.next_cursor,
            "nearly": answer.nearly,
            **({"facets": answer.facets} if query["facets"] else {}),
        }
        return found, headers


@resources.get("/parts/compare")
@resources.arguments(ComparedQuery, location="query", unknown=INCLUDE)
@resources.response(200, ComparedParts)
def compare(query: dict[str, Any]) -> Any:
    """Two to ten parts, `part` given once for each, at a use where one is asked for."""
    asked = read_use(request.args)
    if asked.faults:
        raise RatedPartsError("query_refused", items=asked.faults)
    wanted = read_parts(request.args.getlist("part"))
    with reading() as work:
        return {"items": _with_answers(in_order(work, wanted), asked.use)}


def _with_answers(rows: list[PublishedPart], use: UseQuestion | None) -> list[dict[str, Any]]:
    shown = {part_id: one.as_json() for part_id, one in shown_at_use(rows, use).items()}
    return [{"row": row, "at_use": shown.get(row.part_id)} for row in rows]


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
