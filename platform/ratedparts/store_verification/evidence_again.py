"""Every piece of evidence is read again by its protocol, and must say what its row says."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from ratedparts.blobs.store import digest_of_file
from ratedparts.calendar_days import day_of
from ratedparts.certificates.rechecking import differences
from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import Evidence
from ratedparts.evidence.sealed_columns import digests_again
from ratedparts.evidence.summary import first_and_last_day, summarise
from ratedparts.evidence.typed_columns import columns_into, same_columns
from ratedparts.protocols import CheckReport, check_stream
from ratedparts.submissions.models import TestPlan
from ratedparts.submissions.results import part_as_json

from .contained import contained
from .findings import Findings
from .kept_blobs import LOST
from .store import Store


def check_evidence(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        waiting = list(work.session.scalars(select(Evidence.id).order_by(Evidence.accepted_at, Evidence.id)))
    for evidence_id in findings.each(waiting, len(waiting)):
        place = f"evidence {evidence_id}"
        with contained(findings, place):
            _check_one(store, evidence_id, place, findings)


def _check_one(store: Store, evidence_id: uuid.UUID, place: str, findings: Findings) -> None:
    # No transaction is held while a file is read: there may be millions of rows in it.
    with store.reading() as work:
        evidence = work.session.get_one(Evidence, evidence_id)
        plan = work.session.get_one(TestPlan, evidence.plan_id)
        submission, _ = evidence.submission, evidence.columns
        part, lots = part_as_json(plan), plan.lots
    _compare(
        {"plan_id": evidence.plan_id, "evidence_digest": evidence.digest, "file_digest": evidence.digest},
        {name: getattr(submission, name) for name in ("plan_id", "evidence_digest", "file_digest")},
        place,
        findings,
    )
    protocol = store.library.protocols.get(evidence.protocol)
    if protocol is None:
        findings.note("evidence_protocol_unknown", place=place, protocol=evidence.protocol)
        return
    _compare(
        {"protocol_digest": protocol.digest}, {"protocol_digest": evidence.protocol_digest}, place, findings
    )
    with TemporaryDirectory() as folder:
        file, columns = Path(folder) / "results", Path(folder) / "columns.parquet"
        try:
            store.blobs.copy_into(evidence.digest, file)
        except RatedPartsError as error:
            if error.code in LOST:
                return  # the check of blobs names it
            raise
        # What the register says of the laboratory may have changed since, and plays no part in what is kept.
        as_planned = {"plan_id": plan.number, "protocol": plan.protocol, "lots": lots}
        with file.open("rb") as source:
            report = check_stream(
                source,
                protocol,
                library=store.library,
                part=part,
                plan=as_planned,
                encoding=evidence.encoding,
                take_columns=columns_into(columns),
            )
        if not report.accepted:
            codes = sorted({fault.code for fault in report.faults})
            findings.invalid("evidence_refused_again", place=place, codes=codes)
            return
        _compare(_derived(evidence, report, file), _as_kept(evidence), place, findings)
        for one in differences("summary", evidence.summary, summarise(report, protocol)):
            findings.invalid("evidence_differs", place=place, member=one["path"])
        _check_columns(store, evidence, columns, place, findings)


def _derived(evidence: Evidence, report: CheckReport, file: Path) -> dict[str, Any]:
    accepted_on = day_of(evidence.accepted_at)  # what stands for the days of a file without times
    first, last = first_and_last_day(report) or (accepted_on, accepted_on)
    return {
        "size_bytes": file.stat().st_size,
        "encoding": report.encoding,
        "started_on": first,
        "ended_on": last,
        "submission.rows": report.rows,
        "submission.units": report.units,
    }


def _as_kept(evidence: Evidence) -> dict[str, Any]:
    return {
        **{name: getattr(evidence, name) for name in ("size_bytes", "encoding", "started_on", "ended_on")},
        "submission.rows": evidence.submission.rows,
        "submission.units": evidence.submission.units,
    }


def _compare(derived: dict[str, Any], kept: dict[str, Any], place: str, findings: Findings) -> None:
    for name, value in derived.items():
        if kept[name] != value:
            findings.invalid("evidence_differs", place=place, member=name)


def _check_columns(store: Store, evidence: Evidence, columns: Path, place: str, findings: Findings) -> None:
    if digest_of_file(columns) != evidence.columns_digest:
        kept = columns.with_name("kept.parquet")
        try:
            store.blobs.copy_into(evidence.columns_digest, kept)
        except RatedPartsError as error:
            if error.code in LOST:
                return  # the check of blobs names it
            raise
        if not same_columns(columns, kept):
            findings.invalid("evidence_differs", place=place, member="columns_digest")
        else:
            findings.note("evidence_columns_written_otherwise", place=place)
    sealed = digests_again(columns, {one.name: bytes.fromhex(one.salt) for one in evidence.columns})
    if list(sealed) != [one.name for one in evidence.columns]:
        findings.invalid("evidence_differs", place=place, member="columns")
        return
    for one in evidence.columns:
        if sealed[one.name] != one.digest:
            findings.invalid("evidence_differs", place=place, member=f"columns.{one.name}")
