"""One installation as its verification sees it, and the unit of work in which nothing can be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ratedparts.blobs.store import ListedBlobs
from ratedparts.db import Database, Work
from ratedparts.installation import LOG_ORIGINS, Installation
from ratedparts.protocols import ProtocolLibrary


@dataclass(frozen=True)
class Store:
    """``events``: those that somebody answers; ``catalogue``: the folder of its columns."""

    database: Database
    blobs: ListedBlobs
    library: ProtocolLibrary
    catalogue: Path
    incoming: Path
    events: frozenset[str]
    environment: str
    log_origin: str

    @classmethod
    def of(cls, installation: Installation) -> Store:
        """What the installation's settings name.  Nothing is made where something is missing."""
        settings, looked_at = installation.settings, replace(installation, reads_only=True)
        environment = settings.environment.value
        return cls(
            database=installation.database,
            blobs=looked_at.blobs,
            library=installation.library,
            catalogue=settings.catalogue,
            incoming=settings.incoming,
            events=frozenset(looked_at.handlers),
            environment=environment,
            log_origin=LOG_ORIGINS[environment],
        )

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """One state of the database, however long it is looked at; it refuses every change."""
        with self.database.snapshot() as work:
            connection = work.session.connection()
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                yield work
                return
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA query_only = ON")
            try:
                yield work
            finally:
                driver.execute("PRAGMA query_only = OFF")  # whoever has the connection next may write
