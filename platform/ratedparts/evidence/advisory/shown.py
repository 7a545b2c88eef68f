"""What a reviewer or an issuer is shown of the findings.  Whoever asks has been checked before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from ratedparts.db import Work

from ..models import AdvisoryFinding, AdvisoryLook


@dataclass(frozen=True)
class Looked:
    """``look`` is None while nobody has looked: that is not the same as nothing found."""

    look: AdvisoryLook | None
    findings: tuple[AdvisoryFinding, ...] = ()


def findings_of(work: Work, evidence_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Looked]:
    """What was found in each piece of evidence, in the order in which the rules are asked."""
    ids = list(evidence_ids)
    looks = work.session.scalars(select(AdvisoryLook).where(AdvisoryLook.evidence_id.in_(ids)))
    by_evidence = {look.evidence_id: look for look in looks}
    found: dict[uuid.UUID, list[AdvisoryFinding]] = {one: [] for one in ids}
    query = select(AdvisoryFinding).where(AdvisoryFinding.evidence_id.in_(ids))
    for finding in work.session.scalars(query.order_by(AdvisoryFinding.place)):
        found[finding.evidence_id].append(finding)
    return {one: Looked(by_evidence.get(one), tuple(found[one])) for one in ids}
