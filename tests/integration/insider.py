"""Somebody with the database in their hands: no trigger, no foreign key, no check stops them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from .world import World


@contextmanager
def insider(world: World) -> Iterator[Connection]:
    """What is done here is kept, and everything that refused it stands again afterwards."""
    engine = world.database.engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        switches = (
            ("foreign_keys = OFF", "ignore_check_constraints = ON"),
            (
                "foreign_keys = ON",
                "ignore_check_constraints = OFF",
            ),
        )
        for switch in switches[0]:
            driver.execute(f"PRAGMA {switch}")
        try:
            with connection.begin():
                triggers = connection.execute(
                    text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                ).all()
                for name, _ in triggers:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
                yield connection
                for _, statement in triggers:
                    connection.exec_driver_sql(statement)
        finally:
            for switch in switches[1]:
                driver.execute(f"PRAGMA {switch}")


def blob_file(world: World, digest: str) -> Path:
    """Where the bytes of a digest lie."""
    name = digest.removeprefix("sha256:")
    return world.installation.settings.blobs / name[:2] / name
