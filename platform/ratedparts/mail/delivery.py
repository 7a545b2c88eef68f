"""Carries the letters of the outbox to a mail server, in order, again and again until it takes them."""

from __future__ import annotations

import fcntl
import logging
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from ratedparts.fault_points import fault_point
from ratedparts.settings import MailServer

PATIENCE_SECONDS = 20
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 900.0
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@contextmanager
def session_with(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A conversation with the server, signed in where it has a user."""
    secure = ssl.create_default_context()
    if server.scheme == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE_SECONDS, context=secure
        )
    else:
        opened = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
    with opened as session:
        if server.scheme == "smtp" and server.host not in ON_THIS_MACHINE:
            session.starttls(context=secure)
        if server.user:
            session.login(server.user, server.password)
        yield session


class Delivery:
    """Letters lie in the outbox until the server has taken them; then they are gone."""

    def __init__(self, folder: Path, server: MailServer) -> None:
        self._folder = folder
        self._server = server
        self._pause = SHORTEST_PAUSE
        self._not_before = 0.0

    def carry(self) -> int:
        """Send what waits, oldest first; how many letters that was.

        A server that is away is tried again after a pause, which grows.  A letter whose address the server
        refuses for good is set aside beside the others, as ``.refused``.  While another worker carries,
        this one does not.
        """
        if time.monotonic() < self._not_before or not self._waiting():
            return 0
        with self._alone() as alone:
            return self._carry() if alone else 0

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml")) if self._folder.is_dir() else []

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other worker is at it, in this process or another, until the block ends."""
        with (self._folder / ".carrying").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _carry(self) -> int:
        sent = 0
        try:
            with session_with(self._server) as session:
                for letter in self._waiting():  # listed alone: what another has just sent is gone
                    self._send(session, letter)
                    sent += 1
        except (OSError, smtplib.SMTPException) as error:
            logging.getLogger("ratedparts.mail").warning("letters wait: %s", type(error).__name__)
            self._not_before = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._pause = SHORTEST_PAUSE
        return sent

    def _send(self, session: smtplib.SMTP, letter: Path) -> None:
        message = message_from_bytes(letter.read_bytes(), policy=policy.default)
        message["From"] = self._server.sender
        try:
            session.send_message(message)
        except smtplib.SMTPRecipientsRefused:
            logging.getLogger("ratedparts.mail").warning("an address was refused: %s", letter.name)
            letter.rename(letter.with_suffix(".refused"))
            return
        fault_point("letter.sent")
        letter.unlink()
