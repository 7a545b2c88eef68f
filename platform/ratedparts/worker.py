"""Does the jobs: in a thread beside the web server, or as a process of its own."""

from __future__ import annotations

import logging
import threading

from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_one

PAUSE_SECONDS = 0.25


def work_until(installation: Installation, stop: threading.Event) -> None:
    """Take jobs as they come and carry letters until told to stop; an absent database is waited for."""
    delivery = installation.delivery
    begun = False
    while not stop.is_set():
        try:
            if not begun:
                installation.begin_rounds()
                begun = True
            busy = run_one(installation.database, installation.handlers)
        except RatedPartsError:  # the database is not to be had now; nothing is lost, the job is still there
            busy = False
        except Exception:  # a worker that ends in silence would be worse than one that complains
            logging.getLogger("ratedparts.worker").exception("a job could not be recorded")
            busy = False
        if not busy:
            if delivery is not None:
                delivery.carry()
            stop.wait(PAUSE_SECONDS)


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
