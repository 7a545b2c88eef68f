"""The tables of any revision, as its migrations make them: their columns by kind, in the order of references.

Read off an empty database in memory and not off the models, which know the newest revision alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from alembic.migration import MigrationContext
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Double,
    Inspector,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    inspect,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.dialects.postgresql import JSON as PostgresqlJson
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from ratedparts.db import Database, Instant
from ratedparts.db.migrating import upgrade

REVISIONS_TABLE: Final = "alembic_version"
# As SQLite names the type that a migration gave → the kind under which a backup tells of it.
KINDS: Final = {
    "CHAR": "uuid",
    "VARCHAR": "text",
    "TEXT": "text",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DATETIME": "instant",
    "JSON": "json",
}


class _JsonText(TypeDecorator[str]):
    """JSON of PostgreSQL as the very text that it was stored as."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[str]) -> ColumnElement[Any]:
        return cast(cast(bindparam, Text), PostgresqlJson)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)


@dataclass(frozen=True)
class StoredTable:
    """``columns``: name → kind.  ``own_references``: the foreign keys by which a row names another of the
    same table."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    own_references: tuple[str, ...]

    def on(self, connection: Connection) -> Table:
        """To read and write it there, with values that are the same on both databases."""
        postgresql = connection.dialect.name == "postgresql"
        types: dict[str, TypeEngine[Any]] = {
            "uuid": Uuid(),
            "text": Text(),
            "integer": BigInteger(),
            "double": Double(),
            "boolean": Boolean(),
            "date": Date(),
            "instant": Instant(),
            "json": _JsonText() if postgresql else Text(),
        }
        columns = [SqlColumn(name, types[kind]) for name, kind in self.columns.items()]
        return Table(self.name, MetaData(), *columns)


@cache
def tables_at(revision: str) -> tuple[StoredTable, ...]:
    """Every table of that revision but Alembic's own; what others refer to comes first."""
    new = Database("sqlite://")
    try:
        upgrade(new.engine, revision)
        inspector = inspect(new.engine)
        names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name is not None]
        return tuple(_described(inspector, name) for name in names if name != REVISIONS_TABLE)
    finally:
        new.dispose()


def revision_of(connection: Connection) -> str | None:
    """The revision that a database has; None where it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def _described(inspector: Inspector, name: str) -> StoredTable:
    columns = {one["name"]: KINDS[str(one["type"]).partition("(")[0]] for one in inspector.get_columns(name)}
    own = [str(one["name"]) for one in inspector.get_foreign_keys(name) if one["referred_table"] == name]
    key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    return StoredTable(name, columns, key, tuple(own))
