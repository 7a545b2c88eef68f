"""The database and its unit of work."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.fault_points import fault_point

from .identifiers import uuid7
from .waiting import IDLE_SECONDS, LOCK_SECONDS, STATEMENT_SECONDS, refused_for_now

Clock = Callable[[], datetime]
Row = TypeVar("Row")


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Work:
    """One unit of work: everything in it happens, or nothing does.  ``at`` is its one instant."""

    session: Session
    at: datetime

    def new_id(self) -> uuid.UUID:
        return uuid7(self.at)


def lock(work: Work, row: object) -> None:
    """Hold a row until the end of the transaction, so that two who depend on it go one after the other."""
    work.session.refresh(row, with_for_update=True)


def held(work: Work, kind: type[Row], key: object) -> Row | None:
    """The row of that key, locked as by `lock` and as it is now, whatever was seen of it before; or None."""
    return work.session.get(kind, key, with_for_update={"of": kind}, populate_existing=True)


class Database:
    """An engine with its clock.  Nothing connects before the first unit of work."""

    def __init__(self, url: str, clock: Clock = system_clock) -> None:
        self.url = url
        self.clock = clock
        self.engine = make_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work that writes: committed at the end, rolled back by any error."""
        with self._session(writes=True) as session:
            yield Work(session, self.clock())
            fault_point("commit")
            session.commit()
            fault_point("committed")

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A unit of work that only reads; nothing of it is kept."""
        with self._session(writes=False) as session:
            yield Work(session, self.clock())

    @contextmanager
    def snapshot(self) -> Iterator[Work]:
        """The same for many looks at one moment: whatever is changed meanwhile, all of them see one state."""
        # SQLite reads one state for as long as a transaction lasts; the other has to be asked to.
        embedded = self.url.startswith("sqlite")
        one_state = {} if embedded else {"isolation_level": "REPEATABLE READ"}
        with self._session(writes=False, **one_state) as session:
            if not embedded:
                session.execute(text("SET LOCAL statement_timeout = 0"))  # tables are read from end to end
            yield Work(session, self.clock())

    @contextmanager
    def _session(self, *, writes: bool, **more: str) -> Iterator[Session]:
        engine = self.engine.execution_options(ratedparts_writes=writes, **more)
        # Leaving the block closes the session, which rolls back whatever was not committed.
        with self._sessions(bind=engine) as session:
            try:
                yield session
            except IntegrityError as error:
                # The verbs look before they write; what still collides came at the very same moment.
                raise RatedPartsError("at_the_same_moment", kind=Kind.CONFLICT) from error
            except DBAPIError as error:
                refusal = refused_for_now(error)
                if refusal is None:
                    raise
                raise refusal from error

    def dispose(self) -> None:
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine with the settings that the platform's promises need on that database."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    waits = f"busy_timeout = {round(1000 * LOCK_SECONDS)}"
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", waits):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    limits = {
        "lock_timeout": LOCK_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    connection.autocommit = True  # what is set in a transaction would go with it
    for name, seconds in limits.items():
        connection.execute(f"SET {name} = {round(1000 * seconds)}")
    connection.autocommit = False


def _begin_sqlite(connection: Any) -> None:
    # A writer takes its lock at the start: two that read first and then write would otherwise deadlock.
    writes = connection.get_execution_options().get("ratedparts_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
