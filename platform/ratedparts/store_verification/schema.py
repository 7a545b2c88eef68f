"""The schema is that of this program: its newest migration, every constraint, index and trigger."""

from __future__ import annotations

from functools import cache

from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from ratedparts.db import Database
from ratedparts.db.manifest import manifest
from ratedparts.db.migrating import newest_revision, upgrade

from .findings import Findings
from .store import Store

TRIGGER = " trigger "


def check_schema(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        connection = work.session.connection()
        ours, theirs = newest_revision(), MigrationContext.configure(connection).get_current_revision()
        findings.looked()
        if ours != theirs:
            findings.invalid("schema_other_revision", place="alembic_version", ours=ours, theirs=theirs)
            return
        there = manifest(connection)
        triggers = _triggers_as_written(connection)
        if connection.dialect.name == "postgresql":
            _check_postgresql(connection, findings)
    expected, written = _of_a_new_database()
    findings.looked(len(expected))
    for line in sorted(expected - set(there)):
        code = "schema_trigger_missing" if TRIGGER in line else "schema_constraint_missing"
        findings.invalid(code, place=line)
    for line in sorted(set(there) - expected):
        findings.note("schema_not_ours", place=line)
    for name, statement in triggers.items():
        if written.get(name, statement) != statement:
            findings.invalid("schema_trigger_changed", place=name)


@cache
def _of_a_new_database() -> tuple[frozenset[str], dict[str, str]]:
    """What the migrations make of an empty database, which is in memory and gone at once."""
    new = Database("sqlite://")
    try:
        upgrade(new.engine)
        with new.engine.connect() as connection:
            return frozenset(manifest(connection)), _triggers_as_written(connection)
    finally:
        new.dispose()


def _triggers_as_written(connection: Connection) -> dict[str, str]:
    """Name → statement, on SQLite; the other database has one function for all of them."""
    if connection.dialect.name != "sqlite":
        return {}
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {row.name: row.sql for row in connection.execute(text(query))}


def _check_postgresql(connection: Connection, findings: Findings) -> None:
    """There a trigger can be switched off, and a constraint be laid that old rows need not meet."""
    # Those of foreign keys are the database's own; whoever is no superuser sees them all the same.
    disabled = (
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE t.tgenabled NOT IN ('O', 'A') AND n.nspname = current_schema() ORDER BY 1, 2"
    )
    for table, name in connection.execute(text(disabled)):
        findings.invalid("schema_trigger_disabled", place=f"{table} trigger {name}")
    unchecked = (
        "SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT k.convalidated AND n.nspname = current_schema() ORDER BY 1, 2"
    )
    for table, name in connection.execute(text(unchecked)):
        findings.invalid("schema_constraint_unchecked", place=f"{table} {name}")
    source = connection.execute(
        text("SELECT prosrc FROM pg_proc WHERE proname = 'ratedparts_append_only'")
    ).scalar()
    if source is not None and "RAISE EXCEPTION" not in source:
        findings.invalid("schema_trigger_changed", place="ratedparts_append_only()")
