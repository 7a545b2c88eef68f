"""The designer: finding rated parts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.question import GRADED, LEVEL_CODES
from ratedparts.catalogue.searching import Answer
from ratedparts.catalogue.service import in_order
from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ColumnType

from ..asked_use import PRESETS
from ..catalogue_query import Asked, answer_to, read_query
from ..forms import Form
from ..language import text
from ..quantity_texts import rating_text
from ..requests import installation, reading
from ..shown_search import SORTS, address, facets_shown, own_attributes, said_conditions, without_of
from ..shown_use import shown_at_use

pages = Blueprint("catalogue", __name__)


@pages.app_template_global()
def main_attributes(row: PublishedPart) -> list[str]:
    """What a part is told from its neighbours by: what its family requires, then tolerance and package."""
    family = installation().library.family(row.family)
    shown = [one for one in family.attributes if one.required or one.name in ("tolerance_percent", "package")]
    return [rating_text(row.attributes[one.name], one) for one in shown if one.name in row.attributes]


@pages.get("/parts")
def find() -> Any:
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
            everything=url_for("catalogue.find"),
        )
    return page, status


def _readable() -> Any:
    """What of the address can be kept where something in it is wrong: the family, so that its fields stay."""
    kept = request.args.copy()
    for name in list(kept):
        if name != "family" or kept[name] not in installation().library.families:
            kept.pop(name)
    return kept
