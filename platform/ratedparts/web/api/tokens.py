"""Who a program acts for: `Authorization: Bearer …`, and nothing else; and how it comes by its token."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, g, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations import signing_in
from ratedparts.organisations.models import ROLES

from ..requests import acting, reading, working
from ..security import limiter
from .shapes import TOKEN, Strict

resources = Blueprint("tokens", __name__, url_prefix="/api/v1", description="Tokens for programs")


class Credentials(Strict):
    email = fields.String(required=True)
    password = fields.String(required=True, load_only=True)
    title = fields.String(load_default="interface", validate=validate.Length(max=80))
    scopes = fields.List(
        fields.String(),
        load_default=None,
        allow_none=True,
        metadata={"description": "`read`, and each role in which it may change something; default: all"},
    )
    days = fields.Integer(load_default=None, allow_none=True, strict=True)


class NewToken(Strict):
    token = fields.String()
    roles = fields.List(fields.String())


class OwnRole(Schema):
    name = fields.String()
    organisation_id = fields.UUID()
    organisation_en = fields.String(attribute="organisation.name_en")
    organisation_zh = fields.String(attribute="organisation.name_zh")


class OwnSignIn(Schema):
    created_at = fields.AwareDateTime()


class Profile(Schema):
    email = fields.String()
    name = fields.String()
    roles = fields.List(fields.Nested(OwnRole))
    sign_ins = fields.List(fields.Nested(OwnSignIn))


class TokenLine(Schema):
    id = fields.UUID()
    title = fields.String()
    scopes = fields.List(fields.String(), allow_none=True)
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(allow_none=True)
    last_used_at = fields.AwareDateTime(allow_none=True)


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
            token = signing_in.create_access_token(
                work, who.acting(), given["title"], scopes=given["scopes"], days=given["days"]
            )
            signing_in.sign_out(work, session)
            return {"token": token, "roles": [role.name for role in who.roles]}
    # After the unit of work, so that the wrong password stays on record.
    raise RatedPartsError("sign_in_wrong", kind=Kind.UNAUTHENTICATED)


@resources.get("/profile")
@resources.doc(security=TOKEN)
@resources.response(200, Profile)
def profile() -> Any:
    """Who one is here, in which roles, and since when browsers are signed in."""
    actor = acting(*ROLES)
    with reading() as work:
        who = signing_in.roles_of(work, actor.person_id)
        return {
            "email": who.person.email,
            "name": who.person.name,
            "roles": who.roles,
            "sign_ins": signing_in.sign_ins_of(work, actor),
        }


@resources.delete("/sign-ins")
@resources.doc(security=TOKEN)
@resources.response(204)
def sign_out_everywhere() -> None:
    """Sign out of every browser; tokens of programs stay."""
    actor = acting(*ROLES)
    with working() as work:
        signing_in.sign_out_everywhere(work, actor)


@resources.get("/tokens")
@resources.doc(security=TOKEN)
@resources.response(200, TokenLine(many=True))
def tokens() -> Any:
    """One's own tokens that still work, without the tokens themselves."""
    actor = acting(*ROLES)
    with reading() as work:
        return signing_in.access_tokens_of(work, actor)


@resources.delete("/tokens/<uuid:token_id>")
@resources.doc(security=TOKEN)
@resources.response(204)
def revoke_token(token_id: uuid.UUID) -> None:
    """Withdraw a token at once."""
    actor = acting(*ROLES)
    with working() as work:
        signing_in.revoke_access_token(work, actor, token_id)


def install(app: Flask) -> None:
    @app.before_request
    def find_out_who() -> None:
        if not request.path.startswith("/api/"):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return
        if scheme.lower() == "bearer" and token:
            _known(token.strip())
        if g.get("signed_in") is None:
            raise RatedPartsError("token_not_known", kind=Kind.UNAUTHENTICATED)


def _known(token: str) -> None:
    with reading() as work:
        found = signing_in.who_holds(work, token)
        if found is None:
            return
        g.signed_in, held = found
        g.token_scopes = held.scopes
        fresh = held.last_used_at is not None and held.last_used_at > work.at - signing_in.USE_NOTED_EVERY
    if not fresh:
        with working() as work:
            signing_in.note_use(work, held.id)
