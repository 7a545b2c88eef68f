"""What reviewers ask a maker or a laboratory, and the answers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.review import lists
from ratedparts.review import service as reviews

from ..forms import Form
from ..language import text
from ..requests import acting, reading, working
from ..security import limiter

pages = Blueprint("questions", __name__, url_prefix="/questions")


@pages.get("/")
def home() -> Any:
    actor = acting("maker", "laboratory")
    with reading() as work:
        return render_template("questions/home.html", questions=lists.questions_for(work, actor))


@pages.route("/<uuid:review_id>", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def answer(review_id: uuid.UUID) -> Any:
    actor = acting("maker", "laboratory")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                reviews.answer(work, actor, review_id, statement=form["statement"])
        except RatedPartsError as error:
            form.blame(error, statement_missing="statement", statement_too_long="statement")
        else:
            flash(text("Your answer is with the reviewer."), "good")
            return redirect(url_for("questions.home"))
    with reading() as work:
        review, question = lists.asked_review(work, actor, review_id)
        page = render_template("questions/answer.html", form=form, review=review, question=question)
    return page, 422 if form.faults else 200
