"""Signing in and out, choosing a password, and tokens for programs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from ratedparts.audit.service import record
from ratedparts.db import Work
from ratedparts.errors import Fault, Kind, RatedPartsError

from .actor import Actor, not_found
from .models import ROLES, AccessToken, FailedSignIn, OneTimeLink, Person, Role, SignIn
from .passwords import hash_password, password_matches
from .secrets_of_people import new_token, token_digest

SCOPES = ("read", *ROLES)
LONGEST_TOKEN_DAYS = 730
USE_NOTED_EVERY = timedelta(hours=1)
SIGN_IN_LIFE = timedelta(hours=12)
FAILURES_ALLOWED, FAILURE_WINDOW = 8, timedelta(minutes=15)


@dataclass(frozen=True)
class SignedIn:
    """A person with every role in force, one of which acts."""

    person: Person
    roles: tuple[Role, ...]

    def acting(self, role: str | None = None) -> Actor:
        """The actor in that role, or in the first where none is asked for."""
        for one in self.roles:
            if role is None or one.name == role:
                kind = one.organisation.kind
                return Actor(self.person.id, self.person.name, one.organisation_id, kind, one.name)
        raise RatedPartsError("role_needed", kind=Kind.FORBIDDEN, needed=[role], role=None)

    def has(self, role: str) -> bool:
        return any(one.name == role for one in self.roles)


def sign_in(work: Work, *, email: str, password: str) -> str | None:
    """The token of a new sign-in, or None where address or password is wrong.

    Raises ``too_many_failures`` after several wrong passwords for the address, known or not.  The caller
    keeps the unit of work either way: a failure is noted in it.
    """
    address = email.strip().lower()
    _require_few_failures(work, address)
    person = work.session.scalars(select(Person).where(Person.email == address)).first()
    if not password_matches(person.password_hash if person else None, password) or person is None:
        _note_failure(work, address)
        return None
    if person.disabled_at is not None:
        return None
    _forget_failures(work, address)
    token = new_token("rps")
    work.session.add(
        SignIn(id=work.new_id(), person_id=person.id, token_digest=token_digest(token), created_at=work.at)
    )
    record(work, "sign_in", "person", person.id, actor_id=person.id)
    return token


def sign_out(work: Work, token: str) -> None:
    found = _sign_in(work, token)
    if found is not None:
        found.ended_at = work.at
        record(work, "sign_out", "person", found.person_id, actor_id=found.person_id)


def who(work: Work, token: str) -> SignedIn | None:
    """Whose browser this is, with the roles in force now."""
    found = _sign_in(work, token)
    return _signed_in(work, found.person_id) if found is not None else None


def who_holds(work: Work, access_token: str) -> tuple[SignedIn, AccessToken] | None:
    """Whose program this is, and with which token."""
    digest = token_digest(access_token)
    query = select(AccessToken).where(
        AccessToken.token_digest == digest,
        AccessToken.revoked_at.is_(None),
        or_(AccessToken.expires_at.is_(None), AccessToken.expires_at > work.at),
    )
    found = work.session.scalars(query).first()
    who = _signed_in(work, found.person_id) if found is not None else None
    return (who, found) if who is not None and found is not None else None


def note_use(work: Work, token_id: uuid.UUID) -> None:
    work.session.get_one(AccessToken, token_id).last_used_at = work.at


def confirm_password(work: Work, actor: Actor, password: str) -> None:
    """Signing needs intent: the password once more, at the moment of signing.

    Raises ``password_wrong``, which the caller notes by `note_wrong_password` in another unit of work, and
    ``too_many_failures`` after several.
    """
    person = work.session.get_one(Person, actor.person_id)
    _require_few_failures(work, person.email)
    if not password_matches(person.password_hash, password):
        raise RatedPartsError("password_wrong", kind=Kind.FORBIDDEN)


def note_wrong_password(work: Work, person_id: uuid.UUID) -> None:
    """Count a wrong password at a signature, as one at the door."""
    _note_failure(work, work.session.get_one(Person, person_id).email)


def _note_failure(work: Work, address: str) -> None:
    work.session.add(FailedSignIn(id=work.new_id(), email_digest=token_digest(address), at=work.at))


def _forget_failures(work: Work, address: str) -> None:
    work.session.execute(delete(FailedSignIn).where(FailedSignIn.email_digest == token_digest(address)))


def _require_few_failures(work: Work, address: str) -> None:
    recent = select(func.count()).where(
        FailedSignIn.email_digest == token_digest(address), FailedSignIn.at > work.at - FAILURE_WINDOW
    )
    if (work.session.scalar(recent) or 0) >= FAILURES_ALLOWED:
        minutes = int(FAILURE_WINDOW.total_seconds() // 60)
        raise RatedPartsError("too_many_failures", kind=Kind.FORBIDDEN, minutes=minutes)


def link_holder(work: Work, token: str) -> Person:
    """Whom a one-time link belongs to; ``link_not_usable`` where it was used, is too old or never was."""
    return work.session.get_one(Person, _usable_link(work, token).person_id)


def choose_password(work: Work, token: str, password: str) -> Person:
    """Use a one-time link.  All other sign-ins, links and tokens of the person end.

    Who guessed at the old password no longer holds up who reads the mail of the address.
    """
    link = _usable_link(work, token, hold=True)
    person = work.session.get_one(Person, link.person_id)
    person.password_hash = hash_password(password)
    link.used_at = work.at
    _end_everything_else(work, person)
    _forget_failures(work, person.email)
    record(work, "choose_password", "person", person.id, actor_id=person.id, purpose=link.purpose)
    return person


def _end_everything_else(work: Work, person: Person) -> None:
    """Whoever knew the old password, or held another link or token, is out."""
    sign_ins = select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    for other in work.session.scalars(sign_ins):
        other.ended_at = work.at
    open_links = select(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    for link in work.session.scalars(open_links):
        link.used_at = work.at
    tokens = select(AccessToken).where(AccessToken.person_id == person.id, AccessToken.revoked_at.is_(None))
    for token in work.session.scalars(tokens):
        token.revoked_at = work.at


def create_access_token(
    work: Work,
    actor: Actor,
    title: str,
    *,
    scopes: Sequence[str] | None = None,
    days: int | None = None,
) -> str:
    """A token for programs; it is shown this once.

    ``scopes``: ``read``, and each role in which it may change something; None: whatever its person may do.
    ``days``: how long it lives; None: until it is revoked.
    """
    unknown = [scope for scope in scopes or () if scope not in SCOPES]
    if unknown or (scopes is not None and not scopes):
        raise RatedPartsError(
            "form_refused",
            items=[
                Fault(
                    "not_a_choice",
                    column="scopes",
                    given=", ".join(unknown),
                    parameters={"expected": list(SCOPES)},
                )
            ],
        )
    if days is not None and not 1 <= days <= LONGEST_TOKEN_DAYS:
        limits = {"minimum": 1, "maximum": LONGEST_TOKEN_DAYS, "unit": None}
        fault = Fault("out_of_range", column="days", given=str(days), parameters=limits)
        raise RatedPartsError("form_refused", items=[fault])
    token = new_token("rpt")
    row = AccessToken(
        id=work.new_id(),
        person_id=actor.person_id,
        title=title.strip()[:80] or "token",
        token_digest=token_digest(token),
        scopes=None if scopes is None else sorted(set(scopes)),
        created_at=work.at,
        expires_at=None if days is None else work.at + timedelta(days=days),
    )
    work.session.add(row)
    record(
        work,
        "create_access_token",
        "access_token",
        row.id,
        actor_id=actor.person_id,
        scopes=row.scopes,
    )
    return token


def revoke_access_token(work: Work, actor: Actor, token_id: uuid.UUID) -> None:
    row = work.session.get(AccessToken, token_id)
    if row is None or row.person_id != actor.person_id or row.revoked_at is not None:
        raise not_found("access_token", token_id)
    row.revoked_at = work.at
    record(work, "revoke_access_token", "access_token", row.id, actor_id=actor.person_id)


def sign_ins_of(work: Work, actor: Actor) -> list[SignIn]:
    """The browsers in which the person is signed in now, newest first."""
    query = select(SignIn).where(
        SignIn.person_id == actor.person_id,
        SignIn.ended_at.is_(None),
        SignIn.created_at > work.at - SIGN_IN_LIFE,
    )
    return list(work.session.scalars(query.order_by(SignIn.created_at.desc())))


def sign_out_everywhere(work: Work, actor: Actor) -> None:
    """End every browser's sign-in of the person, this one's too.  Tokens of programs stay."""
    for found in sign_ins_of(work, actor):
        found.ended_at = work.at
    record(work, "sign_out_everywhere", "person", actor.person_id, actor_id=actor.person_id)


def _sign_in(work: Work, token: str) -> SignIn | None:
    query = select(SignIn).where(
        SignIn.token_digest == token_digest(token),
        SignIn.ended_at.is_(None),
        SignIn.created_at > work.at - SIGN_IN_LIFE,
    )
    return work.session.scalars(query).first()


def roles_of(work: Work, person_id: uuid.UUID) -> SignedIn:
    """A person with the roles in force, whoever asks."""
    found = _signed_in(work, person_id)
    if found is None:
        raise not_found("person", person_id)
    return found


def _signed_in(work: Work, person_id: uuid.UUID) -> SignedIn | None:
    person = work.session.get_one(Person, person_id)
    if person.disabled_at is not None:
        return None
    query = (
        select(Role)
        .where(Role.person_id == person_id, Role.ended_at.is_(None))
        .order_by(Role.granted_at, Role.id)
    )
    return SignedIn(person, tuple(work.session.scalars(query)))


def _usable_link(work: Work, token: str, *, hold: bool = False) -> OneTimeLink:
    """``hold``: whoever else comes with the same link waits, and then finds it used."""
    query = select(OneTimeLink).where(OneTimeLink.token_digest == token_digest(token))
    link = work.session.scalars(query.with_for_update() if hold else query).first()
    if link is None or link.used_at is not None or link.expires_at <= work.at:
        raise RatedPartsError("link_not_usable", kind=Kind.NOT_FOUND)
    return link


def access_tokens_of(work: Work, actor: Actor) -> list[AccessToken]:
    """The actor's own tokens that still work, newest first."""
    query = select(AccessToken).where(
        AccessToken.person_id == actor.person_id,
        AccessToken.revoked_at.is_(None),
        or_(AccessToken.expires_at.is_(None), AccessToken.expires_at > work.at),
    )
    return list(work.session.scalars(query.order_by(AccessToken.created_at.desc())))
