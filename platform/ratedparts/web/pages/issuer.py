"""The issuer: approved applications, issuing, and taking certificates back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.certificates import standing
from ratedparts.errors import RatedPartsError
from ratedparts.review import service as reviews

from ..forms import Form
from ..language import text
from ..requests import acting, installation, reading, working
from ..security import limiter

pages = Blueprint("issuer", __name__, url_prefix="/issuing")


@pages.get("/")
def home() -> Any:
    acting("issuer")
    with reading() as work:
        issued = standing.all_certificates(work)
        # By the review behind each certificate: an approved one without is what waits.
        done = {certificate.intent.review_id for certificate in issued}
        return render_template(
            "issuer/home.html",
            waiting=[review for review in reviews.reviews_in(work, "approved") if review.id not in done],
            certificates=[(one, standing.status_at(one, work.at), one.part) for one in issued],
        )


@pages.route("/<uuid:review_id>", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def issue(review_id: uuid.UUID) -> Any:
    actor = acting("issuer")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        office = installation().office
        try:
            with working() as work:
                intent = office.intend(work, actor, review_id, form["password"])
            with working() as work:
                certificate = office.sign_and_record(work, actor, intent.id)
        except RatedPartsError as error:
            form.blame(error, password_wrong="password", reason_missing="reason")
        else:
            flash(text("Certificate {number} is issued and in the log.", number=certificate.number), "good")
            return redirect(url_for("public.certificate", number=certificate.number))
    with reading() as work:
        review = reviews.visible_review(work, actor, review_id)
        part = review.evaluation.part
        page = render_template(
            "issuer/issue.html",
            form=form,
            review=review,
            evaluation=review.evaluation,
            part=part,
            family=installation().library.family(part.family),
        )
    return page, 422 if form.faults else 200


@pages.route("/certificates/<number>/revoke", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def revoke(number: str) -> Any:
    actor = acting("issuer")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                standing.revoke(
                    work, actor, installation().log, number, reason=form["reason"], password=form["password"]
                )
        except RatedPartsError as error:
            form.blame(error, password_wrong="password", reason_missing="reason")
        else:
            flash(text("Certificate {number} is revoked. The public sees it at once.", number=number), "good")
            return redirect(url_for("public.certificate", number=number))
    with reading() as work:
        certificate = standing.certificate_by_number(work, number)
        page = render_template(
            "issuer/revoke.html", form=form, certificate=certificate, part=certificate.part
        )
    return page, 422 if form.faults else 200
