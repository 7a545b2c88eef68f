"""Whether the mail server answers.  No letter is sent."""

from __future__ import annotations

import smtplib

from ratedparts.mail.delivery import session_with
from ratedparts.settings import MailServer

from .finding import Finding, Outcome

_FINE = 250


def try_mail(server: MailServer | None) -> Finding:
    """Greet it, over TLS and signed in where the settings say so."""
    if server is None:
        return Finding("letters_wait", Outcome.REMARK)
    try:
        with session_with(server) as session:
            status, _ = session.ehlo()
    except (OSError, smtplib.SMTPException) as error:
        # Only the kind of error: what a server says may repeat what it was told.
        return Finding("mail_server_unavailable", Outcome.REFUSED, {"problem": type(error).__name__})
    if status != _FINE:
        return Finding("mail_server_unavailable", Outcome.REFUSED, {"problem": str(status)})
    return Finding("mail_server_answers", Outcome.FINE)
