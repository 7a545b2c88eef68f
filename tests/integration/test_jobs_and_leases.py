from contextlib import suppress
from datetime import timedelta

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import LEASE, TAKEOVERS, enqueue, run_one


def _enqueue(world):
    with world.work() as work:
        return enqueue(work, "something", number=7).id


def test_a_worker_that_lost_its_lease_does_not_undo_what_another_did(founded):
    """Suspended in its handler (swap, a stopped container), it wakes after another has done the job."""
    job_id = _enqueue(founded)

    def slow(work, parameters):
        founded.clock.now += LEASE + timedelta(seconds=1)
        assert run_one(founded.database, {"something": lambda work, parameters: None})  # the other worker
        raise ValueError("too late")

    run_one(founded.database, {"something": slow})  # must not raise: the worker thread would end
    with founded.reading() as work:
        assert work.session.get_one(Job, job_id).state == "done"


def test_a_job_that_kills_every_worker_is_given_up(founded):
    class Killed(BaseException):
        pass

    def dies(work, parameters):
        raise Killed

    job_id = _enqueue(founded)
    for _ in range(TAKEOVERS + 3):
        with suppress(Killed):
            run_one(founded.database, {"something": dies})
        founded.clock.now += LEASE + timedelta(seconds=1)
    with founded.reading() as work:
        job = work.session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("failed", TAKEOVERS)


def test_a_job_outlasts_what_it_leans_on_being_down_for_an_hour(founded):
    """A full disk is nothing that a file has done: the work is there when the disk is."""
    up_again = founded.clock.now + timedelta(hours=1)

    def leans(work, parameters):
        if work.at < up_again:
            raise RatedPartsError("storage_full", kind=Kind.UNAVAILABLE)

    job_id = _enqueue(founded)
    for _ in range(200):
        run_one(founded.database, {"something": leans})
        founded.clock.now += timedelta(seconds=30)
    with founded.reading() as work:
        job = work.session.get_one(Job, job_id)
        assert (job.state, job.attempts <= TAKEOVERS) == ("done", True)
