"""What a watched bill is told: a letter in the reader's language, and a signed message to a program."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from ratedparts.db import Database, Work
from ratedparts.fault_points import fault_point
from ratedparts.jobs.queue import Handler, Lease, LongWork
from ratedparts.mail import Letter
from ratedparts.webhooks import Refused, Webhook, post
from ratedparts.wording import translate

from .models import WatchedBill, WatchNotice

CHANGES: Final = {
    "fell": "The grade has fallen from {before} to {after}.",
    "rose": "The part now has grade {after}.",
    "ending": "The certificate ends within 60 days.",
    "expired": "The certificate has expired.",
    "suspended": "The certificate has been suspended.",
    "revoked": "The certificate has been revoked.",
    "restored": "The part is rated again, with grade {after}.",
}
CONFIRM: Final = "Watch a bill of materials?"
CONFIRM_BODY: Final = (
    "Somebody, probably you, wants to be told when the rating of a part in a list changes. "
    "Follow this link to begin:"
)
CONFIRM_NOT_ASKED: Final = "If it was not you, do nothing: the list is deleted after a week."
CHANGED: Final = "The rating of a part that you watch has changed"
SEE_OR_STOP: Final = "Your list, and how to stop these letters:"


def letter_to_confirm(bill: WatchedBill, site: str) -> Letter:
    def words(text: str) -> str:
        return translate(text, bill.language)

    body = f"{words(CONFIRM_BODY)}\n\n{address_of(bill, site)}\n\n{words(CONFIRM_NOT_ASKED)}\n"
    return Letter(bill.email, words(CONFIRM), body)


def letter_of_notice(notice: WatchNotice, site: str) -> Letter:
    bill = notice.bill
    said = change_in_words(notice, bill.language)
    about = f"{notice.part_number}  {notice.certificate_number or ''}".rstrip()
    part = f"{site}/parts/{notice.part_id}"
    further = f"{translate(SEE_OR_STOP, bill.language)}\n{address_of(bill, site)}"
    subject = f"{translate(CHANGED, bill.language)}: {notice.part_number}"
    return Letter(bill.email, subject, f"{about}\n{said}\n{part}\n\n{further}\n")


def change_in_words(notice: WatchNotice, language: str) -> str:
    said = translate(CHANGES[notice.change], language)
    return said.format(before=notice.grade_before or "–", after=notice.grade or "–")


def address_of(bill: WatchedBill, site: str) -> str:
    return f"{site}/watched-bills/{bill.token}"


def message_of_notice(notice: WatchNotice, site: str) -> bytes:
    """The body of a message to a program: what changed, never the list nor the way to it."""
    told = {
        "type": f"rating.{notice.change}",
        "timestamp": notice.noticed_at.isoformat(),
        "data": {
            "watched_bill": str(notice.bill_id),
            "part_id": str(notice.part_id),
            "part_number": notice.part_number,
            "grade_before": notice.grade_before,
            "grade": notice.grade,
            "certificate_number": notice.certificate_number,
            "part": f"{site}/api/v1/parts/{notice.part_id}",
        },
    }
    return json.dumps(told, ensure_ascii=False).encode()


def delivering(site: str, *, private: bool) -> LongWork:
    """The job that sends a message to a program; for two hours it tries again, then the notice says so."""

    def prepare(database: Database, parameters: Mapping[str, Any], lease: Lease) -> Handler:
        with database.reading() as work:
            notice = _waiting(work, parameters)
            if notice is None:
                return _nothing
            bill, body = notice.bill, message_of_notice(notice, site)
            webhook = Webhook(bill.webhook_address or "", bill.webhook_secret or "")
            message_id, timestamp = str(notice.id), round(work.at.timestamp())
        try:
            post(webhook, message_id, timestamp, body, private=private)
        except Refused:
            return _settle("given_up")
        fault_point("message.delivered")
        return _settle("delivered")

    return LongWork(prepare, _settle("given_up"))


def _settle(delivery: str) -> Callable[[Work, Mapping[str, Any]], None]:
    def keep(work: Work, parameters: Mapping[str, Any]) -> None:
        notice = _waiting(work, parameters)
        if notice is not None:
            notice.delivery = delivery

    return keep


def _nothing(work: Work, parameters: Mapping[str, Any]) -> None:
    """Somebody has stopped watching, or the message was delivered before."""


def _waiting(work: Work, parameters: Mapping[str, Any]) -> WatchNotice | None:
    notice = work.session.get(WatchNotice, uuid.UUID(parameters["notice_id"]))
    return notice if notice is not None and notice.delivery == "waiting" else None
