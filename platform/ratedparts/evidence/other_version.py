"""What another version of its protocol would make of evidence: nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from ratedparts.blobs.store import BlobStore
from ratedparts.db import Database
from ratedparts.protocols import Protocol, ProtocolLibrary, check_stream
from ratedparts.submissions.models import TestPlan
from ratedparts.submissions.results import part_as_json, plan_as_json

from .models import Evidence
from .summary import summarise


@dataclass(frozen=True)
class Effect:
    """``codes``: the kinds of faults that the other version finds; ``same``: it reads the same lives."""

    plan: str
    part_number: str
    accepted: bool
    codes: tuple[str, ...]
    same: bool


def effects_of(
    database: Database, blobs: BlobStore, library: ProtocolLibrary, older: Protocol, newer: Protocol
) -> Iterator[Effect]:
    """Of every piece of evidence by ``older``, the oldest first, what ``newer`` makes of it.

    The instruments and the scope are those that the laboratory has today.
    """
    query = select(Evidence.id).where(Evidence.protocol == older.name).order_by(Evidence.accepted_at)
    with database.reading() as work:
        waiting = list(work.session.scalars(query))
    for evidence_id in waiting:
        with database.reading() as work:
            evidence = work.session.get_one(Evidence, evidence_id)
            plan = work.session.get_one(TestPlan, evidence.plan_id)
            part = part_as_json(plan)
            as_planned = {**plan_as_json(work, plan), "protocol": newer.name}
            number, digest, encoding, summary = (
                plan.number,
                evidence.digest,
                evidence.encoding,
                evidence.summary,
            )
        with TemporaryDirectory() as folder:
            file = Path(folder) / "results"
            blobs.copy_into(digest, file)
            with file.open("rb") as source:
                report = check_stream(
                    source, newer, library=library, part=part, plan=as_planned, encoding=encoding
                )
        codes = tuple(sorted({fault.code for fault in report.faults}))
        same = report.accepted and summarise(report, newer) == summary
        yield Effect(number, part["part_number"], report.accepted, codes, same)
