"""The issuer: approved applications, issuing, and what may become of a certificate afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.calendar_days import start_of
from ratedparts.certificates import doubting as doubts
from ratedparts.certificates import standing, taking_back
from ratedparts.certificates.standing_states import STEPS
from ratedparts.certificates.withdrawal_cases import cases
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.actor import Actor, not_found
from ratedparts.review import lists

from ..forms import Form
from ..language import text
from ..requests import acting, installation, reading, working
from ..security import limiter
from ..why_this_grade import axes_of

pages = Blueprint("issuer", __name__, url_prefix="/issuing")

DONE = {
    "suspend": "Certificate {number} is suspended. The public sees it at once.",
    "reinstate": "Certificate {number} is in force again.",
    "revoke": "Certificate {number} is revoked. The public sees it at once.",
}
ON_A_PAGE = 50


@pages.get("/")
def home() -> Any:
    acting("issuer")
    with reading() as work:
        issued = standing.page_of_certificates(work, request.args.get("cursor"), ON_A_PAGE)
        return render_template(
            "issuer/home.html",
            waiting=standing.approved_and_not_issued(work),
            certificates=[(one, standing.status_at(one, work.at), one.part) for one in issued.items],
            next_cursor=issued.next_cursor,
            proposed=[case for case in cases(work) if case.state == "proposed"],
            verbs=lambda status: [verb for verb in DONE if (status, verb) in STEPS],
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
            certificate = office.issue(installation().database, actor, intent.id)
        except RatedPartsError as error:
            form.blame(error, password_wrong="password")
        else:
            flash(text("Certificate {number} is issued and in the log.", number=certificate.number), "good")
            return redirect(url_for("public.certificate", number=certificate.number))
    return _issue_page(actor, review_id, issuing=form)


@pages.post("/<uuid:review_id>/send-back")
def send_back(review_id: uuid.UUID) -> Any:
    actor = acting("issuer")
    form = Form.posted()
    try:
        with working() as work:
            doubts.send_back(work, actor, review_id, statement=form["doubt"])
    except RatedPartsError as error:
        form.blame(error, statement_missing="doubt", statement_too_long="doubt")
        return _issue_page(actor, review_id, doubting=form)
    flash(text("The application waits for a judgement again."), "good")
    return redirect(url_for("issuer.home"))


def _issue_page(
    actor: Actor, review_id: uuid.UUID, issuing: Form | None = None, doubting: Form | None = None
) -> Any:
    with reading() as work:
        review = lists.visible_review(work, actor, review_id)
        part = review.evaluation.part
        page = render_template(
            "issuer/issue.html",
            form=issuing or Form(),
            doubting=doubting or Form(),
            review=review,
            steps=lists.steps_so_far(work, review),
            evaluation=review.evaluation,
            axes=axes_of(review.evaluation.decision or {}, installation().library),
            part=part,
            family=installation().library.family(part.family),
        )
    return page, 422 if any(form is not None and form.faults for form in (issuing, doubting)) else 200


@pages.route("/certificates/<number>/suspend", defaults={"verb": "suspend"}, methods=["GET", "POST"])
@pages.route("/certificates/<number>/reinstate", defaults={"verb": "reinstate"}, methods=["GET", "POST"])
@pages.route("/certificates/<number>/revoke", defaults={"verb": "revoke"}, methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def take_back(number: str, verb: str) -> Any:
    actor = acting("issuer")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        since = day_as_instant(form, "invalid_since")
        if not form.faults:
            try:
                with working() as work:
                    _take_back(work, actor, number, verb, form, since)
            except RatedPartsError as error:
                form.blame(error, password_wrong="password", reason_missing="reason")
            else:
                flash(text(DONE[verb], number=number), "good")
                return redirect(url_for("public.certificate", number=number))
    with reading() as work:
        certificate = standing.certificate_by_number(work, number)
        if (standing.status_at(certificate, work.at), verb) not in STEPS and request.method == "GET":
            raise not_found("certificate", number)
        page = render_template(
            "issuer/take_back.html", form=form, certificate=certificate, part=certificate.part, verb=verb
        )
    return page, 422 if form.faults else 200


def _take_back(
    work: Any, actor: Actor, number: str, verb: str, form: Form, invalid_since: datetime | None
) -> None:
    log, given = installation().log, {"reason": form["reason"], "password": form["password"]}
    if verb == "suspend":
        taking_back.suspend(work, actor, log, number, **given)
    elif verb == "reinstate":
        taking_back.reinstate(work, actor, log, number, **given)
    else:
        taking_back.revoke(work, actor, log, number, **given, invalid_since=invalid_since)


def day_as_instant(form: Form, name: str) -> datetime | None:
    """The first instant of the day that was typed; None where none was."""
    day = form.day(name, required=False)
    return None if day is None else start_of(day)
