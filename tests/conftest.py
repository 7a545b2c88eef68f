"""What the tests of several rooms share: both databases, and installations to begin from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.postgresql_server import PostgreSQLServer, find_binaries
from tests.integration.world import Clock, World
from tests.served import site

__all__ = ["site"]  # a fixture of the browser tests and of those of the command line


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """One server a test process, of the tests' own."""
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL is not installed: no initdb on the path nor in /usr/lib/postgresql"
        if "postgresql" in os.environ.get("RATEDPARTS_REQUIRE", ""):
            pytest.fail(reason + ", and RATEDPARTS_REQUIRE asks for it")
        pytest.skip(reason)
    server = PostgreSQLServer(binaries)
    yield server
    server.stop()


class Databases:
    """New databases of one kind, empty or a copy of a world's; all are gone at the end."""

    def __init__(self, kind: str, folder: Path, server: Callable[[], PostgreSQLServer]) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server
        self._worlds: dict[str, World] = {}
        self._count = 0

    def new_url(self, template: str | None = None) -> str:
        if self.kind == "postgresql":
            return self._server().create(template)
        return f"sqlite:///{self._next_folder() / 'ratedparts.sqlite'}"

    def forget(self, url: str) -> None:
        if self.kind == "postgresql":
            self._server().drop(url)

    def world(self, stage: str) -> World:
        """A copy of the world at that stage; the caller disposes of it."""
        if stage not in self._worlds:
            earlier = {"rated": "founded", "certified": "rated"}.get(stage)
            new = self.world(earlier) if earlier else World.at(*self._place())
            {"founded": World.found, "rated": World.rate, "certified": World.certify}[stage](new)
            new.database.dispose()
            self._worlds[stage] = new
        return self.copy_of(self._worlds[stage])

    def copy_of(self, world: World) -> World:
        """Another installation like that one, to which nobody is connected."""
        return world.copy(*self._place(world.database.url))

    def _place(self, template: str | None = None) -> tuple[str, Path]:
        var = self._next_folder()
        if self.kind == "postgresql":
            return self._server().create(template), var
        return f"sqlite:///{var / 'ratedparts.sqlite'}", var

    def _next_folder(self) -> Path:
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        return folder


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Both databases, one after the other: whatever asks for one runs on each."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    folder = tmp_path_factory.mktemp(request.param)
    return Databases(request.param, folder, lambda: request.getfixturevalue("postgresql_server"))


# Mark → the database on which what bears it does not run.
NOT_ON = {"embedded_database": "postgresql", "carried_jobs": "sqlite"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not depend on the database, or is of one alone, runs once, where it is marked so."""

    def of_another(item: pytest.Item) -> bool:
        database = getattr(getattr(item, "callspec", None), "params", {}).get("databases")
        return any(database == kind and item.get_closest_marker(mark) for mark, kind in NOT_ON.items())

    left_out = [one for one in items if of_another(one)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [one for one in items if not of_another(one)]


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of an empty database."""
    url = databases.new_url()
    yield url
    databases.forget(url)


def _world(databases: Databases, stage: str) -> Iterator[World]:
    world = databases.world(stage)
    yield world
    world.database.dispose()
    databases.forget(world.database.url)


@pytest.fixture
def founded(databases: Databases) -> Iterator[World]:
    """An installation with its people, before anything was registered."""
    yield from _world(databases, "founded")


@pytest.fixture
def rated(databases: Databases) -> Iterator[World]:
    """An installation with one part, all its results accepted and its grade decided."""
    yield from _world(databases, "rated")


@pytest.fixture
def certified(databases: Databases) -> Iterator[World]:
    """An installation with one certificate in force, to be found in the catalogue."""
    yield from _world(databases, "certified")


@pytest.fixture
def installation(founded: World) -> Any:
    return founded.installation


@pytest.fixture
def clock(founded: World) -> Clock:
    return founded.clock


@pytest.fixture
def cast(founded: World) -> dict[str, Any]:
    """Who takes part, by name."""
    return founded.cast
