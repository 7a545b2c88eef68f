"""What whoever runs an installation sees of it, and a job that was given up and is done again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from ratedparts.audit.models import AuditLine
from ratedparts.errors import RatedPartsError
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import ATTEMPTS, enqueue
from ratedparts.operation import overview, try_again
from tests.integration.programs import Programs
from tests.integration.world import PASSWORD, World


def given_up(world: World) -> uuid.UUID:
    """A job whose handler failed as often as it may."""
    world.run_jobs()
    with world.work() as work:
        job = enqueue(work, "certificate_changed", part_id="no part at all")
    for _ in range(ATTEMPTS):
        world.run_jobs()
        with world.reading() as work:
            world.clock.now = max(world.clock.now, work.session.get_one(Job, job.id).not_before)
    return job.id


def test_jobs_are_counted_by_what_becomes_of_them(certified: World) -> None:
    given_up(certified)
    with certified.work() as work:
        enqueue(work, "certificate_changed", part_id=str(certified.facts["part_id"]))
    with certified.reading() as work:
        now = overview(work, certified.installation.settings)
        counts = {one.event: one for one in now.jobs}
        assert (counts["certificate_changed"].due, counts["certificate_changed"].failed) == (1, 1)
        assert counts["certificate_changed"].running == counts["certificate_changed"].later == 0
        assert now.oldest_due == work.at
        assert now.certificates == {"valid": 1}
        assert now.reevaluation.done == 1
        assert now.database_bytes > 10_000
    certified.run_jobs()
    with certified.reading() as work:
        now = overview(work, certified.installation.settings)
        assert now.oldest_due is None
        # the next list of standings waits for its time
        assert sum(one.later for one in now.jobs) >= 1


def test_a_job_that_was_given_up_is_begun_anew(founded: World) -> None:
    job_id = given_up(founded)
    with founded.work() as work:
        try_again(work, founded.cast["administrator"], job_id, founded.installation.long_events)
    with founded.reading() as work:
        job = work.session.get_one(Job, job_id)
        assert (job.state, job.attempts, job.finished_at, job.not_before) == ("queued", 0, None, work.at)
        line = work.session.scalars(select(AuditLine).where(AuditLine.verb == "try_again")).one()
        assert (line.subject_id, line.facts) == (str(job_id), {"event": "certificate_changed"})
    with founded.work() as work, pytest.raises(RatedPartsError) as refusal:
        try_again(work, founded.cast["administrator"], job_id, ())
    assert (refusal.value.code, refusal.value.parameters) == ("job_not_given_up", {"state": "queued"})


@pytest.mark.parametrize("name", ["maker", "laboratory", "reviewer", "issuer"])
def test_only_an_administrator_has_it_done_again(founded: World, name: str) -> None:
    job_id = given_up(founded)
    with founded.work() as work, pytest.raises(RatedPartsError) as refusal:
        try_again(work, founded.cast[name], job_id, ())
    assert refusal.value.code == "role_needed"


def test_the_page_shows_the_reason_and_has_a_way_to_try_again(rated: World, programs: Programs) -> None:
    job_id = given_up(rated)
    script = programs.of("administrator")
    told: Any = script.get("/api/v1/operation").get_json()
    assert [one for one in told["jobs"] if one["failed"]] == [
        {"event": "certificate_changed", "due": 0, "later": 0, "running": 0, "failed": 1}
    ]
    assert "badly formed" in script.get("/api/v1/failed-jobs").get_json()[0]["error"]
    programs.app.config["WTF_CSRF_ENABLED"] = False
    client = programs.app.test_client()
    client.post("/sign-in", data={"email": "administrator@example.org", "password": PASSWORD})
    assert "Jobs that were given up: 1" in client.get("/administration/?lang=en").text
    for language, said in (("en", "Try again"), ("zh", "重试")):
        page = client.get(f"/administration/operation?lang={language}").text
        assert said in page
        assert "badly formed" in page
    answer = client.post(f"/administration/jobs/{job_id}/again")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/administration/operation")
    assert "badly formed" not in client.get("/administration/operation").text
    assert script.post(f"/api/v1/failed-jobs/{job_id}/retry").status_code == 409
    assert script.post(f"/api/v1/failed-jobs/{uuid.uuid4()}/retry").status_code == 404
