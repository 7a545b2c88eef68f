"""The transparency log as the files that anyone may mirror: `/log/checkpoint` and `/log/tile/…`.

The addresses are those of https://c2sp.org/tlog-tiles below the prefix `/log`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, make_response

from ratedparts.certificates.log_proofs import tile_bytes
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import Tile

from .requests import installation, reading

files = Blueprint("log_files", __name__, url_prefix="/log")


def install(app: Flask) -> None:
    app.register_blueprint(files)


@files.get("/checkpoint")
def checkpoint() -> Any:
    """The newest signed size and root."""
    with reading() as work:
        note = installation().log.checkpoint(work)
    if note is None:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given="checkpoint")
    response = make_response(note)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


@files.get("/tile/<path:place>")
def tile(place: str) -> Response:
    """Hashes or entries; what is there once stays as it is for ever, a partial tile as well."""
    try:
        asked = Tile.at(f"tile/{place}")
    except RatedPartsError as error:
        raise RatedPartsError(error.code, kind=Kind.NOT_FOUND, **error.parameters) from None
    with reading() as work:
        content = tile_bytes(work, asked)
    response = make_response(content)
    response.headers["Content-Type"] = "application/octet-stream"
    return response
