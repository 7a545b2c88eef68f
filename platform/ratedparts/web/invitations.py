"""The letter with which a person is invited."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from ratedparts.mail import Letter

from .language import text
from .requests import installation


def send_invitation(address: str, token: str, at: datetime) -> str:
    """Put the letter into the outbox; the link in it."""
    link = installation().settings.public_url + url_for("account.choose_password", token=token)
    body = text("You are invited to RatedParts. Choose your password here:") + f"\n\n{link}\n"
    installation().outbox.put(Letter(address, text("Your invitation"), body), at)
    return link
