"""Does the jobs: in a thread beside the web server, or as a process of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.jobs import distribution
from ratedparts.jobs.queue import run_named, run_one

PAUSE_SECONDS = 0.25
LOOK_SECONDS = 15.0  # between two looks for jobs that nobody carries
RETRY_SECONDS = 2.0


def work_until(installation: Installation, stop: threading.Event) -> None:
    """Do jobs as they come and carry letters until told to stop.

    An absent database is waited for, and so is whoever releases a restored installation.
    """
    _begin(installation, stop)
    if stop.is_set():
        return
    database, handlers = installation.database, installation.handlers
    if not distribution.carries(database):
        _go_round(installation, stop, lambda: run_one(database, handlers), PAUSE_SECONDS)
        return
    beside = threading.Thread(
        target=_go_round,
        args=(installation, stop, lambda: distribution.announce_forgotten(database), LOOK_SECONDS),
        name="forgotten jobs",
    )
    beside.start()
    while not stop.is_set():
        try:
            distribution.listen(database, lambda job_id: run_named(database, handlers, job_id), stop)
        except Exception as error:  # the database is not to be had now, or went away
            logging.getLogger("ratedparts.worker").warning("no jobs are heard of: %s", type(error).__name__)
            stop.wait(RETRY_SECONDS)
    beside.join()


def _begin(installation: Installation, stop: threading.Event) -> None:
    while not stop.is_set():
        with _told():
            if not installation.held_back():
                installation.begin_rounds()
                return
        stop.wait(PAUSE_SECONDS)


def _go_round(
    installation: Installation, stop: threading.Event, take: Callable[[], object], pause: float
) -> None:
    """``take`` until there is nothing to be taken; then carry letters, and wait a little."""
    delivery = installation.delivery
    while not stop.is_set():
        busy: object = False
        with _told():
            busy = take()
        if not busy:
            if delivery is not None:
                delivery.carry()
            stop.wait(pause)


@contextmanager
def _told() -> Iterator[None]:
    """A worker that ends in silence would be worse than one that complains."""
    try:
        yield
    except RatedPartsError:  # the database is not to be had now; nothing is lost, the job is still there
        return
    except Exception:
        logging.getLogger("ratedparts.worker").exception("a job could not be recorded")


def start_beside(installation: Installation, count: int = 1) -> threading.Event:
    """That many workers in threads of this process; set the event to end them.

    They share one interpreter, and on SQLite the one place of a writer: a second one helps where jobs wait
    for something, such as an object store or another's server.  For more, start processes.
    """
    stop = threading.Event()
    for number in range(1, count + 1):
        name = "worker" if count == 1 else f"worker-{number}"
        threading.Thread(target=work_until, args=(installation, stop), name=name, daemon=True).start()
    return stop
