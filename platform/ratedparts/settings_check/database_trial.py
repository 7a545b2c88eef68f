"""The database: whether it answers, whose schema it has, and what time it believes it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.engine import make_url

from ratedparts.audit.service import last_at
from ratedparts.certificates.policy import CLOCKS_APART
from ratedparts.db import Clock, Database, Work
from ratedparts.db.migrating import known_revisions, newest_revision, revision_of

from .finding import Finding, Outcome

SQLITE = "sqlite:///"
PATIENCE_SECONDS = 10


def only_reading(url: str, clock: Clock) -> Database | None:
    """The database at the address, which is not made and not changed; None where there is none yet."""
    if url.startswith(SQLITE):
        file = Path(url.removeprefix(SQLITE))
        if not file.is_file():
            return None
        # Whoever reads where nobody writes would leave files of his own beside it, which a service that runs
        # as somebody else could not open afterwards.
        how = "mode=ro" if Path(f"{file}-wal").exists() else "immutable=1"
        return Database(f"{SQLITE}file:{quote(str(file.absolute()))}?{how}&uri=true", clock)
    parts = make_url(url)
    if "connect_timeout" not in parts.query:
        parts = parts.update_query_dict({"connect_timeout": str(PATIENCE_SECONDS)})
    return Database(parts.render_as_string(hide_password=False), clock)


def try_database(database: Database | None) -> Finding:
    """Whether it answers and its schema is this program's."""
    if database is None:
        return Finding("schema_to_be_made", Outcome.REMARK)
    with database.reading() as work:
        found = revision_of(work.session.connection())
    if found is None:
        return Finding("schema_to_be_made", Outcome.REMARK)
    newest = newest_revision()
    if found == newest:
        return Finding("schema_up_to_date", Outcome.FINE, {"revision": found})
    if found in known_revisions():
        return Finding("schema_to_be_migrated", Outcome.REMARK, {"revision": found, "newest": newest})
    return Finding("schema_unknown", Outcome.REFUSED, {"revision": found, "newest": newest})


def try_clock(database: Database, *, migrated: bool) -> Finding:
    """Whether this machine's clock is that of the database's machine, and not behind what is on record."""
    with database.reading() as work:
        apart = 0.0
        if not database.url.startswith(SQLITE):
            apart = _seconds_apart(work, database.clock)
        before = last_at(work) if migrated else None
    if abs(apart) > CLOCKS_APART.total_seconds():
        return Finding("clocks_apart", Outcome.REFUSED, {"seconds": round(abs(apart), 1)})
    if before is not None and work.at < before - CLOCKS_APART:
        return Finding("clock_behind", Outcome.REFUSED)
    return Finding("clock_agrees", Outcome.FINE)


def _seconds_apart(work: Work, clock: Clock) -> float:
    asked = clock()
    theirs: datetime = work.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    answered = clock()
    return (theirs.astimezone(UTC) - (asked + (answered - asked) / 2)).total_seconds()
