"""The laboratory: its test plans, handing in results, and reading every fault of a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.organisations.register import scopes_of
from ratedparts.protocols import example_file, template_file, template_workbook
from ratedparts.submissions import plans
from ratedparts.submissions.models import Submission
from ratedparts.submissions.results import (
    fault_from_record,
    submissions_of,
    submit_results,
    visible_submission,
)
from ratedparts.wording import fault_as_json

from ..downloads import XLSX, download
from ..faults_file import MEDIA_TYPE, faults_csv
from ..forms import Form
from ..language import language, text
from ..requests import acting, installation, reading, working

pages = Blueprint("laboratory", __name__, url_prefix="/laboratory")

FAULTS_ON_A_PAGE = 200


@pages.get("/")
def home() -> Any:
    actor = acting("laboratory")
    with reading() as work:
        mine = [plan for plan in plans.plans_of(work, actor) if plan.laboratory_id == actor.organisation_id]
        # The newest of each plan; what was accepted once stays accepted.
        handed_in: dict[Any, Submission] = {}
        for submission in reversed(submissions_of(work, [plan.id for plan in mine])):
            if (
                handed_in.get(submission.plan_id, submission).state != "accepted"
                or submission.state == "accepted"
            ):
                handed_in[submission.plan_id] = submission
        scopes = scopes_of(work, actor.organisation_id)
        return render_template("laboratory/home.html", plans=mine, handed_in=handed_in, scopes=scopes)


@pages.route("/plans/<number>", methods=["GET", "POST"])
def plan(number: str) -> Any:
    actor = acting("laboratory")
    form = Form.posted() if request.method == "POST" else Form()
    with reading() as work:
        found = plans.visible_plan(work, actor, number)
        earlier = submissions_of(work, [found.id])
        protocol = installation().library.protocol(found.protocol)
        part = found.part
        page = {"plan": found, "part": part, "protocol": protocol, "submissions": earlier}
        if request.method == "GET":
            return render_template("laboratory/plan.html", form=form, **page)
    file = request.files.get("file")
    if file is None or not file.filename:
        form.fault("file_missing", "file")
    else:
        try:
            with working() as work:
                before = {one.number for one in earlier}
                submission = submit_results(
                    work,
                    actor,
                    installation().library,
                    installation().keeper,
                    plan_number=number,
                    file_name=file.filename,
                    content=file.read(),
                    encoding=form["encoding"] or "utf-8",
                )
        except RatedPartsError as error:
            form.blame(error)
        else:
            if submission.number in before:
                flash(text("These very bytes were accepted before; they are one piece of evidence."), "warn")
            return redirect(url_for("laboratory.submission", number=submission.number))
    with reading() as work:
        found = plans.visible_plan(work, actor, number)
        page = {
            "plan": found,
            "part": found.part,
            "protocol": protocol,
            "submissions": submissions_of(work, [found.id]),
        }
        return render_template("laboratory/plan.html", form=form, **page), 422


@pages.get("/submissions/<number>")
def submission(number: str) -> Any:
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        found = visible_submission(work, actor, number)
        faults = [fault_as_json(fault_from_record(fault), language()) for fault in found.faults]
        return render_template(
            "laboratory/submission.html",
            submission=found,
            plan=found.plan,
            faults=faults[:FAULTS_ON_A_PAGE],
            shown=min(len(faults), FAULTS_ON_A_PAGE),
            mine=actor.role == "laboratory",
        )


@pages.get("/submissions/<number>/faults.csv")
def faults(number: str) -> Response:
    """All stored faults of a refused file, to work through in a spreadsheet."""
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        found = visible_submission(work, actor, number)
        rows = [fault_as_json(fault_from_record(fault), language()) for fault in found.faults]
    return download(faults_csv(rows), f"{number}-faults.csv", MEDIA_TYPE)


@pages.get("/plans/<number>/template.csv")
def template(number: str) -> Response:
    actor = acting("laboratory", "maker")
    with reading() as work:
        protocol = installation().library.protocol(plans.visible_plan(work, actor, number).protocol)
    return download(template_file(protocol), f"{number}.csv", "text/csv")


@pages.get("/plans/<number>/template.xlsx")
def workbook(number: str) -> Response:
    actor = acting("laboratory", "maker")
    with reading() as work:
        protocol = installation().library.protocol(plans.visible_plan(work, actor, number).protocol)
    return download(template_workbook(protocol), f"{number}.xlsx", XLSX)


@pages.get("/plans/<number>/example.csv")
def example(number: str) -> Response:
    actor = acting("laboratory", "maker")
    with reading() as work:
        protocol = installation().library.protocol(plans.visible_plan(work, actor, number).protocol)
    return download(example_file(protocol), f"{protocol.id}-example.csv", "text/csv")
