"""The reviewer: what waits, everything that a judgement needs on one page, and the judgement."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.advisory.shown import findings_of
from ratedparts.evidence.service import evidence_of_part
from ratedparts.review import service as reviews
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.withdrawals import withdrawn_plans

from ..forms import Form
from ..language import text
from ..requests import acting, installation, reading, working
from ..security import limiter

pages = Blueprint("reviewer", __name__, url_prefix="/reviews")


@pages.get("/")
def home() -> Any:
    acting("reviewer")
    with reading() as work:
        return render_template("reviewer/home.html", waiting=reviews.reviews_in(work, "waiting"))


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
    with reading() as work:
        found = reviews.visible_review(work, actor, review_id)
        part = found.evaluation.part
        evidence = evidence_of_part(work, part.id)
        page = render_template(
            "reviewer/review.html",
            form=form,
            review=found,
            evaluation=found.evaluation,
            part=part,
            family=installation().library.family(part.family),
            notices=change_notices_of(work, part.series_id),
            withdrawn=withdrawn_plans(work, part.id),
            evidence=evidence,
            looked=findings_of(work, [one.id for one, _ in evidence]),
            may_judge=actor.role == "reviewer" and found.state == "waiting",
        )
    return page, 422 if form.faults else 200
