"""The laboratory: its test plans, handing in results, and reading every fault of a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.register import scopes_of
from ratedparts.protocols import example_file, template_file, template_workbook
from ratedparts.review.lists import questions_for
from ratedparts.submissions import plans
from ratedparts.submissions.models import Submission
from ratedparts.submissions.results import (
    fault_from_record,
    submissions_of,
    visible_submission,
)
from ratedparts.submissions.uploads import (
    cancel_upload,
    find_upload,
    unfinished_uploads,
    visible_upload,
)
from ratedparts.wording import fault_as_json

from .. import resumable
from ..downloads import XLSX, download
from ..faults_file import MEDIA_TYPE, faults_csv
from ..forms import Form
from ..language import language, text
from ..receiving import receive, sent_file, upload_fault
from ..requests import acting, installation, reading, working

pages = Blueprint("laboratory", __name__, url_prefix="/laboratory")

FAULTS_ON_A_PAGE = 200
SAME_BYTES = "These very bytes were accepted before; they are one piece of evidence."


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
        return render_template(
            "laboratory/home.html",
            plans=mine,
            handed_in=handed_in,
            scopes=scopes,
            questions=questions_for(work, actor),
        )


@pages.route("/plans/<number>", methods=["GET", "POST"])
def plan(number: str) -> Any:
    actor = acting("laboratory")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        file = request.files.get("file")
        if file is None or not file.filename:
            form.fault("file_missing", "file")
        else:
            source, size, name = sent_file(request)
            try:
                received = receive(actor, number, source, size, name, form["encoding"] or "utf-8")
            except RatedPartsError as error:
                if error.kind is Kind.NOT_FOUND:
                    raise
                form.blame(error)
            else:
                if received.repeated:
                    flash(text(SAME_BYTES), "warn")
                return redirect(url_for("laboratory.submission", number=received.number))
    with reading() as work:
        found = plans.visible_plan(work, actor, number)
        page = render_template(
            "laboratory/plan.html",
            form=form,
            plan=found,
            part=found.part,
            protocol=installation().library.protocol(found.protocol),
            submissions=submissions_of(work, [found.id]),
            unfinished=unfinished_uploads(work, found.id),
        )
    return page, 422 if form.faults else 200


@pages.post("/plans/<number>/uploads")
def begin_upload(number: str) -> Response:
    """The page's script sends a large file in pieces."""
    upload = resumable.begin(acting("laboratory"), number)
    return resumable.begun(upload, url_for("laboratory.take_piece", number=upload.number))


@pages.route("/uploads/<number>", methods=["HEAD"])
def upload_offset(number: str) -> Response:
    return resumable.offset(acting("laboratory"), number)


@pages.route("/uploads/<number>", methods=["PATCH"])
def take_piece(number: str) -> Response:
    return resumable.take(acting("laboratory"), number)


@pages.get("/submissions/<number>")
def submission(number: str) -> Any:
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        upload = find_upload(work, number)
        if upload is not None:
            visible_upload(work, actor, number)
            if upload.submission is None:
                return render_template(
                    "laboratory/upload.html",
                    upload=upload,
                    plan=upload.plan,
                    fault=upload_fault(upload),
                    mine=actor.role == "laboratory",
                )
            if upload.submission.number != number:
                flash(text(SAME_BYTES), "warn")
                return redirect(url_for("laboratory.submission", number=upload.submission.number))
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


@pages.get("/submissions/<number>/progress")
def progress(number: str) -> Any:
    """For the page's script."""
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        upload = visible_upload(work, actor, number)
        return {"state": upload.state, "progress": upload.progress, "ended": upload.ended}


@pages.post("/submissions/<number>/cancel")
def cancel(number: str) -> Any:
    actor = acting("laboratory")
    try:
        with working() as work:
            cancel_upload(work, actor, number)
    except RatedPartsError as error:
        if error.code != "upload_ended":
            raise
        flash(text("It had ended before; nothing was cancelled."), "warn")
    return redirect(url_for("laboratory.submission", number=number))


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
