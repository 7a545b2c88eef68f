"""Which database holds the records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ratedparts.errors import Fault

from .client_library import require_library

SQLITE = "sqlite:///"
POSTGRESQL = ("postgresql://", "postgresql+psycopg://")


def read_database_url(environ: Mapping[str, str], var: Path, faults: list[Fault]) -> str:
    """From ``DATABASE_URL``; a file of SQLite under ``var`` where it is not given.

    No fault repeats the address, which may hold a password.
    """
    embedded = f"{SQLITE}{var / 'ratedparts.sqlite'}"
    url = environ.get("DATABASE_URL", embedded)
    if url.startswith(SQLITE) and url != SQLITE and ":memory:" not in url:
        return url
    if not url.startswith(POSTGRESQL) or not _understood(url):
        faults.append(Fault("database_address_not_usable", column="DATABASE_URL"))
        return embedded
    return url if require_library("psycopg", "DATABASE_URL", faults) else embedded


def _understood(url: str) -> bool:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return False
    return True
