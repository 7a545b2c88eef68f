"""A forgotten password: whoever asks learns nothing, and whoever reads the mail of the address gets a link.

To the asker a known address and an unknown one are alike, in what is answered and in what is done meanwhile:
one row that counts the request and one job.  Only the job, later, makes a link and a letter, or nothing.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete, func, select

from ratedparts.audit.service import record
from ratedparts.db import Work
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.mail import Letter
from ratedparts.wording import translate

from .models import PasswordResetRequest, Person
from .register import one_time_link
from .secrets_of_people import token_digest

EVENT = "password_forgotten"
REQUESTS_ALLOWED, REQUEST_WINDOW = 4, timedelta(hours=1)
SUBJECT = "A new password"
BODY = "Choose a new password here, within an hour:"
NOT_ASKED = "If you did not ask for it, do nothing: your password stays as it is."


def ask_for_link(work: Work, email: str, language: str) -> None:
    """Have a link sent to the person of that address, if there is one, in ``language``.

    Raises ``too_many_reset_requests`` after several for the address, known or not.
    """
    address = email.strip().lower()
    if not address:
        raise RatedPartsError("form_refused", items=[Fault("missing_value", column="email")])
    digest = token_digest(address)
    work.session.execute(
        delete(PasswordResetRequest).where(PasswordResetRequest.at <= work.at - REQUEST_WINDOW)
    )
    asked = select(func.count()).where(PasswordResetRequest.email_digest == digest)
    if (work.session.scalar(asked) or 0) >= REQUESTS_ALLOWED:
        minutes = int(REQUEST_WINDOW.total_seconds() // 60)
        raise RatedPartsError("too_many_reset_requests", kind=Kind.FORBIDDEN, minutes=minutes)
    work.session.add(PasswordResetRequest(id=work.new_id(), email_digest=digest, at=work.at))
    person_id = work.session.scalar(select(Person.id).where(Person.email == address))
    enqueue(work, EVENT, person_id=str(person_id) if person_id else None, language=language)


def make_link(work: Work, person_id: str | None) -> tuple[Person, str] | None:
    """The person with the token of a new link; None for nobody, and for who may not sign in any more."""
    person = work.session.get(Person, uuid.UUID(person_id)) if person_id else None
    if person is None or person.disabled_at is not None:
        return None
    token = one_time_link(work, person, "password_reset")
    record(work, "request_password_reset", "person", person.id, actor_id=None)
    return person, token


def reset_letter(person: Person, link: str, language: str) -> Letter:
    body = f"{translate(BODY, language)}\n\n{link}\n\n{translate(NOT_ASKED, language)}\n"
    return Letter(person.email, translate(SUBJECT, language), body)
