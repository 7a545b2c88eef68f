"""Keeps apart who issues and who decides a withdrawal: a case then sees every certificate that it hits.

On SQLite a unit of work that writes is alone anyway.
"""

from __future__ import annotations

from sqlalchemy import text

from ratedparts.db import Work

_KEY = 7203413


def while_no_case_is_decided(work: Work) -> None:
    """For whoever records a certificate: others may do the same meanwhile.  Before any row is held."""
    _lock(work, "pg_advisory_xact_lock_shared")


def while_nothing_is_issued(work: Work) -> None:
    """For whoever decides a case, before the certificates are looked at that it hits."""
    _lock(work, "pg_advisory_xact_lock")


def _lock(work: Work, function: str) -> None:
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text(f"SELECT {function}({_KEY})"))
