"""The database goes away and comes back: told as such, nothing half done, nobody is started anew."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from ratedparts.app import create_app
from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.queue import run_one
from ratedparts.organisations import signing_in
from ratedparts.web.requests import EXTENSION
from tests.faults.end_state import contradictions
from tests.integration.sending import count, planned

__all__ = ["planned"]
pytestmark = pytest.mark.carried_jobs  # a file does not go away


@contextmanager
def gone(world):
    """Whoever is connected is thrown out, and nobody gets in, as while a server is taken over by another."""
    url = world.database.engine.url
    outside = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def say(statement):
        with outside.connect() as connection:
            connection.execute(text(statement))

    say(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
    say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'")
    try:
        yield
    finally:
        say(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        outside.dispose()


@pytest.fixture
def served(planned):
    app = create_app(planned.installation.settings, planned.clock)
    with planned.work() as work:
        token = signing_in.create_access_token(work, planned.cast["laboratory"], "script")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield client
    app.extensions[EXTENSION].database.dispose()


def test_while_the_database_is_away_requests_are_told_so_and_afterwards_served(planned, served):
    def hand_in():
        plan, content = planned.facts["plan"], planned.facts["content"]
        return served.post(f"/api/v1/plans/{plan}/results", data=content, content_type="text/csv")

    assert served.get("/health/ready").status_code == 200
    with gone(planned):
        for answer in (hand_in(), served.get("/parts"), served.get("/api/v1/parts")):
            assert answer.status_code == 503
        refused = hand_in()
        assert refused.json["code"] == "database_unavailable"
        assert refused.headers["Retry-After"]
        assert served.get("/health/live").status_code == 200
        assert served.get("/health/ready").json == {"ready": False, "code": "database_unavailable"}
    assert served.get("/health/ready").status_code == 200
    assert served.get("/parts").status_code == 200
    assert hand_in().status_code == 201
    assert (count(planned, Evidence), contradictions(planned)) == (1, [])


def test_what_was_under_way_when_the_database_went_is_not_there(planned):
    def send():
        with planned.work() as work:
            planned.submit_in(work, planned.facts["plan"], planned.facts["content"])
            work.session.flush()
            with gone(planned):
                work.session.execute(text("SELECT 1"))

    with pytest.raises(RatedPartsError, match="database_unavailable"):
        send()
    assert (count(planned, Evidence), contradictions(planned)) == (0, [])
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "accepted"


def test_a_worker_whose_database_went_does_its_job_when_it_is_back(planned):
    planned.submit(planned.facts["plan"], planned.facts["content"])

    def lost(work, parameters):
        with gone(planned):
            work.session.execute(text("SELECT 1"))

    # Not even that the attempt failed can be said: the lease runs out, as that of a worker that died.
    handlers = dict.fromkeys(planned.installation.handlers, lost)
    with pytest.raises(RatedPartsError, match="database_unavailable"), gone(planned):
        run_one(planned.database, handlers)
    run_one(planned.database, handlers)
    planned.clock.now += timedelta(hours=1)
    planned.run_jobs()
    assert contradictions(planned) == []
    with planned.reading() as work:
        left = work.session.scalar(text("SELECT count(*) FROM job WHERE state IN ('running', 'failed')"))
    assert left == 0
