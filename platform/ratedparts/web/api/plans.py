"""Test plans and their results."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_smorest import Blueprint

from ratedparts.db import Work
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.actor import Actor
from ratedparts.submissions import plans
from ratedparts.submissions.models import Submission
from ratedparts.submissions.results import fault_from_record, page_of_submissions, visible_submission
from ratedparts.submissions.uploads import cancel_upload, find_upload, visible_upload
from ratedparts.submissions.withdrawals import withdraw_plan
from ratedparts.wording import fault_as_json

from ..language import language, said
from ..problem import problem
from ..receiving import receive, sent_file, upload_fault
from ..requests import acting, installation, reading, working
from .checks import CSV_BODY
from .paged import PageQuery, as_answer, page_of
from .shapes import TOKEN, NewPlan, RegisteredPlan, ResultsQuery, SubmissionAnswer, SubmissionLine, Withdrawal

resources = Blueprint("plans", __name__, url_prefix="/api/v1", description="Test plans and results")


@resources.post("/plans")
@resources.doc(security=TOKEN)
@resources.arguments(NewPlan)
@resources.response(201, RegisteredPlan)
def register(new: dict[str, Any]) -> Any:
    """Register a plan for one's own part; its `id` is the `plan_id` of the results file."""
    actor = acting("maker")
    with working() as work:
        return plans.register_plan(work, actor, installation().library, **new)


@resources.get("/plans")
@resources.doc(security=TOKEN)
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(RegisteredPlan))
def own_plans(query: dict[str, Any]) -> Any:
    """The plans that one's organisation is a party to, newest first."""
    actor = acting("maker", "laboratory")
    with reading() as work:
        return as_answer(plans.page_of_plans(work, actor, query["cursor"], query["limit"]))


@resources.post("/plans/<plan_id>/withdrawal")
@resources.doc(security=TOKEN)
@resources.arguments(Withdrawal)
@resources.response(201, Withdrawal)
def withdraw(given: dict[str, Any], plan_id: str) -> Any:
    """Withdraw a plan that has no results; it stays on record."""
    actor = acting("maker")
    with working() as work:
        return withdraw_plan(work, actor, plan_id, **given)


@resources.get("/plans/<plan_id>")
@resources.doc(security=TOKEN)
@resources.response(200, RegisteredPlan)
def plan(plan_id: str) -> Any:
    """A test plan, as it was registered."""
    actor = acting("maker", "laboratory", "reviewer", "issuer")
    with reading() as work:
        return plans.visible_plan(work, actor, plan_id)


@resources.post("/plans/<plan_id>/results")
@resources.doc(security=TOKEN, **CSV_BODY)
@resources.arguments(ResultsQuery, location="query")
@resources.response(201, SubmissionAnswer)
@resources.alt_response(200, schema=SubmissionAnswer, description="The same bytes were accepted before")
@resources.alt_response(202, schema=SubmissionAnswer, description="A large file: watch it at `Location`")
@resources.alt_response(422, description="The file was refused; `errors` names every fault; nothing was kept")
def hand_in(query: dict[str, Any], plan_id: str) -> Any:
    """Hand in the results file of a plan; the body is the file.  Beyond 64 MB: `/uploads`."""
    actor = acting("laboratory")
    source, size, name = sent_file(request)
    received = receive(actor, plan_id, source, size, name or query["file_name"], query["encoding"])
    with reading() as work:
        answer = _answer(work, actor, received.number)
    location = {"Location": url_for("plans.submission", submission_id=received.number)}
    if received.waiting:
        return answer, 202, location
    if received.refused:
        title = said("file_refused", {"count": answer["error_count"]})
        return problem(422, "file_refused", title, **answer)
    return answer, 200 if received.repeated else 201, location


@resources.get("/plans/<plan_id>/submissions")
@resources.doc(security=TOKEN)
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(SubmissionLine))
def handed_in(query: dict[str, Any], plan_id: str) -> Any:
    """What was handed in for a plan, newest first, refused files too."""
    actor = acting("maker", "laboratory", "reviewer", "issuer")
    with reading() as work:
        found = plans.visible_plan(work, actor, plan_id)
        return as_answer(page_of_submissions(work, found, query["cursor"], query["limit"]))


@resources.get("/submissions/<submission_id>")
@resources.doc(security=TOKEN)
@resources.response(200, SubmissionAnswer)
def submission(submission_id: str) -> Any:
    """A results file: how far it has come, what became of it, and what the part's evidence now supports."""
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        return _answer(work, actor, submission_id)


@resources.post("/submissions/<submission_id>/cancel")
@resources.doc(security=TOKEN)
@resources.response(200, SubmissionAnswer)
def cancel(submission_id: str) -> Any:
    """Stop the upload or the check of a file that is not yet decided."""
    actor = acting("laboratory")
    with working() as work:
        cancel_upload(work, actor, submission_id)
    with reading() as work:
        return _answer(work, actor, submission_id)


def _answer(work: Work, actor: Actor, number: str) -> dict[str, Any]:
    upload = find_upload(work, number)
    if upload is None:
        return _of_submission(work, visible_submission(work, actor, number))
    visible_upload(work, actor, number)
    if upload.submission is not None:  # perhaps an earlier one, of the same bytes
        return _of_submission(work, upload.submission)
    fault = upload_fault(upload)
    return {
        "id": upload.number,
        "plan_id": upload.plan.number,
        "state": upload.state,
        "progress": upload.progress,
        "errors": [] if fault is None else [fault],
        "error_count": 0 if fault is None else 1,
        "evidence_digest": None,
        "analysis": None,
        "decision": None,
    }


def _of_submission(work: Work, submission: Submission) -> dict[str, Any]:
    evaluation = current_evaluation(work, submission.plan.part_id)
    refused = submission.state == "refused"
    evaluated = evaluation is not None and evaluation.evaluated_at >= submission.submitted_at
    return {
        "id": submission.number,
        "plan_id": submission.plan.number,
        "state": submission.state if refused or not evaluated else "evaluated",
        "progress": 1.0 if refused or evaluated else 0.5,
        "rows": submission.rows,
        "units": submission.units,
        "errors": [fault_as_json(fault_from_record(fault), language()) for fault in submission.faults],
        "error_count": submission.fault_count,
        "evidence_digest": submission.evidence_digest,
        "analysis": evaluation.analysis if evaluation else None,
        "decision": evaluation.decision if evaluation else None,
    }
