"""Signing in and out, forgotten passwords, invitations, tokens for programs."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ratedparts.errors import RatedPartsError
from ratedparts.organisations import signing_in
from ratedparts.organisations.forgotten_passwords import ask_for_link
from ratedparts.organisations.models import ROLES

from .. import sessions
from ..forms import Form
from ..language import language, text
from ..requests import acting, reading, signed_in, working
from ..security import limiter

pages = Blueprint("account", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
def sign_in() -> Any:
    form = Form.posted() if request.method == "POST" else Form({"then": request.args.get("then", "")})
    if request.method == "POST":
        try:
            with working() as work:
                token = signing_in.sign_in(work, email=form["email"], password=form["password"])
        except RatedPartsError as error:
            form.blame(error)
        else:
            if token is not None:
                sessions.begin(token)
                return redirect(_inside(form["then"]) or url_for("account.home"))
            form.fault("sign_in_wrong", "password")
    return render_template("account/sign_in.html", form=form), 422 if form.faults else 200


@pages.post("/sign-out")
def sign_out() -> Any:
    token = sessions.end()
    if token:
        with working() as work:
            signing_in.sign_out(work, token)
    return redirect(url_for("public.front"))


@pages.get("/home")
def home() -> Any:
    """To the workplace of the first role."""
    who = signed_in()
    if who is None or not who.roles:
        return redirect(url_for("account.sign_in" if who is None else "public.front"))
    return redirect(url_for(f"{who.roles[0].name}.home"))


@pages.route("/forgotten", methods=["GET", "POST"])
@limiter.limit("6/minute", methods=["POST"])
def forgotten() -> Any:
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        try:
            with working() as work:
                ask_for_link(work, form["email"], language())
        except RatedPartsError as error:
            form.blame(error, too_many_reset_requests="email")
        else:
            # The same answer for an address that nobody has: whether it exists is nobody's business.
            return render_template("account/forgotten_sent.html")
    return render_template("account/forgotten.html", form=form), 422 if form.faults else 200


@pages.route("/password/<token>", methods=["GET", "POST"])
@limiter.limit("20/minute", methods=["POST"])
def choose_password(token: str) -> Any:
    with reading() as work:
        person = signing_in.link_holder(work, token)
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        if form["password"] != form["again"]:
            form.fault("passwords_differ", "again")
        else:
            try:
                with working() as work:
                    signing_in.choose_password(work, token, form["password"])
            except RatedPartsError as error:
                form.fault(error.code, "password", **error.parameters)
            else:
                flash(text("Your password is set. Please sign in."), "good")
                return redirect(url_for("account.sign_in"))
    return render_template(
        "account/choose_password.html", form=form, person=person
    ), 422 if form.faults else 200


@pages.route("/profile", methods=["GET", "POST"])
def profile() -> Any:
    actor = acting(*ROLES)
    shown = None
    form = Form.posted() if request.method == "POST" else Form()
    if request.method == "POST":
        days = form.whole_number("days")
        if days is not None:
            scopes = request.form.getlist("scope")
            try:
                with working() as work:
                    shown = signing_in.create_access_token(
                        work, actor, form["title"], scopes=scopes, days=days
                    )
            except RatedPartsError as error:
                form.blame(error)
            else:
                form = Form()
    with reading() as work:
        tokens = signing_in.access_tokens_of(work, actor)
        sign_ins = signing_in.sign_ins_of(work, actor)
    page = render_template("account/profile.html", tokens=tokens, shown=shown, form=form, sign_ins=sign_ins)
    return page, 422 if form.faults else 200


@pages.post("/sign-out-everywhere")
def sign_out_everywhere() -> Any:
    """In every browser, this one too; tokens of programs stay."""
    actor = acting(*ROLES)
    with working() as work:
        signing_in.sign_out_everywhere(work, actor)
    sessions.end()
    flash(text("You are signed out everywhere."), "good")
    return redirect(url_for("account.sign_in"))


@pages.post("/profile/tokens/<uuid:token_id>/revoke")
def revoke_token(token_id: uuid.UUID) -> Any:
    actor = acting(*ROLES)
    with working() as work:
        signing_in.revoke_access_token(work, actor, token_id)
    return redirect(url_for("account.profile"))


def _inside(target: str) -> str | None:
    """The target if it is a path of this site; anything else could lead a person away."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if not target.isprintable():
        return None
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if inside and not parts.scheme else None
