"""Proficiency rounds: entered by the administrator, read by everybody, recognised by each laboratory."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.organisations.proficiency import service
from ratedparts.organisations.proficiency.entered import COLUMNS, LARGEST_BYTES, GivenResult, results_from_csv
from ratedparts.organisations.proficiency.models import ASSIGNED_BY
from ratedparts.wording import fault_as_json

from ..forms import Form
from ..language import language, text
from ..requests import acting, reading, working
from ..shown_round import protocol_ids, shown_round
from . import administrator, laboratory
from .public import pages


@pages.get("/proficiency")
def proficiency_rounds() -> Any:
    with reading() as work:
        found = service.page_of_rounds(work, request.args.get("cursor"))
        shown = [shown_round(work, one) for one in found.items]
        return render_template("public/proficiency_rounds.html", found=found, shown=shown)


@pages.get("/proficiency/<number>")
def proficiency_round(number: str) -> Any:
    with reading() as work:
        shown = shown_round(work, service.round_by_number(work, number))
        return render_template("public/proficiency_round.html", shown=shown)


@laboratory.pages.get("/proficiency")
def proficiency() -> Any:
    actor = acting("laboratory")
    with reading() as work:
        mine = [(shown_round(work, one), code) for one, code in service.own_rounds(work, actor)]
        return render_template("laboratory/proficiency.html", mine=mine)


@administrator.pages.route("/proficiency", methods=["GET", "POST"])
def new_proficiency_round() -> Any:
    actor = acting("administrator")
    form = Form.posted() if request.method == "POST" else Form()
    lines: list[dict[str, Any]] = []
    if request.method == "POST":
        given, items = _given(form)
        reference = form["assigned_by"] == "reference"
        numbers = {
            "sigma_pt": form.number("sigma_pt"),
            # Blank is right for a consensus; what stands there all the same is for the service to refuse.
            **{
                name: form.number(name) if reference or form[name].strip() else None
                for name in ("reference_value", "reference_expanded")
            },
        }
        day = form.day("held_on")
        try:
            with working() as work:
                new = service.publish_round(
                    work,
                    actor,
                    measurand=form["measurand"],
                    unit=form["unit"],
                    assigned_by=form["assigned_by"],
                    held_on=day,
                    results=given,
                    known_protocols=protocol_ids(),
                    protocol_id=form["protocol_id"] or None,
                    by_name=form["by_name"] == "yes",
                    supersedes=form["supersedes"].strip() or None,
                    **numbers,
                )
                if form.faults or items:  # found by the form, and by nothing else
                    raise RatedPartsError("form_refused", items=items)
        except RatedPartsError as error:
            found = [*items, *error.items]
            # A file that could not be read is refused as that, and not for having no lines.
            rows = [one for one in found if one.row]
            rest = [
                one
                for one in found
                if not one.row and not (items and one not in items and one.column == "results")
            ]
            if rest or not (rows or form.faults):
                form.blame(RatedPartsError(error.code, items=rest))
            if rows:
                form.fault("proficiency_lines", "results", count=len(rows))
            lines = [fault_as_json(one, language()) for one in rows]
        else:
            flash(text("The round is published."), "good")
            return redirect(url_for("public.proficiency_round", number=new.number))
    page = render_template(
        "administrator/proficiency.html",
        form=form,
        lines=lines,
        protocols=[(one, one) for one in protocol_ids()],
        ways=[(one, text(one)) for one in ASSIGNED_BY],
        columns=",".join(COLUMNS),
    )
    return page, 422 if form.faults else 200


def _given(form: Form) -> tuple[list[GivenResult], list[Fault]]:
    """The file where there is one, else what was pasted; and why it could not be read."""
    file = request.files.get("file")
    content: str | bytes = form["results"]
    if file is not None and file.filename:
        content = file.read(LARGEST_BYTES + 1)
    try:
        return results_from_csv(content), []
    except RatedPartsError as error:
        return [], list(error.items)
