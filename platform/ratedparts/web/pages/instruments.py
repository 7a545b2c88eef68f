"""The laboratory's register of instruments and their calibrations."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.calendar_days import day_of
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.instruments import calibrations_of, register_calibration

from ..forms import Form
from ..language import text
from ..requests import acting, reading, working
from .laboratory import pages


@pages.route("/instruments", methods=["GET", "POST"])
def instruments() -> Any:
    actor = acting("laboratory")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        first, last = form.day("calibrated_on"), form.day("calibration_due_on")
        if first is not None and last is not None:
            try:
                with working() as work:
                    register_calibration(
                        work,
                        actor,
                        instrument_id=form["instrument_id"].strip(),
                        description=form["description"],
                        document=form["document"],
                        calibrated_on=first,
                        calibration_due_on=last,
                    )
            except RatedPartsError as error:
                form.blame(error)
            else:
                flash(text("The calibration is registered."), "good")
                return redirect(url_for("laboratory.instruments"))
    with reading() as work:
        found = calibrations_of(work, actor.organisation_id)
        page = render_template(
            "laboratory/instruments.html", form=form, calibrations=found, today=day_of(work.at)
        )
    return page, 422 if form.faults else 200
