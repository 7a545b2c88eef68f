"""As many workers as the settings say do jobs beside the server, and stop when told."""

from __future__ import annotations

import threading

import pytest

from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import enqueue
from ratedparts.worker import start_beside

from .world import World


def running() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("worker")]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_so_many_threads_do_jobs(founded: World, count: int) -> None:
    with founded.work() as work:
        enqueue(work, "upload_ended", number="UP-NONE")
    before = running()
    stop = start_beside(founded.installation, count)
    threads = [one for one in running() if one not in before]
    assert len(threads) == count
    done = threading.Event()
    for _ in range(200):
        with founded.reading() as work:
            if work.session.query(Job).filter_by(event="upload_ended", state="done").count():
                done.set()
        if done.is_set() or not count:
            break
        stop.wait(0.05)
    assert done.is_set() == bool(count)
    stop.set()
    for one in threads:
        one.join(10)
        assert not one.is_alive()
