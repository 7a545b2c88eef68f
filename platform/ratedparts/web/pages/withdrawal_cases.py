"""Withdrawing by cause: choose it, look at who is hit, propose; another issuer confirms."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.certificates import standing, withdrawal_cases
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.withdrawal_causes import CAUSES, certificates_hit, evidence_hit, read_subject
from ratedparts.db import Work
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.register import organisations

from ..forms import Form
from ..language import named, text, word
from ..requests import acting, installation, reading, working
from ..security import limiter
from .issuer import day_as_instant, pages


@pages.get("/cases")
def cases() -> Any:
    acting("issuer")
    with reading() as work:
        return render_template("issuer/cases.html", cases=withdrawal_cases.cases(work))


@pages.route("/cases/new", methods=["GET", "POST"])
@limiter.limit("20/minute", methods=["POST"])
def new_case() -> Any:
    """Whose certificates are hit is shown first; what is proposed is what was seen."""
    actor = acting("issuer")
    form = Form.posted() if request.method == "POST" else Form({"cause": request.args.get("cause", "")})
    cause, action = form["cause"], form["action"] or "suspend"
    hit, files = None, 0
    if request.method == "POST" and cause in CAUSES:
        since = day_as_instant(form, "invalid_since")
        subject = {name: form[name] for name in CAUSES[cause]}
        try:
            if form["propose"] == "yes" and not form.faults:
                with working() as work:
                    case = withdrawal_cases.propose(
                        work,
                        actor,
                        installation().blobs,
                        cause=cause,
                        subject=subject,
                        action=action,
                        reason=form["reason"],
                        invalid_since=since,
                    )
                flash(text("The case is proposed. Another issuer has to confirm it."), "good")
                return redirect(url_for("issuer.case", case_id=case.id))
        except RatedPartsError as error:
            form.blame(error, reason_missing="reason")
        with reading() as work:
            try:
                of = read_subject(work, cause, subject)
                hit = certificates_hit(work, installation().blobs, cause, of, action)
                files = _files_hit(work, cause, of, action)
            except RatedPartsError as error:
                form.blame(error)
            return _new_page(work, form, cause, hit, files)
    with reading() as work:
        return _new_page(work, form, cause if cause in CAUSES else "", None)


def _files_hit(work: Work, cause: str, subject: Mapping[str, str], action: str) -> int:
    """How many files of evidence a revocation would make worthless."""
    return len(evidence_hit(work, installation().blobs, cause, subject)) if action == "revoke" else 0


def _new_page(work: Work, form: Form, cause: str, hit: Any, files: int = 0) -> Any:
    page = render_template(
        "issuer/new_case.html",
        form=form,
        cause=cause,
        fields=CAUSES.get(cause, ()),
        causes=[(one, word(one)) for one in CAUSES],
        laboratories=[(str(one.id), named(one)) for one in organisations(work, "laboratory")],
        keys=[(one.id, one.id[-16:]) for one in published_keys(work).keys],
        protocols=sorted(installation().library.protocols),
        hit=None if hit is None else [(one, standing.status_at(one, work.at)) for one in hit],
        files=files,
    )
    return page, 422 if form.faults else 200


@pages.route("/cases/<uuid:case_id>", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
def case(case_id: uuid.UUID) -> Any:
    actor = acting("issuer")
    form = Form.posted() if request.method == "POST" else Form()
    here = installation()
    if request.method == "POST":
        try:
            with working() as work:
                if form["decision"] == "drop":
                    withdrawal_cases.drop(work, actor, case_id)
                else:
                    withdrawal_cases.confirm(
                        work, actor, here.log, here.blobs, case_id, password=form["password"]
                    )
        except RatedPartsError as error:
            form.blame(error, password_wrong="password")
        else:
            done = "The case is put aside." if form["decision"] == "drop" else "The case is carried out."
            flash(text(done), "good")
            return redirect(url_for("issuer.cases"))
    with reading() as work:
        found = withdrawal_cases.case_by_id(work, case_id)
        hit = [standing.certificate_by_number(work, number) for number in found.numbers]
        page = render_template(
            "issuer/case.html",
            form=form,
            case=found,
            subject=_named_subject(work, found.subject),
            hit=[(one, standing.status_at(one, work.at)) for one in hit],
            files=_files_hit(work, found.cause, found.subject, found.action)
            if found.state == "proposed"
            else 0,
            own=found.proposed_by == actor.person_id,
        )
    return page, 422 if form.faults else 200


def _named_subject(work: Work, subject: dict[str, str]) -> list[str]:
    """What a case is about, in words."""
    names = {str(one.id): named(one) for one in organisations(work, "laboratory")}
    return [names.get(value, value) for value in subject.values()]
