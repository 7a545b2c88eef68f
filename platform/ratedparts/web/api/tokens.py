"""Who a program acts for: `Authorization: Bearer …`, and nothing else."""

from __future__ import annotations

from flask import Flask, g, request

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations import signing_in

from ..requests import reading


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
