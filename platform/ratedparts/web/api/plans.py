"""Test plans and their results."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_smorest import Blueprint

from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.protocols import file_ending
from ratedparts.submissions import plans
from ratedparts.submissions.models import Submission
from ratedparts.submissions.results import fault_from_record, submit_results, visible_submission
from ratedparts.wording import fault_as_json

from ..language import language, said
from ..problem import problem
from ..requests import acting, installation, reading, working
from .checks import CSV_BODY
from .shapes import NewPlan, RegisteredPlan, ResultsQuery, SubmissionAnswer

resources = Blueprint("plans", __name__, url_prefix="/api/v1", description="Test plans and results")
TOKEN: list[dict[str, list[str]]] = [{"token": []}]


@resources.post("/plans")
@resources.doc(security=TOKEN)
@resources.arguments(NewPlan)
@resources.response(201, RegisteredPlan)
def register(new: dict[str, Any]) -> Any:
    """Register a plan for one's own part; its `id` is the `plan_id` of the results file."""
    actor = acting("maker")
    with working() as work:
        return plans.register_plan(work, actor, installation().library, **new)


@resources.get("/plans/<plan_id>")
@resources.doc(security=TOKEN)
@resources.response(200, RegisteredPlan)
def plan(plan_id: str) -> Any:
    actor = acting("maker", "laboratory", "reviewer", "issuer")
    with reading() as work:
        return plans.visible_plan(work, actor, plan_id)


@resources.post("/plans/<plan_id>/results")
@resources.doc(security=TOKEN, **CSV_BODY)
@resources.arguments(ResultsQuery, location="query")
@resources.response(201, SubmissionAnswer)
@resources.alt_response(422, description="The file was refused; `errors` names every fault; nothing was kept")
def hand_in(query: dict[str, Any], plan_id: str) -> Any:
    """Hand in the results file of a plan; the body is the file."""
    actor = acting("laboratory")
    file = request.files.get("file")
    content = file.read() if file is not None else request.get_data()
    if not content:
        raise RatedPartsError("file_missing")
    with working() as work:
        submission = submit_results(
            work,
            actor,
            installation().library,
            installation().keeper,
            plan_number=plan_id,
            file_name=(file.filename if file is not None else None)
            or query["file_name"]
            or f"results{file_ending(content)}",
            content=content,
            encoding=query["encoding"],
        )
        answer = _answer(work, submission)
    location = url_for("plans.submission", submission_id=submission.number)
    if submission.state == "refused":
        title = said("file_refused", {"count": submission.fault_count})
        return problem(422, "file_refused", title, **answer)
    return answer, 201, {"Location": location}


@resources.get("/submissions/<submission_id>")
@resources.doc(security=TOKEN)
@resources.response(200, SubmissionAnswer)
def submission(submission_id: str) -> Any:
    """A results file: what became of it, and what the part's evidence now supports."""
    actor = acting("laboratory", "maker", "reviewer", "issuer")
    with reading() as work:
        return _answer(work, visible_submission(work, actor, submission_id))


def _answer(work: Any, submission: Submission) -> dict[str, Any]:
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
