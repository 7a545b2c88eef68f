"""What a request has at hand: the installation, a unit of work, and who is asking."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app, g

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.installation import Installation
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.signing_in import SignedIn

EXTENSION = "ratedparts"


def installation() -> Installation:
    return cast(Installation, current_app.extensions[EXTENSION])


def reading() -> AbstractContextManager[Work]:
    """A unit of work that only looks."""
    return installation().database.reading()


def working() -> AbstractContextManager[Work]:
    """A unit of work that is kept."""
    return installation().database.work()


def signed_in() -> SignedIn | None:
    """Who is asking, as `web.sessions` or `web.api.tokens` found out."""
    return cast("SignedIn | None", g.get("signed_in"))


def acting(*roles: str) -> Actor:
    """The actor in the first of the roles that the asker holds.

    Raises ``sign_in_needed`` where nobody has signed in; somebody without the role learns only that there is
    no such page, by ``not_found``.
    """
    who = signed_in()
    if who is None:
        raise RatedPartsError("sign_in_needed", kind=Kind.UNAUTHENTICATED)
    for role in roles:
        if who.has(role):
            return who.acting(role)
    raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given="")
