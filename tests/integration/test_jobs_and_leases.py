from contextlib import suppress
from datetime import timedelta

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
