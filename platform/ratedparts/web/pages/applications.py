"""What a maker does with an application: take it back, appeal, keep the signed judgement."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.organisations.actor import not_found
from ratedparts.review import lists
from ratedparts.review import service as reviews

from ..downloads import download
from ..forms import Form
from ..language import text
from ..requests import acting, reading, working
from .maker import pages


@pages.post("/applications/<uuid:review_id>/withdraw")
def take_back(review_id: uuid.UUID) -> Any:
    actor = acting("maker")
    with working() as work:
        part_id = reviews.withdraw(work, actor, review_id).evaluation.part_id
    flash(text("The application is taken back. It can be made again."), "good")
    return redirect(url_for("maker.part", part_id=part_id))


@pages.route("/applications/<uuid:review_id>/appeal", methods=["GET", "POST"])
def appeal(review_id: uuid.UUID) -> Any:
    actor = acting("maker")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                part_id = reviews.appeal(work, actor, review_id, grounds=form["grounds"]).evaluation.part_id
        except RatedPartsError as error:
            form.blame(error, statement_missing="grounds", statement_too_long="grounds")
        else:
            flash(text("The appeal is with another reviewer."), "good")
            return redirect(url_for("maker.part", part_id=part_id))
    with reading() as work:
        review = lists.own_review(work, actor, review_id)
        page = render_template("maker/appeal.html", form=form, review=review, part=review.evaluation.part)
    return page, 422 if form.faults else 200


@pages.get("/applications/<uuid:review_id>/judgement.json")
def judgement(review_id: uuid.UUID) -> Any:
    actor = acting("maker")
    with reading() as work:
        record = lists.judgement_of(work, lists.own_review(work, actor, review_id).id)
    if record is None:
        raise not_found("review", review_id)
    return download(record.encode("utf-8"), f"judgement-{review_id}.json", "application/vc+json")
