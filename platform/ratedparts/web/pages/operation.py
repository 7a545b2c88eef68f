"""How the installation is doing, for its administrator."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for

from ratedparts.jobs.queue import failed_jobs
from ratedparts.operation import overview, try_again

from ..language import text
from ..requests import acting, installation, reading, working
from .administrator import pages


@pages.get("/operation")
def operation() -> Any:
    acting("administrator")
    with reading() as work:
        return render_template(
            "administrator/operation.html",
            now=overview(work, installation().settings),
            failed=failed_jobs(work),
            at=work.at,
        )


@pages.post("/jobs/<uuid:job_id>/again")
def try_job_again(job_id: uuid.UUID) -> Any:
    actor = acting("administrator")
    with working() as work:
        try_again(work, actor, job_id, installation().long_events)
    flash(text("The job waits for a worker again."), "good")
    return redirect(url_for("administrator.operation"))
