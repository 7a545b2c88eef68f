"""The designer: finding rated parts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.question import GRADED, LEVEL_CODES
from ratedparts.catalogue.searching import Answer
from ratedparts.catalogue.service import in_order
from ratedparts.catalogue.typed_values import terms_of
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.actor import not_found
from ratedparts.protocols import Attribute, ColumnType

from ..asked_use import FIELDS, PRESETS, read_use
from ..catalogue_query import Asked, answer_to, read_query
from ..compared_parts import axis_of, lines_of, read_parts, uses_differ
from ..forms import Form
from ..language import named, text
from ..quantity_texts import rating_text
from ..requests import installation, reading
from ..shown_search import (
    SORTS,
    address,
    facets_shown,
    own_attributes,
    said_conditions,
    use_in_words,
    without_of,
)
from ..shown_use import shown_at_use

pages = Blueprint("catalogue", __name__)


@pages.app_template_global()
def main_attributes(row: PublishedPart) -> list[str]:
    """What a part is told from its neighbours by: what its family requires, then tolerance and package."""
    family = installation().library.family(row.family)
    shown = [one for one in family.attributes if one.required or one.name in ("tolerance_percent", "package")]
    return [_told(row.attributes[one.name], one) for one in shown if one.name in row.attributes]


def _told(value: Any, attribute: Attribute) -> str:
    """The value alone where its unit says of what it is: nobody knows what a bare 4 counts."""
    written = rating_text(value, attribute)
    if attribute.type is not ColumnType.NUMBER:
        return written
    if attribute.unit is None:
        return f"{named(attribute.title)} {written}"
    return f"≤ {written}" if attribute.unit == "°C" else written


@pages.get("/parts")
def find() -> Any:
    if any(
        "" in values for values in request.args.listvalues()
    ):  # left empty in a form: the address is sent on
        return redirect(address(request.args.to_dict(flat=False), cursor=request.args.get("cursor")))
    library = installation().library
    form = Form(request.args.to_dict())
    status = 200
    with reading() as work:
        try:
            asked = read_query(request.args, library, work.at)
            answer = answer_to(work, asked.question, facets=True)
        except RatedPartsError as error:
            if error.code != "query_refused":
                raise
            form.blame(error)
            status = 422
            asked, answer = Asked(read_query(_readable(), library, work.at).question, {}), Answer((), 0)
        question = asked.question
        rows = in_order(work, answer.part_ids)
        page = render_template(
            "catalogue/find.html",
            form=form,
            question=question,
            answer=answer,
            rows=rows,
            at_use=shown_at_use(rows, question.use),
            presets=PRESETS,
            facets=facets_shown(question, answer, library),
            numbers=[one for one in own_attributes(question, library) if one.type is ColumnType.NUMBER],
            conditions=list(said_conditions(asked, answer, library)) if status == 200 else [],
            grades=[(grade, text("{grade} or better", grade=grade)) for grade in GRADED],
            levels=[(code, text("{level} or better", level=code)) for code in reversed(LEVEL_CODES)],
            sorts=[(name, text(title)) for name, title in SORTS.items()],
            next_page=address(dict(request.args.lists()), cursor=answer.next_cursor),
            first_page=without_of("cursor"),
            further=bool(request.args.get("cursor")),
            typed=[term.written for term in terms_of(question.text, library) if term.values],
            everything=url_for("catalogue.find"),
        )
    return page, status


@pages.get("/parts/compare")
def compare() -> Any:
    asked = read_use(request.args)
    if asked.faults:
        raise RatedPartsError("query_refused", items=asked.faults)
    wanted = read_parts(request.args.getlist("part"))
    with reading() as work:
        rows = in_order(work, wanted)
        if not rows:
            raise not_found("part", wanted[0])
        at_use = shown_at_use(rows, asked.use)
        use: dict[str, Any] = {name: request.args[name] for name in FIELDS if request.args.get(name)}
        others = [[str(row.part_id) for row in rows if row is not one] for one in rows]
        removals = [url_for("catalogue.compare", part=ids, **use) for ids in others if len(ids) > 1]
        return render_template(
            "catalogue/compare.html",
            rows=rows,
            lines=lines_of(rows, at_use, installation().library),
            axis=axis_of(rows, at_use),
            use=None if asked.use is None else use_in_words(asked.use),
            presets=_at_presets(rows) if asked.use is None and uses_differ(rows) else [],
            missing=len(rows) < len(wanted),
            removals=removals,
        )


def _at_presets(rows: list[PublishedPart]) -> list[tuple[str, str]]:
    ids = [str(row.part_id) for row in rows]
    return [(code, url_for("catalogue.compare", part=ids, use=code)) for code in PRESETS]


def _readable() -> Any:
    """What of the address can be kept where something in it is wrong: the family, so that its fields stay."""
    kept = request.args.copy()
    for name in list(kept):
        if name != "family" or kept[name] not in installation().library.families:
            kept.pop(name)
    return kept
