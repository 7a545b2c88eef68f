"""The administrator: organisations, people, laboratories' scopes, the audit log."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.audit import service as audit
from ratedparts.errors import RatedPartsError
from ratedparts.jobs.queue import failed_jobs
from ratedparts.organisations import register
from ratedparts.organisations.models import KINDS

from ..forms import Form
from ..invitations import send_invitation
from ..language import named, text
from ..requests import acting, installation, reading, working

pages = Blueprint("administrator", __name__, url_prefix="/administration")
LINES_WATCHED = 1000  # of the audit log, at every look; `verify-store` derives all of them again


@pages.get("/")
def home() -> Any:
    acting("administrator")
    with reading() as work:
        return render_template(
            "administrator/home.html",
            organisations=register.organisations(work),
            people=register.people(work),
            audit_lines=audit.length(work),
            broken=audit.first_broken_line(work, newest=LINES_WATCHED),
            failed=len(failed_jobs(work)),
        )


@pages.route("/organisations/new", methods=["GET", "POST"])
def new_organisation() -> Any:
    actor = acting("administrator")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                organisation = register.register_organisation(
                    work, actor, kind=form["kind"], name_en=form["name_en"], name_zh=form["name_zh"]
                )
        except RatedPartsError as error:
            form.blame(error)
        else:
            flash(text("{name} is registered.", name=named(organisation)), "good")
            return redirect(url_for("administrator.home"))
    kinds = [(kind, text(kind)) for kind in KINDS if kind != "authority"]
    return render_template(
        "administrator/new_organisation.html", form=form, kinds=kinds
    ), 422 if form.faults else 200


@pages.route("/people/new", methods=["GET", "POST"])
def invite() -> Any:
    actor = acting("administrator")
    form = Form.posted() if request.method == "POST" else Form()
    link = None
    if request.method == "POST":
        organisation_id = form.identifier("organisation_id")
        if organisation_id is not None:
            try:
                with working() as work:
                    person, token = register.invite(
                        work,
                        actor,
                        email=form["email"],
                        name=form["name"],
                        organisation_id=organisation_id,
                        roles=[form["role"]],
                    )
            except RatedPartsError as error:
                form.blame(error, role_not_of_organisation="role", reviewer_and_issuer="role")
            else:
                link = send_invitation(person.email, token, work.at)
                form = Form()
    with reading() as work:
        organisations = [(one.id, f"{named(one)} ({text(one.kind)})") for one in register.organisations(work)]
    roles = [(role, text(role)) for roles in register.ROLES_OF_KIND.values() for role in roles]
    page = render_template(
        "administrator/invite.html", form=form, organisations=organisations, roles=roles, link=link
    )
    return page, 422 if form.faults else 200


@pages.post("/roles/<uuid:role_id>/end")
def end_role(role_id: uuid.UUID) -> Any:
    actor = acting("administrator")
    with working() as work:
        register.end_role(work, actor, role_id)
    flash(text("The role has ended."), "good")
    return redirect(url_for("administrator.home"))


@pages.route("/laboratories/<uuid:laboratory_id>/scopes", methods=["GET", "POST"])
def scopes(laboratory_id: uuid.UUID) -> Any:
    actor = acting("administrator")
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        first, last = form.day("valid_from"), form.day("valid_until")
        if first is not None and last is not None:
            try:
                with working() as work:
                    register.register_scope(
                        work,
                        actor,
                        laboratory_id=laboratory_id,
                        protocol_id=form["protocol_id"],
                        accreditation=form["accreditation"],
                        valid_from=first,
                        valid_until=last,
                    )
            except RatedPartsError as error:
                form.blame(error)
            else:
                flash(text("The scope is registered."), "good")
                return redirect(url_for("administrator.scopes", laboratory_id=laboratory_id))
    with reading() as work:
        laboratory = register.organisation(work, laboratory_id)
        found = register.scopes_of(work, laboratory_id)
    identifiers = sorted({protocol.id for protocol in installation().library.protocols.values()})
    page = render_template(
        "administrator/scopes.html",
        form=form,
        laboratory=laboratory,
        scopes=found,
        protocols=[(one, one) for one in identifiers],
    )
    return page, 422 if form.faults else 200


@pages.get("/audit")
def audit_log() -> Any:
    acting("administrator")
    before = request.args.get("before", type=int)
    with reading() as work:
        lines = audit.newest_lines(work, before=before)
    return render_template("administrator/audit.html", lines=lines)
