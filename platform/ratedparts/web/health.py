"""For whoever watches a web process: does it live, and can it serve?

`/health/live` says that the process answers at all; a balancer that restarts what does not answer asks here.
`/health/ready` says whether requests are served; one that chooses among processes asks there.
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask

from ratedparts.db.migrating import newest_revision, revision_of
from ratedparts.errors import Kind, RatedPartsError

from .requests import installation, reading

health = Blueprint("health", __name__, url_prefix="/health")


def install(app: Flask) -> None:
    app.register_blueprint(health)


@health.get("/live")
def live() -> Any:
    return {"live": True}


@health.get("/ready")
def ready() -> Any:
    """503 with the code of what is in the way."""
    try:
        _require_ready()
    except RatedPartsError as error:
        return {"ready": False, "code": error.code}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"ready": True}


def _require_ready() -> None:
    """Raises ``restore_unfinished``, ``database_unavailable``, ``not_migrated`` (revision, newest)."""
    installation().require_whole()
    with reading() as work:
        found = revision_of(work.session.connection())
    if found != _newest():
        raise RatedPartsError("not_migrated", kind=Kind.UNAVAILABLE, revision=found, newest=_newest())


@cache
def _newest() -> str | None:
    return newest_revision()
