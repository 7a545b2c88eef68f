"""What was done is told in the audit log: a log that lost its last lines is whole, and still too short."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, cast, func, select
from sqlalchemy.types import Text

from ratedparts.audit.models import AuditLine
from ratedparts.certificates.models import Certificate, IssuanceIntent, LogEntry
from ratedparts.certificates.standing_states import LOGGED
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.submissions.models import Submission

from .findings import Findings
from .store import Store

# verb → the rows that such a line tells of, one line a row
TOLD: dict[str, tuple[str, Select[str]]] = {
    "accept_results": (
        "submission",
        select(cast(Submission.id, Text)).where(Submission.state == "accepted"),
    ),
    "refuse_results": (
        "submission",
        select(cast(Submission.id, Text)).where(Submission.state == "refused"),
    ),
    "evaluate": ("evaluation", select(cast(Evaluation.id, Text))),
    "intend_to_issue": ("issuance_intent", select(IssuanceIntent.number)),
    "issue": ("certificate", select(Certificate.number)),
}


def check_audit_tells(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        for verb, (table, query) in TOLD.items():
            there = [_plain(key) for key in work.session.scalars(query)]
            findings.looked(len(there))
            told = _told(work, verb)
            for key in there:
                if key not in told:
                    findings.invalid("row_without_audit_line", place=f"{table} {key}", verb=verb)
            for key in told.keys() - set(there):
                findings.invalid("audit_line_without_row", place=f"audit_line {told[key]}", verb=verb)
        for place, verb, leaves, lines in _steps(work):
            findings.looked(leaves)
            if leaves != lines:
                findings.invalid("log_and_audit_differ", place=place, verb=verb, leaves=leaves, lines=lines)


def _told(work: Work, verb: str) -> dict[str, int]:
    query = select(AuditLine.subject_id, AuditLine.sequence).where(AuditLine.verb == verb)
    return {_plain(subject): sequence for subject, sequence in work.session.execute(query)}


def _plain(key: str) -> str:
    """An identifier as one database and the other write it."""
    return key.replace("-", "") if len(key) >= 32 else key


def _steps(work: Work) -> Iterator[tuple[str, str, int, int]]:
    """How often each certificate was suspended, revoked, …, by the public log and by the audit log."""
    of_verb = {action: verb for verb, action in LOGGED.items()}
    leaves = {
        (number, of_verb[action]): count
        for number, action, count in work.session.execute(
            select(LogEntry.certificate_number, LogEntry.action, func.count())
            .where(LogEntry.action.in_(list(of_verb)))
            .group_by(LogEntry.certificate_number, LogEntry.action)
        )
    }
    lines = {
        (number, verb): count
        for number, verb, count in work.session.execute(
            select(AuditLine.subject_id, AuditLine.verb, func.count())
            .where(AuditLine.verb.in_(list(LOGGED)), AuditLine.subject_kind == "certificate")
            .group_by(AuditLine.subject_id, AuditLine.verb)
        )
    }
    for key in sorted(leaves.keys() | lines.keys()):
        yield f"certificate {key[0]}", key[1], leaves.get(key, 0), lines.get(key, 0)
