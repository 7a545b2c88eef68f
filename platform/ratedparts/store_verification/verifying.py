"""Makes the checks, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from ratedparts.errors import Kind, RatedPartsError

from .audit_chain import check_audit_chain
from .audit_tells import check_audit_tells
from .catalogue_columns import check_catalogue_columns
from .catalogue_rows import check_catalogue_rows
from .constraints import check_constraints
from .decisions_again import check_decisions
from .documents import check_documents
from .dossiers import check_dossiers
from .evidence_again import check_evidence
from .findings import Checked, Findings, StoreReport
from .issuance import check_issuance
from .job_queue import check_jobs
from .kept_blobs import check_blobs
from .letters import check_letters
from .merkle_log import check_log
from .schema import check_schema
from .signatures import check_signatures
from .standings import check_standings
from .status_lists import check_status_lists
from .store import Store
from .uploads import check_uploads

Check = Callable[[Store, Findings], None]
Progress = Callable[[float, str], None]
"""Told how far, 0 to 1, the check of that name has come."""

SCHEMA: Final = "schema"
CHECKS: Final[dict[str, Check]] = {
    SCHEMA: check_schema,
    "constraints": check_constraints,
    "audit_chain": check_audit_chain,
    "audit_tells": check_audit_tells,
    "blobs": check_blobs,
    "uploads": check_uploads,
    "evidence": check_evidence,
    "dossiers": check_dossiers,
    "decisions": check_decisions,
    "issuance": check_issuance,
    "signatures": check_signatures,
    "documents": check_documents,
    "log": check_log,
    "standings": check_standings,
    "status_lists": check_status_lists,
    "catalogue_rows": check_catalogue_rows,
    "catalogue_columns": check_catalogue_columns,
    "jobs": check_jobs,
    "letters": check_letters,
}
LONG: Final = ("evidence", "decisions", "catalogue_rows")  # those that compute what was computed before


def verify_store(
    store: Store,
    *,
    quick: bool = False,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> StoreReport:
    """Derive again what can be derived, and name what does not agree.

    ``quick`` leaves out what takes long (`LONG`): reading every file by its protocol, deciding every dossier.
    ``only``: the names of the checks that are wanted, beside that of the schema; None: all.
    Each check sees one state of the database; it may run beside an installation that serves.

    Raises what the database raises where it cannot be reached at all.
    """
    made: list[Checked] = []
    not_made: list[str] = []
    for name, check in CHECKS.items():
        if (quick and name in LONG) or (only is not None and name not in {SCHEMA, *only}):
            not_made.append(name)
            continue
        if made and _of_another_program(made[0]):
            not_made.append(name)  # another program's tables: nothing that was said of them would be true
            continue
        made.append(_made(name, check, store, progress))
    return StoreReport(tuple(made), tuple(not_made))


def _of_another_program(schema: Checked) -> bool:
    return any(fault.code == "schema_other_revision" for fault in schema.faults)


def _made(name: str, check: Check, store: Store, progress: Progress | None) -> Checked:
    def watch(share: float) -> None:
        if progress is not None:
            progress(share, name)

    watch(0.0)
    findings = Findings(watch)
    try:
        check(store, findings)
    except Exception as error:
        if isinstance(error, RatedPartsError) and error.kind is Kind.UNAVAILABLE and name == SCHEMA:
            raise
        # A row or a file so damaged that it cannot even be read is a finding, and no end of the others.
        findings.invalid("check_broke_off", place=name, error=f"{type(error).__name__}: {error}"[:300])
    return findings.of(name)
