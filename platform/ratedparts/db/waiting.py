"""How long the database is waited for, and which of its refusals are of the moment only."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from ratedparts.errors import Kind, RatedPartsError

LOCK_SECONDS: Final = 15.0
STATEMENT_SECONDS: Final = 120.0
IDLE_SECONDS: Final = 1800.0  # in a transaction: between two statements a long evaluation may lie
# PostgreSQL's SQLSTATEs: of two that collided one has to begin anew; a lock was not to be had in time.
COLLIDED: Final = {"40001", "40P01", "55P03"}
# A server that took over and only reads; a transaction that was given up for idling.
GONE: Final = {"25006", "25P03"}
SQLITE_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def refused_for_now(error: DBAPIError) -> RatedPartsError | None:
    """``database_busy``: the same again a moment later may well succeed; ``database_unavailable``: later.

    None of what is a fault of the program, such as a statement that no database understands.
    """
    cause: Any = error.orig
    state = getattr(cause, "sqlstate", None)
    number = getattr(cause, "sqlite_errorcode", None)
    if state in COLLIDED or (number is not None and number & 0xFF in SQLITE_BUSY):
        return RatedPartsError("database_busy", kind=Kind.UNAVAILABLE)
    ours = number is not None and number & 0xFF == sqlite3.SQLITE_ERROR
    if state in GONE or (isinstance(error, OperationalError | InterfaceError) and not ours):
        return RatedPartsError("database_unavailable", kind=Kind.UNAVAILABLE)
    return None
