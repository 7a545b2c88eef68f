"""What a maker takes back or changes: notices of change, and plans that are withdrawn."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.submissions import parts, plans
from ratedparts.submissions.change_notices import change_notices_of, register_change_notice
from ratedparts.submissions.withdrawals import withdraw_plan

from ..forms import Form
from ..language import text
from ..requests import acting, reading, working
from .maker import pages


@pages.route("/series/<uuid:series_id>/changes", methods=["GET", "POST"])
def changes(series_id: uuid.UUID) -> Any:
    actor = acting("maker")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        effective_on = form.day("effective_on")
        if effective_on is not None:
            try:
                with working() as work:
                    register_change_notice(
                        work,
                        actor,
                        series_id=series_id,
                        effective_on=effective_on,
                        change=form["change"],
                        delta_qualification=form["delta_qualification"].strip() or None,
                    )
            except RatedPartsError as error:
                form.blame(error)
            else:
                flash(text("The notice is registered. Every part of the series is judged anew."), "good")
                return redirect(url_for("maker.changes", series_id=series_id))
    with reading() as work:
        page = render_template(
            "maker/changes.html",
            form=form,
            series=parts.own_series(work, actor, series_id),
            notices=change_notices_of(work, series_id),
        )
    return page, 422 if form.faults else 200


@pages.route("/plans/<number>/withdraw", methods=["GET", "POST"])
def withdraw(number: str) -> Any:
    actor = acting("maker")
    form = Form.posted() if request.method == "POST" else Form()
    with reading() as work:
        plan = plans.visible_plan(work, actor, number)
        part = plan.part
    if request.method == "POST":
        try:
            with working() as work:
                withdraw_plan(work, actor, number, reason=form["reason"])
        except RatedPartsError as error:
            form.blame(error)
        else:
            flash(text("The plan {number} is withdrawn. It stays on record.", number=number), "good")
            return redirect(url_for("maker.part", part_id=part.id))
    page = render_template("maker/withdraw_plan.html", form=form, plan=plan, part=part)
    return page, 422 if form.faults else 200
