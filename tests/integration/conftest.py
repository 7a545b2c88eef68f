"""Fixtures of several tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app

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
