"""After an upgrade of the engine every part is decided again, by however many workers there are."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from ratedparts import cli
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.reevaluation import (
    EVENT,
    Reevaluation,
    pause_reevaluation,
    reevaluation,
    request_reevaluation,
)
from ratedparts.evaluations.service import current_evaluation
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.jobs.models import Job
from tests.integration.insider import insider
from tests.integration.world import World


def decided_by_another_engine(world: World) -> None:
    with insider(world) as connection:
        connection.execute(update(Evaluation.__table__).values(engine_version="ratedparts 0.0"))


def state(world: World) -> Reevaluation:
    with world.reading() as work:
        return reevaluation(work)


def test_what_another_engine_decided_is_decided_again_once(rated: World) -> None:
    assert state(rated) == Reevaluation(done=1, left=0, queued=0, running=0, failed=0)
    assert request_reevaluation(rated.database) == 0
    decided_by_another_engine(rated)
    with rated.reading() as work:
        before = current_evaluation(work, rated.facts["part_id"])
    assert state(rated).share == 0
    assert [request_reevaluation(rated.database) for _ in range(2)] == [1, 0]
    assert state(rated) == Reevaluation(done=0, left=1, queued=1, running=0, failed=0)
    rated.run_jobs()
    assert state(rated) == Reevaluation(done=1, left=0, queued=0, running=0, failed=0)
    with rated.reading() as work:
        after = current_evaluation(work, rated.facts["part_id"])
    assert before is not None
    assert after is not None
    assert after.id != before.id
    assert after.engine_version == engine_version()
    assert (after.grade, after.decision, after.dossier) == (before.grade, before.decision, before.dossier)


def test_it_is_paused_and_gone_on_with(rated: World) -> None:
    decided_by_another_engine(rated)
    request_reevaluation(rated.database)
    with rated.work() as work:
        assert pause_reevaluation(work) == 1
    rated.run_jobs()
    assert state(rated) == Reevaluation(done=0, left=1, queued=0, running=0, failed=0)
    assert request_reevaluation(rated.database) == 1
    rated.run_jobs()
    assert state(rated).left == 0


def test_the_command_asks_tells_and_takes_back(
    rated: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", rated.database.url)
    monkeypatch.setenv("RATEDPARTS_VAR", str(rated.installation.settings.var))
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", "test")
    decided_by_another_engine(rated)

    def told(*more: str) -> dict[str, int]:
        assert cli.main(["reevaluate", "--json", *more]) == 0
        answer: dict[str, int] = json.loads(capsys.readouterr().out)
        return answer

    one_left = {"done": 0, "left": 1, "queued": 0, "running": 0, "failed": 0}
    assert told("--status") == one_left
    assert told() == {**one_left, "queued": 1}
    assert told("--pause") == one_left
    assert cli.main(["reevaluate"]) == 0
    assert "1 by another" in capsys.readouterr().out
    with rated.reading() as work:
        assert len(work.session.scalars(select(Job).where(Job.event == EVENT)).all()) == 1
