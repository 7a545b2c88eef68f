"""What became of every certificate, by its row and by the public log."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import pairwise

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate, CertificateStanding, LogEntry

from .contained import contained
from .findings import Findings
from .store import Store

AFTER = {
    "issued": "valid",
    "reinstated": "valid",
    "suspended": "suspended",
    "revoked": "revoked",
    "superseded": "superseded",
}
# Which leaf may follow which; the first of a certificate is that of its issue.
FOLLOWS = {
    "issued": {"suspended", "revoked", "superseded"},
    "reinstated": {"suspended", "revoked", "superseded"},
    "suspended": {"reinstated", "revoked", "superseded"},
    "superseded": {"revoked"},
    "revoked": set(),
}
SINCE = {"suspended": "suspended_at", "revoked": "revoked_at"}


def check_standings(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        steps: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        query = select(LogEntry.certificate_number, LogEntry.action, LogEntry.recorded_at)
        for number, action, at in work.session.execute(query.order_by(LogEntry.position)):
            steps[number].append((action, at))
        count = work.session.scalar(select(func.count()).select_from(Certificate)) or 0
        rows = work.session.execute(
            select(Certificate.number, Certificate.part_id).order_by(Certificate.number)
        )
        parts = {row.number: row.part_id for row in rows}
        standings = {one.number: one for one in work.session.scalars(select(CertificateStanding))}
        for number in findings.each(sorted(parts), count):
            place = f"certificate_standing {number}"
            with contained(findings, place):
                _check_order(place, steps[number], findings)
                standing = standings.get(number)
                if standing is None:
                    findings.invalid("certificate_without_standing", place=place)
                    continue
                _check_row(place, standing, steps[number], findings)
                if standing.part_id != parts[number]:
                    findings.invalid("standing_differs", place=place, member="part_id")
                by = standing.superseded_by
                if by is not None and parts.get(by) != standing.part_id:
                    findings.invalid("standing_differs", place=place, member="superseded_by")


def _check_order(place: str, steps: list[tuple[str, datetime]], findings: Findings) -> None:
    actions = [action for action, _ in steps]
    if actions[:1] != ["issued"]:
        findings.invalid("certificate_not_in_log", place=place)
    for before, after in pairwise(actions):
        if after not in FOLLOWS.get(before, ()):
            findings.invalid("log_order_impossible", place=place, before=before, after=after)


def _check_row(
    place: str, standing: CertificateStanding, steps: list[tuple[str, datetime]], findings: Findings
) -> None:
    if not steps:
        return
    action, at = steps[-1]
    if AFTER[action] != standing.state:
        findings.invalid("standing_against_log", place=place, state=standing.state, action=action)
    elif action in SINCE and getattr(standing, SINCE[action]) != at:
        findings.invalid("standing_differs", place=place, member=SINCE[action])
