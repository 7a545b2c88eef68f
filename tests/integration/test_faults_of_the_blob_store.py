"""The object store is slow, gives other bytes, is gone and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.certificates.issuing import DOCUMENT_WANTED
from ratedparts.certificates.models import CertificateDocument
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.organisations import signing_in
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.models import Submission
from ratedparts.web.requests import EXTENSION

from .object_store import Line, line, new_address, object_store, with_blobs_at
from .sending import count
from .world import MEASURED, World

__all__ = ["line", "object_store"]

pytestmark = pytest.mark.embedded_database


@pytest.fixture
def away(founded: World, object_store: Line) -> Iterator[World]:
    """An installation with a plan that waits for results, its blobs in the object store."""
    world = with_blobs_at(founded, new_address(0.5))
    world.facts["part_id"] = world.register_part()
    world.facts["plan"] = world.register_plan(units=2)
    world.clock.now = MEASURED
    yield world
    world.database.dispose()


def hand_in(world: World) -> Any:
    app = create_app(world.installation.settings, world.clock)
    with world.work() as work:
        token = signing_in.create_access_token(work, world.cast["laboratory"], "script")
    content = world.example("PAR-CPK", world.facts["plan"], 6)
    try:
        return app.test_client().post(
            f"/api/v1/plans/{world.facts['plan']}/results",
            data=content,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        )
    finally:
        app.extensions[EXTENSION].database.dispose()


def test_a_slow_store_is_waited_for_so_long_and_then_nothing_is_recorded(
    away: World, object_store: Line
) -> None:
    with object_store.silent():
        answer = hand_in(away)
    assert (answer.status_code, answer.json["code"]) == (503, "blob_store_unavailable")
    assert answer.headers["Retry-After"]
    assert (count(away, Submission), count(away, Evidence), count(away, Job)) == (0, 0, 0)
    assert hand_in(away).status_code == 201, "the same file again, once the store speaks"
    assert (count(away, Submission), count(away, Evidence)) == (1, 1)


def test_wrong_bytes_are_refused_as_damaged_and_named(away: World) -> None:
    from obstore.store import from_url

    assert hand_in(away).status_code == 201
    with away.reading() as work:
        evidence = work.session.scalars(select(Evidence)).one()
    address = away.installation.settings.blob_address
    assert address is not None
    below = from_url(address.url, client_options={"allow_http": True})
    for digest in (evidence.digest, evidence.columns_digest):
        name = digest.removeprefix("sha256:")
        below.put(f"{name[:2]}/{name}", b"other bytes")
    report = verify_store(Store.of(away.installation), only={"blobs"})
    assert [fault.code for one in report.checks for fault in one.faults] == ["kept_blob_damaged"] * 2
    again = hand_in(away)
    assert again.status_code == 200, "the same file is one that was accepted before"
    away.run_jobs()
    with away.reading() as work:
        looking = work.session.scalars(select(Job).where(Job.event == "evidence_to_look_at")).one()
        assert looking.state == "queued", "what needs the bytes is not done with others"
        assert "blob_damaged" in str(looking.error)


def test_a_job_that_meets_a_store_that_is_gone_is_done_once_it_is_back(
    rated: World, object_store: Line
) -> None:
    world = with_blobs_at(rated, new_address(0.5))

    def document() -> tuple[Job, int]:
        with world.reading() as work:
            job = work.session.scalars(select(Job).where(Job.event == DOCUMENT_WANTED)).one()
        return job, count(world, CertificateDocument)

    with object_store.cut():
        world.certify()  # issuing needs no blob, and its jobs are run
    job, documents = document()
    assert (job.state, job.attempts, documents) == ("queued", 1, 0)
    assert "blob_store_unavailable" in str(job.error)
    world.clock.now += timedelta(minutes=1)
    world.run_jobs()
    job, documents = document()
    assert (job.state, documents) == ("done", 1)
    assert len(list(world.installation.blobs.digests())) >= 1
    world.database.dispose()


def test_a_store_that_is_away_is_not_told_as_damage(away: World, object_store: Line) -> None:
    assert hand_in(away).status_code == 201
    store = Store.of(away.installation)
    listed = list(store.blobs.digests())

    class Listed:
        """The list was answered, and then the line was cut."""

        def __getattr__(self, name: str) -> object:
            return getattr(store.blobs, name)

        def digests(self) -> list[str]:
            return listed

    with object_store.cut():
        report = verify_store(replace(store, blobs=Listed()), only={"blobs", "evidence"})
    told = {fault.code for one in report.checks for fault in one.faults}
    assert told == {"check_broke_off"}
