"""The maker: series, parts, test plans, why a grade, and applying for a certificate."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.calendar_days import day_of
from ratedparts.certificates.granted_level import upkeep
from ratedparts.certificates.standing import certificates_of_part, status_at
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.evidence.service import withdrawn_evidence_of_part
from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.register import organisations
from ratedparts.protocols import Family, Protocol
from ratedparts.review import lists
from ratedparts.review import service as reviews
from ratedparts.submissions import parts, plans
from ratedparts.submissions.results import submissions_of
from ratedparts.submissions.withdrawals import withdrawals_of

from ..forms import Form
from ..language import named, text, word
from ..new_part_form import key_quantities, read_new_part, read_rows
from ..next_grade_shown import coming_of
from ..requests import acting, installation, reading, working
from ..why_this_grade import axes_of

pages = Blueprint("maker", __name__, url_prefix="/maker")


@pages.get("/")
def home() -> Any:
    actor = acting("maker")
    with reading() as work:
        found = [(part, current_evaluation(work, part.id)) for part in parts.parts_of(work, actor)]
        return render_template(
            "maker/home.html",
            parts=found,
            series=parts.series_of(work, actor),
            questions=lists.questions_for(work, actor),
        )


@pages.route("/series/new", methods=["GET", "POST"])
def new_series() -> Any:
    actor = acting("maker")
    library = installation().library
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                series = parts.register_series(
                    work,
                    actor,
                    library,
                    family=form["family"],
                    name=form["name"],
                    similarity=form["similarity"],
                )
        except RatedPartsError as error:
            form.blame(error)
        else:
            flash(text("The series is registered. Now its first part."), "good")
            return redirect(url_for("maker.new_part", series_id=series.id))
    families = [
        (code, named(family.title))
        for code, family in library.families.items()
        if can_rate(family, library, CEG_2026_1)
    ]
    return render_template("maker/new_series.html", form=form, families=families), 422 if form.faults else 200


@pages.route("/series/<uuid:series_id>/parts/new", methods=["GET", "POST"])
def new_part(series_id: uuid.UUID) -> Any:
    actor = acting("maker")
    with reading() as work:
        series = parts.own_series(work, actor, series_id)
    family = installation().library.family(series.family)
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        part_id = _register_part(actor, form, family, series_id)
        if part_id is not None:
            flash(text("The part is registered. Next: its test plans."), "good")
            return redirect(url_for("maker.part", part_id=part_id))
        if not form.faults and form["change"] != "yes":
            return render_template(
                "maker/confirm_part.html",
                form=form,
                series=series,
                family=family,
                rows=read_rows(form, family, installation().library),
            )
    page = render_template(
        "maker/new_part.html",
        form=form,
        series=series,
        family=family,
        quantities=key_quantities(family, installation().library),
        use_conditions=[one for one in CEG_2026_1.use_conditions.values() if one.temperature_c is not None],
    )
    return page, 422 if form.faults else 200


def _register_part(actor: Actor, form: Form, family: Family, series_id: uuid.UUID) -> uuid.UUID | None:
    """Register the part where the maker has confirmed what was read of it; its id, or None.

    Before that the verb is only rehearsed, so that the first answer names every fault and keeps nothing.
    """
    written = read_new_part(form, family, installation().library)
    keep = form["confirmed"] == "yes" and form["change"] != "yes" and not form.faults
    try:
        with working() as work:
            part = parts.register_part(
                work,
                actor,
                installation().library,
                series_id=series_id,
                part_number=form["part_number"].strip(),
                attributes=written.attributes,
                limits=written.limits,
                use_condition=form["use_condition"],
                design_life_hours=written.design_life_hours,
                screened=form["screened"] == "yes",
            )
            if not keep:
                work.session.rollback()
    except RatedPartsError as error:
        form.blame(error)
        return None
    return part.id if keep else None


@pages.get("/parts/<uuid:part_id>")
def part(part_id: uuid.UUID) -> Any:
    actor = acting("maker")
    library = installation().library
    with reading() as work:
        found = parts.own_part(work, actor, part_id)
        part_plans = plans.plans_of_part(work, part_id)
        evaluation = current_evaluation(work, part_id)
        return render_template(
            "maker/part.html",
            part=found,
            family=library.family(found.family),
            plans=part_plans,
            discounted={
                plan.id: withdrawal for _, plan, withdrawal in withdrawn_evidence_of_part(work, part_id)
            },
            withdrawals=withdrawals_of(work, [plan.id for plan in part_plans]),
            submissions=submissions_of(work, [plan.id for plan in part_plans]),
            evaluation=evaluation,
            axes=axes_of(evaluation.decision, library) if evaluation and evaluation.decision else [],
            coming=coming_of(evaluation, library, day_of(work.at)) if evaluation else None,
            reviews=[
                (one, lists.steps_of(work, one.id), reviews.may_appeal(work, one))
                for one in lists.reviews_of_part(work, part_id)
            ],
            upkeep=upkeep(work, library, found),
            applied=evaluation is not None and reviews.review_of(work, evaluation.id) is not None,
            certificates=[(c, status_at(c, work.at)) for c in certificates_of_part(work, part_id)],
        )


@pages.route("/parts/<uuid:part_id>/plans/new", methods=["GET", "POST"])
def new_plan(part_id: uuid.UUID) -> Any:
    actor = acting("maker")
    library = installation().library
    with reading() as work:
        found = parts.own_part(work, actor, part_id)
        laboratories = organisations(work, "laboratory")
    choices = [
        protocol
        for protocol in sorted(library.protocols.values(), key=lambda one: one.name)
        if not protocol.families or found.family in protocol.families
    ]
    chosen = request.values.get("protocol", "")
    protocol = next((one for one in choices if one.name == chosen), None)
    form = Form.posted() if request.method == "POST" else Form({"protocol": chosen})
    if request.method == "POST" and protocol is not None:
        number = _register_plan(actor, form, protocol, part_id)
        if number is not None:
            flash(text("The plan {number} is registered. The laboratory sees it now.", number=number), "good")
            return redirect(url_for("maker.part", part_id=part_id))
    page = render_template(
        "maker/new_plan.html",
        form=form,
        part=found,
        protocol=protocol,
        protocols=[(one.name, f"{one.name}  {named(one.title)}") for one in choices],
        laboratories=[(one.id, named(one)) for one in laboratories],
        purposes=[(purpose, word(purpose)) for purpose in plans.PURPOSES],
        publications=[(one, word(f"publication.{one}")) for one in plans.PUBLICATIONS],
    )
    return page, 422 if form.faults else 200


def _register_plan(actor: Any, form: Form, protocol: Protocol, part_id: uuid.UUID) -> str | None:
    stress: dict[str, Any] = {}
    for condition in protocol.stress:
        name = f"stress.{condition.name}"
        if form[name].strip():
            words = condition.targets and isinstance(condition.targets[0], str)
            value = form[name].strip() if words else form.number(name)
            if value is not None:
                stress[condition.name] = value
    lots, units = form.whole_number("lots"), form.whole_number("units_per_lot")
    duration = form.number("duration", default=0.0)
    accept = form.whole_number("accept")
    laboratory = form.identifier("laboratory_id")
    starts_on = form.day("starts_on")
    if form.faults or lots is None or units is None or accept is None or laboratory is None:
        return None
    try:
        with working() as work:
            plan = plans.register_plan(
                work,
                actor,
                installation().library,
                part_id=part_id,
                laboratory_id=laboratory,
                protocol=protocol.name,
                stress=stress,
                lots=[{"lot_code": f"L{index}", "units": units} for index in range(1, min(lots, 51) + 1)],
                duration=duration or None,
                accept=accept,
                part_average_testing=form["part_average_testing"] == "yes",
                screen_document=form["screen_document"].strip() or None,
                purpose=form["purpose"] or "grading",
                publication=form["publication"] or plans.PUBLICATIONS[0],
                starts_on=starts_on,
            )
    except RatedPartsError as error:
        form.blame(error)
        return None
    return plan.number


@pages.post("/parts/<uuid:part_id>/apply")
def apply(part_id: uuid.UUID) -> Any:
    actor = acting("maker")
    with working() as work:
        reviews.apply(work, actor, part_id)
    flash(text("The application is with the reviewers."), "good")
    return redirect(url_for("maker.part", part_id=part_id))
