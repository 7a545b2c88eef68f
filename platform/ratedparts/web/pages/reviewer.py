"""The reviewer: what waits, everything that a judgement needs on one page, a question, and the judgement."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.advisory.shown import findings_of
from ratedparts.evidence.service import evidence_of_part, withdrawn_evidence_of_part
from ratedparts.organisations.actor import Actor
from ratedparts.review import lists
from ratedparts.review import service as reviews
from ratedparts.review.parties import is_party, parties_to
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.withdrawals import withdrawn_plans

from ..forms import Form
from ..language import named, text
from ..requests import acting, installation, reading, working
from ..security import limiter
from ..why_this_grade import axes_of

pages = Blueprint("reviewer", __name__, url_prefix="/reviews")


@pages.get("/")
def home() -> Any:
    actor = acting("reviewer")
    with reading() as work:
        waiting = [
            (one, _may_judge(actor, one) and not is_party(work, actor, one.evaluation))
            for one in lists.reviews_in(work, "waiting")
        ]
        asked = [(one, lists.steps_of(work, one.id)[-1]) for one in lists.reviews_in(work, "asked")]
        return render_template("reviewer/home.html", waiting=waiting, asked=asked, now=work.at)


@pages.route("/<uuid:review_id>", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def review(review_id: uuid.UUID) -> Any:
    actor = acting("reviewer", "issuer")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                reviews.judge(
                    work,
                    actor,
                    review_id,
                    installation().office.records,
                    verdict=form["verdict"],
                    statement=form["statement"],
                    password=form["password"],
                )
        except RatedPartsError as error:
            form.blame(
                error, password_wrong="password", statement_missing="statement", unknown_verdict="verdict"
            )
        else:
            flash(text("Your judgement is recorded."), "good")
            return redirect(url_for("reviewer.home"))
    return _page(actor, review_id, judgement=form)


@pages.post("/<uuid:review_id>/question")
@limiter.limit("10/minute", methods=["POST"])
def ask(review_id: uuid.UUID) -> Any:
    actor = acting("reviewer")
    form = Form.posted()
    asked = form.identifier("organisation_id")
    if asked is not None:
        try:
            with working() as work:
                reviews.ask(work, actor, review_id, organisation_id=asked, question=form["question"])
        except RatedPartsError as error:
            form.blame(error, statement_missing="question", asked_no_party="organisation_id")
        else:
            flash(text("The question is on its way; the application waits for the answer."), "good")
            return redirect(url_for("reviewer.home"))
    return _page(actor, review_id, question=form)


def _page(
    actor: Actor, review_id: uuid.UUID, judgement: Form | None = None, question: Form | None = None
) -> Any:
    with reading() as work:
        found = lists.visible_review(work, actor, review_id)
        part = found.evaluation.part
        evidence = evidence_of_part(work, part.id)
        page = render_template(
            "reviewer/review.html",
            form=judgement or Form(),
            question=question or Form(),
            review=found,
            steps=lists.steps_so_far(work, found),
            evaluation=found.evaluation,
            axes=axes_of(found.evaluation.decision or {}, installation().library),
            part=part,
            family=installation().library.family(part.family),
            notices=change_notices_of(work, part.series_id),
            withdrawn=withdrawn_plans(work, part.id),
            evidence=evidence,
            discounted=withdrawn_evidence_of_part(work, part.id),
            looked=findings_of(work, [one.id for one, _ in evidence]),
            parties=[(one.id, named(one)) for one in parties_to(work, found.evaluation)],
            may_judge=_may_judge(actor, found) and found.state == "waiting",
            conflict=is_party(work, actor, found.evaluation),
        )
    return page, 422 if any(form is not None and form.faults for form in (judgement, question)) else 200


def _may_judge(actor: Actor, review: Any) -> bool:
    """An appeal is heard by somebody else, and nobody judges what they applied for."""
    return actor.role == "reviewer" and actor.person_id not in (review.first_reviewer_id, review.applied_by)
