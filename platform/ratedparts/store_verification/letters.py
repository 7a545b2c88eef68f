"""Nobody is told the same thing twice: a letter, a message or a document is asked for once."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.certificates import notices
from ratedparts.certificates.issuing import DOCUMENT_WANTED
from ratedparts.certificates.models import LogEntry
from ratedparts.certificates.standing_states import LOGGED
from ratedparts.db import Work
from ratedparts.jobs.models import Job

from .findings import Findings
from .store import Store

# Event → the parameters of which there is one job.
ONCE = {
    "review_step_taken": ("review_id", "place"),
    "evidence_to_look_at": ("evidence_id",),
    DOCUMENT_WANTED: ("number",),
    notices.EVENT: ("number", "verb"),
    watching.ASKED: ("bill_id",),
    watching.NOTICED: ("notice_id",),
    watching.MESSAGE_DUE: ("notice_id",),
}


def check_letters(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        asked = Counter[tuple[str, ...]]()
        query = select(Job.event, Job.parameters).where(Job.event.in_(list(ONCE)))
        for event, parameters in work.session.execute(query):
            findings.looked()
            asked[event, *(str(parameters.get(name)) for name in ONCE[event])] += 1
        allowed = _steps_of_certificates(work)
        for key, count in sorted(asked.items()):
            # What is suspended, reinstated and suspended again is told of three times.
            most = allowed.get(key[1:], 0) if key[0] == notices.EVENT else 1
            if count > most:
                findings.invalid(
                    "told_twice", place=f"job {key[0]}", about=", ".join(key[1:]), times=count, most=most
                )


def _steps_of_certificates(work: Work) -> dict[tuple[str, ...], int]:
    """(number, verb) → how often that was done."""
    of_action = {action: verb for verb, action in LOGGED.items()}
    query = (
        select(LogEntry.certificate_number, LogEntry.action, func.count())
        .where(LogEntry.action.in_(list(of_action)))
        .group_by(LogEntry.certificate_number, LogEntry.action)
    )
    return {(number, of_action[action]): count for number, action, count in work.session.execute(query)}
