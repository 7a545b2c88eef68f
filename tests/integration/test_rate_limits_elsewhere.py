"""Requests are counted where the settings say; where nobody counts, what is limited is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ratedparts.app import create_app
from ratedparts.settings import Settings
from ratedparts.web.requests import EXTENSION
from ratedparts.web.security import limiter

from .counting_store import CountingStore, counting_store

__all__ = ["counting_store"]


def application(var: Path, url: str) -> Flask:
    app = create_app(Settings.read({"RATEDPARTS_VAR": str(var), "RATE_LIMIT_URL": url}))
    app.extensions[EXTENSION].prepare()
    return app


@pytest.fixture(params=["away", "there, and of no use"])
def uncounted(
    request: pytest.FixtureRequest, counting_store: CountingStore, tmp_path: Path
) -> Iterator[Flask]:
    port = 1 if request.param == "away" else counting_store.port
    app = application(tmp_path, f"redis://:hunter22@127.0.0.1:{port}")
    yield app
    app.extensions[EXTENSION].database.dispose()
    limiter.enabled = True


def test_where_nobody_counts_passwords_are_not_tried(uncounted: Flask) -> None:
    client = uncounted.test_client()
    answer = client.post("/api/v1/tokens", json={"email": "a@example.org", "password": "x" * 20})
    assert (answer.status_code, answer.json["code"]) == (503, "rate_limits_unavailable")
    assert answer.headers["Retry-After"]
    assert "hunter22" not in answer.text


def test_and_what_is_not_limited_goes_on(uncounted: Flask) -> None:
    client = uncounted.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/parts").status_code == 200
    page = client.post("/sign-in", data={"email": "a@example.org", "password": "x" * 20})
    assert page.status_code in (400, 503), "a form without its token, or nobody who counts"


def test_in_memory_one_process_counts_by_itself(tmp_path: Path) -> None:
    app = application(tmp_path, "memory://")
    client = app.test_client()
    asked = {"email": "a@example.org", "password": "x" * 20}
    answers = [client.post("/api/v1/tokens", json=asked).status_code for _ in range(11)]
    assert answers[-1] == 429
    assert 429 not in answers[:-1]
    app.extensions[EXTENSION].database.dispose()
