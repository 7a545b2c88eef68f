"""Jobs: done if and only if their cause was kept, tried again, given up with a reason, taken over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.service import Keeper
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import ATTEMPTS, LEASE, enqueue, failed_jobs, run_all, run_one


def _enqueue(world, event="something"):
    with world.work() as work:
        return enqueue(work, event, number=7).id


def _job(world, job_id):
    with world.reading() as work:
        return work.session.get_one(Job, job_id)


def _broken(work, parameters):
    raise ValueError(f"cannot do {parameters['number']}")


def _nothing(work, parameters):
    pass


def test_a_job_of_a_transaction_that_was_not_kept_is_never_done(founded):
    with founded.work() as work:
        enqueue(work, "something", number=7)
        work.session.flush()
        work.session.rollback()
    assert run_all(founded.database, {"something": _nothing}) == 0


def test_the_oldest_job_is_done_first_and_each_once(founded):
    seen = []
    for number in (1, 2, 3):
        with founded.work() as work:
            enqueue(work, "something", number=number)
        founded.clock.now += timedelta(seconds=1)
    done = run_all(
        founded.database, {"something": lambda work, parameters: seen.append(parameters["number"])}
    )
    assert (done, seen) == (3, [1, 2, 3])


def test_what_a_handler_did_before_it_failed_is_undone(founded):
    def half_way(work, parameters):
        enqueue(work, "half", number=0)
        work.session.flush()
        raise ValueError("in the middle")

    _enqueue(founded)
    run_one(founded.database, {"something": half_way})
    with founded.reading() as work:
        assert [job.event for job in work.session.scalars(select(Job))] == ["something"]


def test_a_failing_job_waits_longer_each_time_and_is_given_up_with_its_error(founded):
    job_id = _enqueue(founded)
    waits = []
    for _ in range(ATTEMPTS - 1):
        assert run_one(founded.database, {"something": _broken})
        job = _job(founded, job_id)
        assert (job.state, job.lease_until) == ("queued", None)
        waits.append((job.not_before - founded.clock.now).total_seconds())
        founded.clock.now = job.not_before - timedelta(microseconds=1)
        assert not run_one(founded.database, {"something": _broken}), "not before its time"
        founded.clock.now = job.not_before
    assert waits == sorted(set(waits))
    assert run_one(founded.database, {"something": _broken})
    job = _job(founded, job_id)
    assert (job.state, job.attempts, job.finished_at) == ("failed", ATTEMPTS, founded.clock.now)
    assert "ValueError: cannot do 7" in job.error
    founded.clock.now += timedelta(days=365)
    assert not run_one(founded.database, {"something": _broken})
    with founded.reading() as work:
        assert [one.id for one in failed_jobs(work)] == [job_id]


def test_an_event_that_nobody_handles_is_a_failure_that_names_it(founded):
    job_id = _enqueue(founded, "unheard_of")
    run_one(founded.database, {})
    assert "KeyError: 'unheard_of'" in _job(founded, job_id).error


def test_a_job_that_failed_once_can_still_be_done(founded):
    job_id = _enqueue(founded)
    run_one(founded.database, {"something": _broken})
    founded.clock.now += timedelta(minutes=1)
    run_one(founded.database, {"something": _nothing})
    assert _job(founded, job_id).state == "done"


def test_the_job_of_a_worker_that_died_is_taken_over_when_its_lease_is_over(founded):
    class Killed(BaseException):
        """What no handler's net catches, as a kill."""

    def dies(work, parameters):
        raise Killed

    job_id = _enqueue(founded)
    with pytest.raises(Killed):
        run_one(founded.database, {"something": dies})
    assert _job(founded, job_id).state == "running"
    founded.clock.now += LEASE
    assert not run_one(founded.database, {"something": _nothing}), "the lease still holds"
    founded.clock.now += timedelta(seconds=1)
    assert run_one(founded.database, {"something": _nothing})
    job = _job(founded, job_id)
    assert (job.state, job.attempts) == ("done", 2)


def test_evidence_and_its_job_are_kept_together_or_not_at_all(founded):
    founded.facts["part_id"] = founded.register_part()
    number = founded.register_plan(units=2)
    content = founded.example("PAR-CPK", number, 6)
    founded.clock.now += timedelta(days=100)

    class Late(Keeper):
        def accept(self, work, submission, stored, report):
            super().accept(work, submission, stored, report)
            work.session.flush()
            raise RatedPartsError("database_unavailable")

    refuse_late = Late(founded.installation.blobs, founded.library)

    with pytest.raises(RatedPartsError):
        founded.submit(number, content, keeper=refuse_late)
    assert founded.run_jobs() == 0
    assert founded.submit(number, content).state == "accepted"
    assert founded.run_jobs() == 3  # a decision, a look, a publication
