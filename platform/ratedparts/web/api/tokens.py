"""Who a program acts for: `Authorization: Bearer …`, and nothing else; and how it comes by its token."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations import signing_in

from ..requests import reading, working
from ..security import limiter
from .shapes import Strict

resources = Blueprint("tokens", __name__, url_prefix="/api/v1", description="Tokens for programs")


class Credentials(Strict):
    email = fields.String(required=True)
    password = fields.String(required=True, load_only=True)
    title = fields.String(load_default="interface", validate=validate.Length(max=80))


class NewToken(Strict):
    token = fields.String()
    roles = fields.List(fields.String())


@resources.post("/tokens")
@resources.arguments(Credentials)
@resources.response(201, NewToken)
@resources.alt_response(401, description="Address or password is wrong")
@limiter.limit("10/minute")
def new_token(given: dict[str, Any]) -> Any:
    """A token for `Authorization: Bearer …`; it is shown this once."""
    with working() as work:
        session = signing_in.sign_in(work, email=given["email"], password=given["password"])
        who = signing_in.who(work, session) if session else None
        if session and who and who.roles:
            token = signing_in.create_access_token(work, who.acting(), given["title"])
            signing_in.sign_out(work, session)
            return {"token": token, "roles": [role.name for role in who.roles]}
    # After the unit of work, so that the wrong password stays on record.
    raise RatedPartsError("sign_in_wrong", kind=Kind.UNAUTHENTICATED)


def install(app: Flask) -> None:
    @app.before_request
    def find_out_who() -> None:
        if not request.path.startswith("/api/"):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return
        if scheme.lower() == "bearer" and token:
            with reading() as work:
                g.signed_in = signing_in.who_holds(work, token.strip())
        if g.get("signed_in") is None:
            raise RatedPartsError("token_not_known", kind=Kind.UNAUTHENTICATED)
