"""The constraints and triggers that a database really has, in words that both databases share.

Batch migrations on SQLite silently drop triggers and unnamed checks; a test compares this list after every
migration with the one that is expected.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text


def manifest(database: Engine | Connection) -> list[str]:
    """One line a constraint, unique index or trigger, sorted."""
    if isinstance(database, Engine):
        with database.connect() as connection:
            return manifest(connection)
    inspector = inspect(database)
    lines = []
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        lines += [f"{table} check {one['name']}" for one in inspector.get_check_constraints(table)]
        lines += [f"{table} unique {one['name']}" for one in inspector.get_unique_constraints(table)]
        lines += [f"{table} foreign key {one['name']}" for one in inspector.get_foreign_keys(table)]
        lines += [
            f"{table} {'unique ' if one['unique'] else ''}index {one['name']}"
            for one in inspector.get_indexes(table)
            if not one.get("duplicates_constraint")
        ]
    return sorted(lines + _triggers(database))


def _triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
    return [f"{table} trigger {name}" for table, name in connection.execute(text(query))]
