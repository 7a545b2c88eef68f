"""Letters reach a mail server, wait while it is away, and are not sent twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.mail import Delivery, Letter, Outbox
from ratedparts.settings import MailServer, Settings

from .mail_host import MailHost, host

__all__ = ["host"]

AT = datetime(2026, 1, 5, 1, tzinfo=UTC)


def delivery(folder: Path, port: int) -> Delivery:
    return Delivery(folder, MailServer.read(f"smtp://127.0.0.1:{port}", "ratedparts@example.org"))


def test_letters_are_carried_once_and_those_to_nobody_are_set_aside(tmp_path: Path, host: MailHost) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(Letter("one@example.org", "评价", "第一封信"), AT)
    outbox.put(Letter("nobody@example.org", "None", "x"), AT)
    outbox.put(Letter("two@example.org", "Second", "the second letter"), AT)
    carrier = delivery(tmp_path, host.port)
    assert carrier.carry() == 3
    assert carrier.carry() == 0
    assert len(host.taken) == 2
    assert all("From: ratedparts@example.org" in text for text in host.taken)
    assert [path.suffix for path in tmp_path.glob("[!.]*")] == [".refused"]


def test_of_two_workers_at_once_one_carries(tmp_path: Path, host: MailHost) -> None:
    outbox = Outbox(tmp_path)
    for number in range(3):
        outbox.put(Letter(f"{number}@example.org", "Once", "x"), AT)
    host.hurry.clear()  # the first letter is on its way until the other worker has tried
    carried: list[int] = []
    first = threading.Thread(target=lambda: carried.append(delivery(tmp_path, host.port).carry()))
    first.start()
    assert host.called.wait(10)
    assert delivery(tmp_path, host.port).carry() == 0
    host.hurry.set()
    first.join()
    assert (carried, host.calls) == ([3], 1)
    assert len(host.taken) == 3
    assert not list(tmp_path.glob("*.eml"))


def test_letters_wait_while_the_server_is_away(tmp_path: Path) -> None:
    gone = MailHost()
    port = gone.port
    gone.server_close()
    Outbox(tmp_path).put(Letter("one@example.org", "First", "x"), AT)
    carrier = delivery(tmp_path, port)
    assert carrier.carry() == 0
    assert carrier.carry() == 0, "not before its pause is over"
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_without_a_server_letters_stay_in_the_outbox(tmp_path: Path) -> None:
    assert Settings.read({"RATEDPARTS_VAR": str(tmp_path)}).mail is None


@pytest.mark.parametrize(
    ("address", "sender", "column"),
    [
        ("http://mail.example", "a@example.org", "MAIL_SERVER"),
        ("smtp://", "a@example.org", "MAIL_SERVER"),
        ("smtp://mail.example:port", "a@example.org", "MAIL_SERVER"),
        ("smtps://mail.example", "nobody", "MAIL_FROM"),
        ("smtps://mail.example", "", "MAIL_FROM"),
    ],
)
def test_settings_that_cannot_be_used_stop_the_start(address: str, sender: str, column: str) -> None:
    with pytest.raises(RatedPartsError) as refusal:
        Settings.read({"MAIL_SERVER": address, "MAIL_FROM": sender})
    assert [fault.column for fault in refusal.value.items] == [column]
