"""Browsers that have signed in: a cookie with a token whose end is decided on the server."""

from __future__ import annotations

from flask import Flask, g, request, session

from ratedparts.organisations import signing_in

from .keeping import Keeping, keeping_of
from .requests import reading

TOKEN = "token"


def install(app: Flask) -> None:
    @app.before_request
    def find_out_who() -> None:
        g.signed_in = None
        unchanging = keeping_of(request.endpoint) is Keeping.UNCHANGING
        if unchanging or request.path.startswith(("/static/", "/api/", "/log/")):
            return  # the same to everybody who asks, or asked with a token
        token = session.get(TOKEN)
        if isinstance(token, str):
            with reading() as work:
                g.signed_in = signing_in.who(work, token)


def begin(token: str) -> None:
    """A new sign-in starts from an empty session, so that nobody can have planted one."""
    session.clear()
    session[TOKEN] = token
    session.permanent = True


def end() -> str | None:
    token = session.get(TOKEN)
    session.clear()
    return token if isinstance(token, str) else None
