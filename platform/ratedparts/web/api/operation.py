"""How the installation is doing, for its administrator's programs."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.jobs.queue import failed_jobs
from ratedparts.operation import overview, try_again

from ..requests import acting, installation, reading, working
from .shapes import TOKEN

resources = Blueprint(
    "operation", __name__, url_prefix="/api/v1", description="How the installation is doing"
)


class JobCountShape(Schema):
    event = fields.String()
    due = fields.Integer(metadata={"description": "wait, and could be done now"})
    later = fields.Integer(metadata={"description": "wait for their time"})
    running = fields.Integer()
    failed = fields.Integer(metadata={"description": "given up"})


class ReevaluationShape(Schema):
    done = fields.Integer(metadata={"description": "parts decided by this engine"})
    left = fields.Integer(metadata={"description": "parts decided by another"})
    queued = fields.Integer()
    running = fields.Integer()
    failed = fields.Integer()


class OverviewShape(Schema):
    engine = fields.String()
    jobs = fields.List(fields.Nested(JobCountShape))
    oldest_due = fields.AwareDateTime(allow_none=True, metadata={"description": "null: no job waits"})
    certificates = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "by the state they are in"}
    )
    reevaluation = fields.Nested(ReevaluationShape)
    database_bytes = fields.Integer()
    free_bytes = fields.Integer(metadata={"description": "on the disk of the installation's folder"})
    letters_waiting = fields.Integer()


class FailedJob(Schema):
    id = fields.UUID()
    event = fields.String()
    finished_at = fields.AwareDateTime()
    error = fields.String()


class TriedJob(Schema):
    id = fields.UUID()
    event = fields.String()
    state = fields.String()


@resources.get("/operation")
@resources.doc(security=TOKEN)
@resources.response(200, OverviewShape)
def operation() -> Any:
    """Jobs, certificates and room on the disk, at one moment."""
    acting("administrator")
    with reading() as work:
        return overview(work, installation().settings)


@resources.get("/failed-jobs")
@resources.doc(security=TOKEN)
@resources.response(200, FailedJob(many=True))
def failed() -> Any:
    """Work that was given up, newest first, with the reason."""
    acting("administrator")
    with reading() as work:
        return failed_jobs(work)


@resources.post("/failed-jobs/<uuid:job_id>/retry")
@resources.doc(security=TOKEN)
@resources.response(202, TriedJob)
def retry(job_id: uuid.UUID) -> Any:
    """Let the workers have it again, as if it had never been begun."""
    actor = acting("administrator")
    with working() as work:
        return try_again(work, actor, job_id, installation().long_events)
