"""What a request has at hand: the installation, a unit of work, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from flask import current_app, g, request

from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.installation import Installation
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.signing_in import SignedIn, note_wrong_password

EXTENSION = "ratedparts"


def installation() -> Installation:
    return cast(Installation, current_app.extensions[EXTENSION])


def reading() -> AbstractContextManager[Work]:
    """A unit of work that only looks."""
    return installation().database.reading()


@contextmanager
def working() -> Iterator[Work]:
    """A unit of work that is kept."""
    try:
        with installation().database.work() as work:
            first = g.pop("before_first_change", None)
            if first is not None:
                first(work)
            yield work
    except RatedPartsError as error:
        who = signed_in()
        if error.code == "password_wrong" and who is not None:
            # What the wrong password undid is gone; that it was wrong stays on record.
            with installation().database.work() as work:
                note_wrong_password(work, who.person.id)
        raise


def before_first_change(do: Callable[[Work], None]) -> None:
    """Have something done in the first unit of work of this request that is kept."""
    g.before_first_change = do


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
            _require_scope(role)
            return who.acting(role)
    raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given="")


def _require_scope(role: str) -> None:
    """A program may only do what its token is for; to look, any of its scopes that fits is enough."""
    scopes = g.get("token_scopes")
    looks = request.method in ("GET", "HEAD", "OPTIONS") and scopes is not None and "read" in scopes
    if scopes is not None and role not in scopes and not looks:
        raise RatedPartsError("token_scope", kind=Kind.FORBIDDEN, needed=role, scopes=list(scopes))
