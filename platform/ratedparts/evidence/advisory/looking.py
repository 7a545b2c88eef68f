"""Looking at accepted evidence: in the background, once, and without any part in a decision."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import select

from ratedparts.audit.service import record
from ratedparts.blobs.store import BlobStore
from ratedparts.db import Database, Work
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.models import Part, TestPlan

from ..models import AdvisoryFinding, AdvisoryLook, Evidence
from .every_rule import findings_in
from .finding import Finding
from .first_readings import first_readings, same_seconds, same_units
from .measured import measured

MOST_COMPARED = 200  # earlier tests of a maker or a laboratory, the newest ones


@dataclass(frozen=True)
class _Earlier:
    plan: str
    of_maker: bool
    of_laboratory: bool
    first_readings_digest: str


@dataclass(frozen=True)
class Looking:
    """What is done about evidence that was accepted, besides evaluating it."""

    library: ProtocolLibrary
    blobs: BlobStore

    @property
    def handler(self) -> LongWork:
        return LongWork(self._prepare, _given_up)

    def _prepare(self, database: Database, parameters: Parameters, lease: Lease) -> Handler:
        evidence_id = uuid.UUID(parameters["evidence_id"])
        with database.reading() as work:
            if work.session.get(AdvisoryLook, evidence_id) is not None:
                return lambda work, parameters: None
            evidence = work.session.get_one(Evidence, evidence_id)
            plan = work.session.get_one(TestPlan, evidence.plan_id)
            earlier = _earlier(work, evidence, plan, plan.part.maker_id)
        with TemporaryDirectory() as folder:
            columns = Path(folder) / "columns.parquet"
            self.blobs.copy_into(evidence.columns_digest, columns)
            file = measured(pl.scan_parquet(columns), self.library.protocol(evidence.protocol))
            lease.extend()
            findings = [] if file is None else list(findings_in(file, plan.registered_at))
        look = AdvisoryLook(evidence_id=evidence_id, units=0, units_looked_at=0)
        if file is not None:
            lease.extend()
            first = first_readings(file)
            look.units, look.units_looked_at = file.units_in_file, file.units.height
            look.first_readings_digest = self.blobs.put(_as_bytes(first))
            findings += self._beside(first, earlier, lease)
        return lambda work, parameters: _keep(work, look, findings)

    def _beside(self, first: pl.DataFrame, earlier: list[_Earlier], lease: Lease) -> Iterator[Finding]:
        compared = sum(one.of_maker for one in earlier)
        for one in earlier:
            lease.extend()
            other = pl.read_parquet(io.BytesIO(self.blobs.get(one.first_readings_digest)))
            if one.of_maker:
                yield from same_units(first, other, one.plan, compared)
            if one.of_laboratory:
                yield from same_seconds(first, other, one.plan)


def _as_bytes(frame: pl.DataFrame) -> bytes:
    kept = io.BytesIO()
    frame.write_parquet(kept, compression="zstd")
    return kept.getvalue()


def _earlier(work: Work, evidence: Evidence, plan: TestPlan, maker_id: uuid.UUID) -> list[_Earlier]:
    """The tests that were looked at before, of the same maker or in the same laboratory."""
    query = (
        select(TestPlan.number, Part.maker_id, TestPlan.laboratory_id, AdvisoryLook.first_readings_digest)
        .join(Evidence, Evidence.plan_id == TestPlan.id)
        .join(AdvisoryLook, AdvisoryLook.evidence_id == Evidence.id)
        .join(Part, Part.id == TestPlan.part_id)
        .where((Part.maker_id == maker_id) | (TestPlan.laboratory_id == plan.laboratory_id))
        .where(AdvisoryLook.first_readings_digest.is_not(None), Evidence.id != evidence.id)
        .order_by(Evidence.accepted_at.desc(), Evidence.id)
        .limit(MOST_COMPARED)
    )
    return [
        _Earlier(number, maker == maker_id, laboratory == plan.laboratory_id, digest)
        for number, maker, laboratory, digest in work.session.execute(query)
        if digest is not None
    ]


def _keep(work: Work, look: AdvisoryLook, findings: list[Finding]) -> None:
    if work.session.get(AdvisoryLook, look.evidence_id) is not None:
        return  # another worker was quicker
    look.looked_at = work.at
    work.session.add(look)
    work.session.flush()
    for place, finding in enumerate(findings):
        work.session.add(
            AdvisoryFinding(
                evidence_id=look.evidence_id,
                place=place,
                code=finding.code,
                parameters=dict(finding.parameters),
                found_at=work.at,
            )
        )
    # What was found stays out of the log, which more people read than the findings.
    record(work, "look_at_evidence", "evidence", look.evidence_id, actor_id=None, units=look.units_looked_at)


def _given_up(work: Work, parameters: Parameters) -> None:
    """The reviewer reads that nobody has looked; the administrator finds the reason with the job."""
    subject = uuid.UUID(parameters["evidence_id"])
    record(work, "look_failed", "evidence", subject, actor_id=None)
