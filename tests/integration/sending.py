"""Files in pieces, as tests send them: a plan that waits for results, a script, and what became of them."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import IO, Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ratedparts.app import create_app
from ratedparts.organisations import signing_in
from ratedparts.submissions import uploads
from ratedparts.submissions.models import Upload
from ratedparts.web.requests import EXTENSION

from .world import MEASURED, World

VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = {**VERSION, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def planned(founded: World) -> World:
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    founded.facts["content"] = founded.example("PAR-CPK", founded.facts["plan"], 6)
    founded.clock.now = MEASURED
    return founded


@pytest.fixture
def program(planned: World) -> Iterator[FlaskClient]:
    """A laboratory's script."""
    app = create_app(planned.installation.settings, planned.clock)
    with planned.work() as work:
        token = signing_in.create_access_token(work, planned.cast["laboratory"], "script")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield client
    app.extensions[EXTENSION].database.dispose()


def begin(world: World, size: int | None = None, by: str = "laboratory", plan: str | None = None) -> str:
    size = len(world.facts["content"]) if size is None else size
    with world.work() as work:
        return uploads.begin_upload(
            work,
            world.cast[by],
            plan_number=plan or world.facts["plan"],
            file_name="results.csv",
            size_bytes=size,
        ).number


def piece(world: World, number: str, offset: int, content: bytes, by: str = "laboratory") -> Upload:
    return uploads.continue_upload(
        world.database,
        world.cast[by],
        world.installation.incoming,
        number,
        offset=offset,
        source=io.BytesIO(content),
    )


def whole(world: World, content: bytes | None = None) -> str:
    """An upload that has arrived."""
    content = world.facts["content"] if content is None else content
    number = begin(world, len(content))
    half = len(content) // 2
    piece(world, number, 0, content[:half])
    piece(world, number, half, content[half:])
    return number


def found(world: World, number: str) -> Upload:
    with world.reading() as work:
        upload = uploads.visible_upload(work, world.cast["laboratory"], number)
        assert upload.plan is not None
        assert upload.submission is None or upload.submission.number
        return upload


def count(world: World, table: Any) -> int:
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def metadata(world: World) -> str:
    told = {"plan_id": world.facts["plan"], "file_name": "results.csv"}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


class Stream(io.RawIOBase):
    """Bytes made while they are read, with something that happens behind the first of them."""

    def __init__(self, size: int, line: bytes = b"1,2\n", then: Callable[[], Any] | None = None) -> None:
        self._left, self._line, self._then = size, line, then

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self._left)
        buffer[:size] = (self._line * (size // len(self._line) + 1))[:size]
        self._left -= size
        if size == 0 and self._then is not None:
            then, self._then = self._then, None
            then()
        return size


def body(source: IO[bytes], length: int) -> dict[str, Any]:
    """The body of a request as a server hands it on: a stream, and the length that its sender told."""
    return {"wsgi.input": source, "CONTENT_LENGTH": str(length)}
