"""Every list of what is not in force holds, and says what the log said when it was made."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from ratedparts.certificates.log_proofs import log_size
from ratedparts.certificates.models import LogEntry, Restoration, StatusList
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.status_list import EVENT
from ratedparts.db import Work
from ratedparts.errors import RatedPartsError
from ratedparts.jobs.models import Job
from ratedparts.proofs import TrustedKeys, format_instant
from ratedparts.proofs.status_list import PublishedStatus, read_status_list

from .contained import contained
from .findings import Findings
from .recorded_keys import recorded_keys
from .standings import AFTER
from .store import Store

AT_ONCE = 10  # each names every certificate that is not in force


def check_status_lists(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        keys, listed = recorded_keys(work), published_keys(work)
        standing = replace(listed, keys=tuple(key for key in listed.keys if key.revoked_at is None))
        query = select(LogEntry.certificate_number, LogEntry.action).order_by(LogEntry.position)
        leaves = [(number, action) for number, action in work.session.execute(query)]
        count = work.session.scalar(select(func.count()).select_from(StatusList)) or 0
        rows = work.session.scalars(
            select(StatusList).order_by(StatusList.sequence).execution_options(yield_per=AT_ONCE)
        )
        begun_anew = set(work.session.scalars(select(Restoration.status_lists_from)))
        expected, read = 1, 0
        states: dict[str, str] = {}
        for row in findings.each(rows, count):
            place = f"status_list {row.sequence}"
            if row.sequence != expected and not (row.sequence > expected and row.sequence in begun_anew):
                findings.invalid("status_lists_missing", place=place, first=expected, last=row.sequence - 1)
            expected = row.sequence + 1
            with contained(findings, place):
                told = _read(row, keys, standing, place, findings)
                if not read <= told.log_size <= len(leaves):
                    findings.invalid("status_row_differs", place=place, member="log_size")
                    continue
                states |= {number: AFTER[action] for number, action in leaves[read : told.log_size]}
                read = told.log_size
                _compare(told, states, place, findings)
        if count:
            _check_newest(work, read, findings)


def _read(
    row: StatusList, keys: TrustedKeys, standing: TrustedKeys, place: str, findings: Findings
) -> PublishedStatus:
    content = row.document.encode("utf-8")
    try:
        told = read_status_list(content, trust=keys)
    except RatedPartsError:
        # A key that was revoked without an end of its window does not stand beside the one that came after.
        told = read_status_list(content, trust=standing)
    if told.sequence != row.sequence:
        findings.invalid("status_row_differs", place=place, member="sequence")
    if format_instant(told.made_at) != format_instant(row.made_at):
        findings.invalid("status_row_differs", place=place, member="made_at")
    return told


def _compare(told: PublishedStatus, states: dict[str, str], place: str, findings: Findings) -> None:
    meant = {number: state for number, state in states.items() if state != "valid"}
    listed = {number: line["status"] for number, line in told.certificates.items()}
    for number in sorted(meant.keys() | listed.keys()):
        if meant.get(number) != listed.get(number):
            findings.invalid(
                "status_list_against_log",
                place=place,
                certificate=number,
                listed=listed.get(number, "valid"),
                logged=meant.get(number, "valid"),
            )


def _check_newest(work: Work, read: int, findings: Findings) -> None:
    """What has changed since the newest list is on its way into another."""
    if read == log_size(work):
        return
    due = select(Job.id).where(Job.event == EVENT, Job.state.in_(("queued", "running")))
    if work.session.scalars(due).first() is None:
        findings.invalid("status_list_behind", place="status_list", listed=read, size=log_size(work))
    else:
        findings.note("status_list_waits", place="status_list")
