"""What is published of the measurements with a certificate: whole files, or the columns that are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ratedparts.blobs.store import BlobStore
from ratedparts.db import Work
from ratedparts.evidence.models import Evidence
from ratedparts.evidence.sealed_columns import open_columns
from ratedparts.proofs.evidence_columns import OpenColumns
from ratedparts.submissions.models import TestPlan
from ratedparts.submissions.plans import RESTRICTED_COLUMNS


@dataclass(frozen=True)
class PublishedEvidence:
    """Files as they were uploaded; and digest of a file → its open columns, where some are withheld."""

    whole: tuple[bytes, ...]
    columns: Mapping[str, OpenColumns]


def withheld_columns(evidence: Evidence, plan: TestPlan) -> frozenset[str]:
    """The columns of the file that stay with the platform, as was agreed when the plan was registered."""
    if plan.publication == "all_columns":
        return frozenset()
    return RESTRICTED_COLUMNS & {column.name for column in evidence.columns}


def published_evidence(
    work: Work, blobs: BlobStore, entries: Sequence[Mapping[str, Any]]
) -> PublishedEvidence:
    """What belongs to the entries ``evidence`` of a certificate: its own words say what is withheld."""
    whole, columns = [], {}
    for entry in entries:
        digest, withheld = entry["digest"], frozenset(entry.get("withheld", ()))
        if withheld:
            # A file that a certificate rests on names its plan, so no other evidence has its digest.
            evidence = work.session.scalars(select(Evidence).where(Evidence.digest == digest)).one()
            columns[digest] = open_columns(blobs, evidence, withheld)
        else:
            whole.append(blobs.get(digest))
    return PublishedEvidence(tuple(whole), columns)
