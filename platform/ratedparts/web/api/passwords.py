"""A forgotten password, and choosing one with the link of a letter.  No address is said to be known."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.organisations import signing_in
from ratedparts.organisations.forgotten_passwords import ask_for_link
from ratedparts.organisations.register import LINK_LIFE

from ..language import language
from ..requests import working
from ..security import limiter
from .shapes import Strict

resources = Blueprint("passwords", __name__, url_prefix="/api/v1", description="Passwords")


class Forgotten(Strict):
    email = fields.String(required=True)


class LetterOnItsWay(Schema):
    link_works_minutes = fields.Integer()


class ChosenPassword(Strict):
    token = fields.String(
        required=True, load_only=True, metadata={"description": "the last part of the link in the letter"}
    )
    password = fields.String(required=True, load_only=True)


class Holder(Schema):
    email = fields.String()
    name = fields.String()


@resources.post("/password-resets")
@resources.arguments(Forgotten)
@resources.response(202, LetterOnItsWay, description="The same for every address, known or not")
@resources.alt_response(403, description="Several were asked for within the hour")
@limiter.limit("6/minute")
def forgotten(given: dict[str, Any]) -> Any:
    """Have a link to choose a new password sent by mail, if the address belongs to an account."""
    with working() as work:
        ask_for_link(work, given["email"], language())
    return {"link_works_minutes": LINK_LIFE["password_reset"].total_seconds() // 60}


@resources.post("/passwords")
@resources.arguments(ChosenPassword)
@resources.response(200, Holder)
@resources.alt_response(404, description="The link was used, is too old or never was")
@limiter.limit("20/minute")
def choose(given: dict[str, Any]) -> Any:
    """Choose a password with the link of an invitation or of a reset; every sign-in and token ends."""
    with working() as work:
        return signing_in.choose_password(work, **given)
