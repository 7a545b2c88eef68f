"""Bills that somebody watches: asked for by anyone, begun by whoever reads the mail, ended by them too."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Select, func, select

from ratedparts.audit.service import record
from ratedparts.db import Work, held
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import not_found
from ratedparts.organisations.email_addresses import usable_email
from ratedparts.submissions.models import Part
from ratedparts.webhooks import new_secret, require_deliverable

from .models import WatchedBill, WatchedPart, WatchNotice
from .ratings import WARNED_BEFORE, Rating, change_between, rating_of

# Events: somebody wants to watch, nobody began, something changed, a program is to be told, a term ends.
ASKED, UNANSWERED = "watch_asked", "watch_unanswered"
NOTICED, MESSAGE_DUE, DUE = "watch_noticed", "watch_message_due", "watched_part_due"
ANSWERED_WITHIN = timedelta(days=7)
REQUESTS_ALLOWED, REQUEST_WINDOW = 4, timedelta(hours=1)
MOST_WATCHED = 50  # bills of one address


def ask_to_watch(
    work: Work,
    *,
    text: str,
    asked: Mapping[str, str],
    email: str,
    language: str,
    webhook: str,
    private_webhooks: bool,
) -> WatchedBill:
    """Have a letter sent to the address; until somebody follows it nothing is watched.

    Raises ``form_refused`` with every fault: ``email_not_usable``, ``webhook_address``; and
    ``too_many_watched`` (most) of one address.
    """
    address = usable_email(email) or ""
    faults = []
    if not address:
        faults.append(Fault("email_not_usable", column="email", given=email[:80]))
    if webhook:
        try:
            require_deliverable(webhook, private=private_webhooks)
        except RatedPartsError as error:
            faults.append(
                Fault(error.code, column="webhook", parameters=error.parameters, given=webhook[:80])
            )
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    _require_few(work, address)
    bill = WatchedBill(
        id=work.new_id(),
        token=secrets.token_urlsafe(32),
        email=address,
        language=language,
        text=text,
        asked=dict(asked),
        webhook_address=webhook or None,
        webhook_secret=new_secret() if webhook else None,
        created_at=work.at,
    )
    work.session.add(bill)
    enqueue(work, ASKED, bill_id=str(bill.id))
    enqueue(work, UNANSWERED, not_before=work.at + ANSWERED_WITHIN, bill_id=str(bill.id))
    return bill


def watched_bill(work: Work, token: str) -> WatchedBill:
    """Raises ``not_found``."""
    return _only(work, select(WatchedBill).where(WatchedBill.token == token))


def _held_bill(work: Work, token: str) -> WatchedBill:
    """The same, and nobody else begins or stops to watch it until the end of the unit of work."""
    query = select(WatchedBill).where(WatchedBill.token == token).with_for_update()
    return _only(work, query.execution_options(populate_existing=True))


def _only(work: Work, query: Select[WatchedBill]) -> WatchedBill:
    found = work.session.scalars(query).first()
    if found is None:
        raise not_found("page", "watched bill")  # without the token, which is a secret
    return found


def confirm(work: Work, token: str, part_ids: Iterable[uuid.UUID]) -> WatchedBill:
    """Begin to watch these parts, which the bill's lines mean.  Repeated, it changes nothing."""
    bill = _held_bill(work, token)
    if bill.confirmed_at is None:
        # First the line of the log: certificates change one after the other with it.  What changes from now
        # on is looked at when this is kept, and what was changed before is seen here.
        record(work, "watch", "watched_bill", bill.id, actor_id=None)
        bill.confirmed_at = work.at
        for part_id in dict.fromkeys(part_ids):
            rating = rating_of(work, part_id)
            warned = rating.certificate_number if rating.nears_its_end(work.at) else None
            watched = WatchedPart(bill_id=bill.id, part_id=part_id, warned_of=warned)
            _take(watched, rating)
            work.session.add(watched)
            _look_again(work, part_id, rating)
    return bill


def stop_watching(work: Work, token: str) -> None:
    """Delete the list, the address and everything that was told."""
    bill = _held_bill(work, token)
    work.session.delete(bill)
    record(work, "stop_watching", "watched_bill", bill.id, actor_id=None)


def drop_unanswered(work: Work, bill_id: uuid.UUID) -> None:
    bill = held(work, WatchedBill, bill_id)
    if bill is not None and bill.confirmed_at is None:
        work.session.delete(bill)


def look_at_part(work: Work, part_id: uuid.UUID) -> None:
    """Note for every bill with the part what has changed since it was last told.  Harmless when repeated."""
    keys = select(WatchedPart.bill_id).where(WatchedPart.part_id == part_id)
    for bill_id in list(work.session.scalars(keys.order_by(WatchedPart.bill_id))):
        # Always the bill before its part, and bills in one order: nobody waits for one who waits for them.
        bill = held(work, WatchedBill, bill_id)
        watched = None if bill is None else held(work, WatchedPart, (bill_id, part_id))
        if bill is None or watched is None:
            continue  # somebody has stopped watching meanwhile
        known = Rating(watched.standing, watched.grade, watched.certificate_number)
        now = rating_of(work, part_id)
        changes = [change] if (change := change_between(known, now)) else []
        if now.nears_its_end(work.at) and watched.warned_of != now.certificate_number:
            changes.append("ending")
            watched.warned_of = now.certificate_number
        if now.certificate_number != known.certificate_number:
            _look_again(work, part_id, now)
        _take(watched, now)
        for told in changes:
            _note(work, bill, part_id, told, known, now)


def _note(work: Work, bill: WatchedBill, part_id: uuid.UUID, change: str, known: Rating, now: Rating) -> None:
    notice = WatchNotice(
        id=work.new_id(),
        bill_id=bill.id,
        part_id=part_id,
        part_number=work.session.get_one(Part, part_id).part_number,
        change=change,
        grade_before=known.grade,
        grade=now.grade,
        certificate_number=now.certificate_number,
        noticed_at=work.at,
        delivery="none" if bill.webhook_address is None else "waiting",
    )
    work.session.add(notice)
    enqueue(work, NOTICED, notice_id=str(notice.id))
    if bill.webhook_address is not None:
        enqueue(work, MESSAGE_DUE, long=True, notice_id=str(notice.id))


def _take(watched: WatchedPart, rating: Rating) -> None:
    watched.standing, watched.grade = rating.standing, rating.grade
    watched.certificate_number = rating.certificate_number


def _look_again(work: Work, part_id: uuid.UUID, rating: Rating) -> None:
    """Nothing happens when a term ends: somebody has to look."""
    if rating.standing == "valid" and rating.valid_until is not None:
        for at in (rating.valid_until - WARNED_BEFORE, rating.valid_until):
            if at > work.at:
                enqueue(work, DUE, not_before=at, part_id=str(part_id))


def _require_few(work: Work, email: str) -> None:
    """Else a stranger could fill somebody's mailbox with letters that they never asked for."""
    of_address = select(func.count()).where(WatchedBill.email == email)
    unanswered = of_address.where(
        WatchedBill.confirmed_at.is_(None), WatchedBill.created_at > work.at - REQUEST_WINDOW
    )
    if (work.session.scalar(unanswered) or 0) >= REQUESTS_ALLOWED:
        raise RatedPartsError("too_many_watched", kind=Kind.FORBIDDEN, most=REQUESTS_ALLOWED)
    if (work.session.scalar(of_address) or 0) >= MOST_WATCHED:
        raise RatedPartsError("too_many_watched", kind=Kind.FORBIDDEN, most=MOST_WATCHED)
