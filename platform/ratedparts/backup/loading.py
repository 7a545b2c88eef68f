"""Makes a database of the rows of a backup: in one transaction, so that there is all of it or nothing."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ratedparts.audit.service import first_broken_line, length, record
from ratedparts.catalogue.models import CatalogueChange, CatalogueState
from ratedparts.certificates.log_proofs import log_size
from ratedparts.certificates.models import Restoration
from ratedparts.certificates.status_list import newest_status_list
from ratedparts.db import Database, Work
from ratedparts.db.migrating import migrating, upgrade_on
from ratedparts.errors import Fault
from ratedparts.proofs import parse_instant

from .manifest import Manifest, TableEntry, damaged
from .rows import AT_ONCE, read_rows
from .stored_tables import StoredTable, tables_at

# As many as may have been counted between the backup and now: what somebody has seen under those numbers is
# never taken for what comes under them here.
GENERATIONS_PASSED_OVER: Final = 1000
STATUS_LISTS_PASSED_OVER: Final = 100_000


def load(
    database: Database,
    folder: Path,
    manifest: Manifest,
    restoration_id: uuid.UUID,
    watch: Callable[[float], None],
) -> None:
    """Migrate an empty database to the revision of the backup, fill it, and bring it up to date.

    Constraints and triggers hold for every row as for any other; what refers to its own table is looked at
    when the table is full.  Raises ``backup_damaged`` where the rows contradict the manifest or each other.
    """
    with migrating(database.engine) as connection:
        upgrade_on(connection, manifest.revision)
        tables = {one.name: one for one in tables_at(manifest.revision)}
        _require_the_same_tables(manifest, tables)
        _empty(connection, list(tables.values()))
        with _referring_to_themselves(connection, list(tables.values())):
            done = 0
            for entry in manifest.tables:
                _fill(connection, tables[entry.name], folder, entry)
                done += entry.rows
                watch(done / max(manifest.rows, 1))
        _set_counters(connection, list(tables.values()))
        upgrade_on(connection)
        with Session(connection) as session:
            _tell(Work(session, database.clock()), manifest, restoration_id)
            session.flush()


def _require_the_same_tables(manifest: Manifest, tables: dict[str, StoredTable]) -> None:
    faults = [
        Fault("backup_rows_differ", column=entry.path, parameters={"problem": "columns"})
        for entry in manifest.tables
        if entry.name not in tables or entry.columns != tables[entry.name].columns
    ]
    missing = tables.keys() - {entry.name for entry in manifest.tables}
    faults += [Fault("backup_file_missing", column=name) for name in sorted(missing)]
    if faults:
        raise damaged(faults)


def _empty(connection: Connection, tables: list[StoredTable]) -> None:
    """Take out what the migrations themselves have put in."""
    for stored in reversed(tables):
        table = stored.on(connection)
        if connection.execute(select(table).limit(1)).first() is not None:
            connection.execute(delete(table))


@contextmanager
def _referring_to_themselves(connection: Connection, tables: list[StoredTable]) -> Iterator[None]:
    """A row may name one of its own table that comes after it.

    SQLite looks at all references at the end (`migrating`); PostgreSQL is asked to do so for these.
    """
    own = [(one.name, name) for one in tables for name in one.own_references]
    if connection.dialect.name == "sqlite":
        yield
        return
    for table, name in own:
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED"
        )
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in own:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _fill(connection: Connection, stored: StoredTable, folder: Path, entry: TableEntry) -> None:
    table, count = stored.on(connection), 0
    try:
        rows = read_rows(folder / entry.path, entry.columns)
        while some := list(islice(rows, AT_ONCE)):
            connection.execute(insert(table), some)
            count += len(some)
    except DBAPIError as error:
        raise _differs(entry, problem=f"{type(error.orig).__name__}: {error.orig}"[:300]) from error
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise _differs(entry, problem=f"{type(error).__name__}: {error}"[:300]) from error
    if count != entry.rows:
        raise _differs(entry, problem=f"{count} / {entry.rows}")


def _differs(entry: TableEntry, *, problem: str) -> Exception:
    return damaged([Fault("backup_rows_differ", column=entry.path, parameters={"problem": problem})])


def _set_counters(connection: Connection, tables: list[StoredTable]) -> None:
    """Where PostgreSQL counts by itself it goes on behind the last; SQLite looks at the rows."""
    if connection.dialect.name == "sqlite":
        return
    for stored in tables:
        table = stored.on(connection)
        for column in (name for name in stored.key if stored.columns[name] == "integer"):
            named = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": stored.name, "column": column},
            )
            if named is not None:
                last = connection.scalar(select(func.max(table.c[column]))) or 0
                connection.execute(
                    text("SELECT setval(:name, :next, false)"), {"name": named, "next": last + 1}
                )


def _tell(work: Work, manifest: Manifest, restoration_id: uuid.UUID) -> None:
    """Write down in the database itself that it was restored: it signs nothing until it is released."""
    if length(work) != manifest.audit_lines or first_broken_line(work) != manifest.audit_broken_at:
        fault = Fault(
            "backup_rows_differ", column="rows/audit_line.jsonl.gz", parameters={"problem": "chain"}
        )
        raise damaged([fault])
    work.session.execute(
        update(CatalogueState).values(generation=CatalogueState.generation + GENERATIONS_PASSED_OVER)
    )
    work.session.execute(delete(CatalogueChange))  # all is read anew anyway
    newest = newest_status_list(work)
    work.session.add(
        Restoration(
            id=restoration_id,
            backup_digest=manifest.digest,
            backed_up_at=parse_instant(manifest.instant),
            restored_at=work.at,
            log_size=log_size(work),
            status_lists_from=(newest.sequence if newest else 0) + STATUS_LISTS_PASSED_OVER,
        )
    )
    work.session.flush()
    record(
        work,
        "restore",
        "restoration",
        restoration_id,
        actor_id=None,
        backup=manifest.digest,
        instant=manifest.instant,
        log_size=manifest.log_size,
    )
