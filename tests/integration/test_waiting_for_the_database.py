"""Whoever meets others at the database waits for a while, is tried again, and then told to come later."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ratedparts.certificates.standing import certificate_by_number, held_certificate
from ratedparts.db import database as databases_module
from ratedparts.web.requests import EXTENSION
from tests.integration.programs import Programs
from tests.integration.world import PASSWORD, World


@pytest.fixture
def impatient(certified: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Programs whose application waits a fifth of a second for a row."""
    monkeypatch.setattr(databases_module, "LOCK_SECONDS", 0.2)
    programs = Programs(certified)
    yield programs
    programs.app.extensions[EXTENSION].database.dispose()


def revoke(programs: Programs, world: World) -> Any:
    client = programs.of("issuer")
    place = f"/api/v1/certificates/{world.facts['number']}"
    seen = {"If-Match": client.get(place).headers["ETag"]}
    told = {"reason": "the first reason", "password": PASSWORD}
    return lambda: client.post(f"{place}/revocation", json=told, headers=seen)


def state(world: World) -> str:
    with world.reading() as work:
        return certificate_by_number(work, world.facts["number"]).standing.state


def test_a_request_that_waited_in_vain_is_carried_out_again(certified: World, impatient: Programs) -> None:
    asked = revoke(impatient, certified)
    with ThreadPoolExecutor(1) as elsewhere, certified.work() as work:
        held_certificate(work, certified.facts["number"])
        answer = elsewhere.submit(asked)
        threading.Event().wait(0.35)  # longer than it waits once, and shorter than all its tries
        work.session.rollback()
        assert answer.result().status_code == 200
    assert state(certified) == "revoked"


def test_one_that_never_gets_its_turn_is_told_to_come_again_and_changes_nothing(
    certified: World, impatient: Programs
) -> None:
    asked = revoke(impatient, certified)
    with ThreadPoolExecutor(1) as elsewhere, certified.work() as work:
        held_certificate(work, certified.facts["number"])
        answer = elsewhere.submit(asked).result()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_busy")
    assert answer.headers["Retry-After"] == "1"
    assert state(certified) == "valid"


def test_postgresql_ends_what_takes_too_long(founded: World) -> None:
    if founded.database.url.startswith("sqlite"):
        pytest.skip("SQLite has no such limits; its writers go one after the other")
    limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with founded.reading() as work:
        assert [work.session.scalar(text(f"SHOW {one}")) for one in limits] == ["15s", "2min", "30min"]
        work.session.execute(text("SET LOCAL statement_timeout = 10"))
        with pytest.raises(DBAPIError):
            work.session.execute(text("SELECT pg_sleep(1)"))
    with founded.database.snapshot() as work:
        assert work.session.scalar(text("SHOW statement_timeout")) == "0"
    with founded.reading() as work:
        assert work.session.scalar(text("SHOW statement_timeout")) == "2min"


def test_what_is_our_own_fault_is_not_hidden_behind_the_database(founded: World) -> None:
    with pytest.raises(DBAPIError), founded.reading() as work:
        work.session.execute(text("SELECT nothing FROM nowhere"))
