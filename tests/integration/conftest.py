"""Fixtures of several tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from tests.conftest import Databases

from .lived import live
from .programs import programs
from .sending import planned, program
from .world import World

__all__ = ["planned", "program", "programs"]


@pytest.fixture
def anyone(certified: World) -> Iterator[FlaskClient]:
    """Somebody who has not signed in, before an installation with a certified part."""
    app = create_app(certified.installation.settings, certified.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture(scope="session")
def lived_once(databases: Databases) -> Iterator[World]:
    """The one that `lived` is a copy of."""
    world = databases.world("certified")
    live(world)
    world.database.dispose()
    yield world
    databases.forget(world.database.url)


@pytest.fixture
def lived(databases: Databases, lived_once: World) -> Iterator[World]:
    """An installation in which everything has happened once: see `tests.integration.lived`."""
    world = databases.copy_of(lived_once)
    yield world
    world.database.dispose()
    databases.forget(world.database.url)
