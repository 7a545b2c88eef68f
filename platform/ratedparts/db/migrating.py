"""Brings a database to the newest schema, or back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to ``revision``."""
    with migrating(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo every migration after ``revision`` ('base': all)."""
    with migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """The same in a transaction that `migrating` has begun."""
    command.upgrade(_config(connection), revision)


def known_revisions() -> frozenset[str]:
    """Every migration of this program."""
    script = ScriptDirectory.from_config(_config(None))
    return frozenset(one.revision for one in script.walk_revisions())


def newest_revision() -> str | None:
    """The last migration of this program."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def revision_of(connection: Connection) -> str | None:
    """The last migration of a database; None where there was none."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for migrations, and what else belongs to them: all of it, or nothing.

    SQLite changes a table by copying it, and could not drop the old one while rows of other tables refer to
    it.  So, as its manual has it, foreign keys are not enforced meanwhile and are checked as a whole before
    the end.
    """
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if engine.dialect.name != "sqlite" or driver is None:
            with connection.begin():
                # A table may take long to change; waiting for it would keep everybody else waiting behind.
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                yield connection
            return
        driver.execute("PRAGMA foreign_keys = OFF")  # takes effect only outside a transaction
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"migrating left rows that refer to nothing: {broken[:3]}")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("ratedparts.migrations")))
    config.attributes["connection"] = connection
    return config
