"""Scripts with tokens, as tests of the interface for programs use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ratedparts.app import create_app
from ratedparts.organisations import signing_in
from ratedparts.web.requests import EXTENSION

from .world import World


class Programs:
    """Clients of one application, each with a token."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = create_app(world.installation.settings, world.clock)

    def of(self, who: str, **limits: Any) -> FlaskClient:
        with self.world.work() as work:
            token = signing_in.create_access_token(work, self.world.cast[who], "test", **limits)
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


@pytest.fixture
def programs(rated: World) -> Iterator[Programs]:
    found = Programs(rated)
    yield found
    found.app.extensions[EXTENSION].database.dispose()


def series(name: str) -> dict[str, str]:
    return {"family": "mlcc_class2", "name": name, "similarity": "one body, one dielectric"}


def count(world: World, table: Any) -> int:
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0
