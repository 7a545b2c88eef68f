"""Parts: registering one's own, and finding the published ones."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from ratedparts.catalogue import service as catalogue
from ratedparts.submissions import parts

from ..requests import acting, installation, reading, working
from .shapes import FoundParts, NewPart, PartsQuery, RegisteredPart

resources = Blueprint("parts", __name__, url_prefix="/api/v1", description="Parts")
TOKEN: list[dict[str, list[str]]] = [{"token": []}]


@resources.get("/parts")
@resources.arguments(PartsQuery, location="query")
@resources.response(200, FoundParts)
def find(query: dict[str, Any]) -> Any:
    """Published parts, best grade first."""
    with reading() as work:
        found = catalogue.search(
            work,
            text=query["q"],
            family=query["family"],
            grade_at_least=query["grade_at_least"],
            cursor=query["cursor"],
            limit=query["limit"],
        )
        answer: dict[str, Any] = {"items": found.items, "total": found.total, "next": found.next_cursor}
        if query["facets"]:
            answer["facets"] = {"family": catalogue.families_published(work)}
        return answer


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
