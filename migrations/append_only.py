"""Triggers that refuse UPDATE and DELETE, the same on both databases.

A batch migration of SQLite copies a table and silently drops its triggers: lay them again after each.
"""

import sqlalchemy as sa
from alembic import op

FUNCTION = "ratedparts_append_only"


def lay(table: str) -> None:
    """Make the table append-only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME; END $$"
        )
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
            )
        # TRUNCATE fires no trigger of rows.
        op.execute(
            f"CREATE TRIGGER {table}_no_replacement BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'table {table} is append-only'); END"
        )
    # INSERT OR REPLACE deletes without firing the trigger of DELETE.
    keys = sa.inspect(op.get_bind()).get_pk_constraint(table)["constrained_columns"]
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    op.execute(
        f"CREATE TRIGGER {table}_no_replacement BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        f"BEGIN SELECT RAISE(ABORT, 'table {table} is append-only'); END"
    )


def lift(table: str) -> None:
    """Take the triggers away again, before the table goes."""
    target = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete", "replacement"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{target}")


def forget() -> None:
    """Drop the function that the triggers of PostgreSQL share."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")
