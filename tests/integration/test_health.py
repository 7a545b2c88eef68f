"""What a balancer is told: that a process lives, and whether it can serve."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratedparts.app import create_app
from ratedparts.db.migrating import downgrade
from tests.integration.world import World


def told(world: World, address: str) -> tuple[int, str]:
    app = create_app(world.installation.settings, world.clock)
    answer = app.test_client().get(address)
    app.extensions["ratedparts"].database.dispose()
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, str(answer.get_json().get("code", ""))


def test_a_process_that_can_serve_lives_and_is_ready(founded: World) -> None:
    assert told(founded, "/health/live") == (200, "")
    assert told(founded, "/health/ready") == (200, "")


def test_a_database_of_an_older_program_is_not_ready(founded: World) -> None:
    downgrade(founded.database.engine, "0014_carried_jobs")
    assert told(founded, "/health/live") == (200, "")
    assert told(founded, "/health/ready") == (503, "not_migrated")


@pytest.mark.carried_jobs
def test_a_database_that_is_away_is_not_ready(founded: World) -> None:
    settings = founded.installation.settings
    away = replace(settings, database_url=settings.database_url.replace("/test_", "/nobody_"))
    app = create_app(away, founded.clock)
    assert app.test_client().get("/health/live").status_code == 200
    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    app.extensions["ratedparts"].database.dispose()


def test_a_restore_that_did_not_end_is_not_ready(founded: World) -> None:
    app = create_app(founded.installation.settings, founded.clock)
    marker = founded.installation.settings.unfinished_restore
    marker.write_text("{}")
    answer = app.test_client().get("/health/ready")
    marker.unlink()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "restore_unfinished")
