"""Keeping accepted files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ratedparts.blobs.store import BlobStore
from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.models import Scope
from ratedparts.organisations.register import scopes_of
from ratedparts.protocols import CheckReport, ProtocolLibrary, TakeColumns
from ratedparts.submissions.checked_file import StoredFile
from ratedparts.submissions.models import Submission, TestPlan

from .models import Evidence, EvidenceColumn, EvidenceWithdrawal
from .sealed_columns import sealed_columns
from .summary import first_and_last_day, summarise
from .typed_columns import columns_into


class Keeper:
    """Takes accepted files in: bytes under their digest, typed columns beside them, one row, one event."""

    def __init__(self, blobs: BlobStore, library: ProtocolLibrary) -> None:
        self.blobs = blobs
        self.library = library

    def columns_into(self, path: Path) -> TakeColumns:
        return columns_into(path)

    def store(self, file: Path, columns: Path, digest: str) -> StoredFile:
        """Keep the bytes, before any row tells of them: a blob without its row is litter, no loss."""
        size, sealed = file.stat().st_size, sealed_columns(columns)
        return StoredFile(self.blobs.put_file(file, digest), size, self.blobs.put_file(columns), sealed)

    def accept(self, work: Work, submission: Submission, stored: StoredFile, report: CheckReport) -> None:
        plan, protocol = submission.plan, self.library.protocol(submission.plan.protocol)
        first, last = first_and_last_day(report) or (day_of(work.at), day_of(work.at))
        evidence = Evidence(
            id=work.new_id(),
            plan_id=plan.id,
            submission_id=submission.id,
            digest=stored.digest,
            size_bytes=stored.size_bytes,
            encoding=report.encoding,
            columns_digest=stored.columns_digest,
            protocol=protocol.name,
            protocol_digest=protocol.digest,
            evidence_class=class_of(work, plan, first, last),
            started_on=first,
            ended_on=last,
            summary=summarise(report, protocol),
            accepted_at=work.at,
            columns=[
                EvidenceColumn(place=place, name=one.name, salt=one.salt, digest=one.digest)
                for place, one in enumerate(stored.columns)
            ],
        )
        work.session.add(evidence)
        enqueue(work, "evidence_accepted", part_id=str(plan.part_id))
        # By itself, so that whatever goes wrong there disturbs no decision.
        enqueue(work, "evidence_to_look_at", long=True, evidence_id=str(evidence.id))


def evidence_of_part(
    work: Work, part_id: uuid.UUID, *, with_columns: bool = False
) -> list[tuple[Evidence, TestPlan]]:
    """Every piece of evidence that counts for a part, with its plan, oldest first: all but the withdrawn.

    ``with_columns``: their columns and submissions are read with them, not one by one when asked for.
    """
    query = (
        select(Evidence, TestPlan)
        .join(TestPlan, TestPlan.id == Evidence.plan_id)
        .where(TestPlan.part_id == part_id, Evidence.id.not_in(select(EvidenceWithdrawal.evidence_id)))
        .order_by(Evidence.accepted_at, Evidence.digest)
    )
    if with_columns:
        query = query.options(selectinload(Evidence.columns), selectinload(Evidence.submission))
    return [(evidence, plan) for evidence, plan in work.session.execute(query)]


def withdrawn_evidence_of_part(
    work: Work, part_id: uuid.UUID
) -> list[tuple[Evidence, TestPlan, EvidenceWithdrawal]]:
    """What counted for a part once, with why it does no more, oldest first."""
    query = (
        select(Evidence, TestPlan, EvidenceWithdrawal)
        .join(TestPlan, TestPlan.id == Evidence.plan_id)
        .join(EvidenceWithdrawal, EvidenceWithdrawal.evidence_id == Evidence.id)
        .where(TestPlan.part_id == part_id)
        .order_by(Evidence.accepted_at, Evidence.digest)
    )
    return [(evidence, plan, withdrawal) for evidence, plan, withdrawal in work.session.execute(query)]


def withdraw_evidence(work: Work, found: Iterable[Evidence], case_id: uuid.UUID, reason: str) -> None:
    """Let evidence count no more, and its parts be graded anew on what is left."""
    ids = [one.id for one in found]
    for evidence_id in ids:
        work.session.add(
            EvidenceWithdrawal(evidence_id=evidence_id, case_id=case_id, reason=reason, withdrawn_at=work.at)
        )
    parts = select(TestPlan.part_id).join(Evidence, Evidence.plan_id == TestPlan.id)
    for part_id in work.session.scalars(parts.where(Evidence.id.in_(ids)).distinct()):
        enqueue(work, "evidence_withdrawn", part_id=str(part_id))


def class_of(work: Work, plan: TestPlan, first: date, last: date) -> str:
    """The class of evidence measured between two days, by what is on record of the laboratory now."""
    return class_under(scopes_of(work, plan.laboratory_id), plan, first, last)


def class_under(scopes: Iterable[Scope], plan: TestPlan, first: date, last: date) -> str:
    """Clause 6.4: an independent laboratory whose accredited scope covers the method on every day is E3."""
    method = (plan.laboratory_id, plan.protocol.partition("@")[0])
    known = sorted(
        (scope.valid_from, scope.valid_until)
        for scope in scopes
        if (scope.laboratory_id, scope.protocol_id) == method
    )
    day = first  # every one before it is covered
    for begins, ends in known:
        if begins <= day <= ends:
            if ends >= last:
                return "E3"
            day = ends + timedelta(days=1)
    return "E3" if day > last else "E1"
