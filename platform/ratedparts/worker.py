"""Does the jobs: in a thread beside the web server, or as a process of its own."""

from __future__ import annotations

import logging
import threading

from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_one

PAUSE_SECONDS = 0.25


def work_until(installation: Installation, stop: threading.Event) -> None:
    """Take jobs as they come and carry letters until told to stop; an absent database is waited for.

    So is whoever releases a restored installation.
    """
    delivery = installation.delivery
    begun = False
    while not stop.is_set():
        try:
            if not begun and not installation.held_back():
                installation.begin_rounds()
                begun = True
            busy = begun and run_one(installation.database, installation.handlers)
        except RatedPartsError:  # the database is not to be had now; nothing is lost, the job is still there
            busy = False
        except Exception:  # a worker that ends in silence would be worse than one that complains
            logging.getLogger("ratedparts.worker").exception("a job could not be recorded")
            busy = False
        if not busy:
            if delivery is not None and begun:
                delivery.carry()
            stop.wait(PAUSE_SECONDS)


def start_beside(installation: Installation) -> threading.Event:
    """A worker in a thread of this process; set the event to end it."""
    stop = threading.Event()
    threading.Thread(target=work_until, args=(installation, stop), name="worker", daemon=True).start()
    return stop
