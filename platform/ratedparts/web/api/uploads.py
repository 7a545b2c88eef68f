"""Large results files in pieces, for programs: see `ratedparts.web.resumable`."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_smorest import Blueprint

from .. import resumable
from ..requests import acting
from .shapes import TOKEN

resources = Blueprint(
    "uploads", __name__, url_prefix="/api/v1", description="Large files in pieces: tus 1.0, https://tus.io"
)


def _header(name: str, about: str, *, required: bool = True) -> dict[str, Any]:
    told = {"name": name, "in": "header", "required": required, "description": about}
    return {**told, "schema": {"type": "string"}}


VERSION = _header("Tus-Resumable", "`1.0.0`")
LENGTH = _header("Upload-Length", "bytes of the whole file")
METADATA = _header("Upload-Metadata", "`plan_id`, `file_name`, `encoding`, each followed by its base64")
OFFSET = _header("Upload-Offset", "bytes that have arrived: where this piece begins")
CHECKSUM = _header("Upload-Checksum", "`sha256` or `sha1`, and the digest in base64", required=False)
PIECE = {"content": {resumable.PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@resources.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@resources.response(204)
def abilities() -> Response:
    """What this end understands of the protocol."""
    return resumable.options()


@resources.post("/uploads")
@resources.doc(security=TOKEN, parameters=[VERSION, LENGTH, METADATA])
@resources.response(201)
def begin() -> Response:
    """Announce a results file; `Location` is where its pieces go."""
    upload = resumable.begin(acting("laboratory"))
    return resumable.begun(upload, url_for("uploads.take", number=upload.number, _external=True))


@resources.route("/uploads/<number>", methods=["HEAD"])
@resources.doc(security=TOKEN, parameters=[VERSION])
@resources.response(200)
def offset(number: str) -> Response:
    """How many bytes have arrived."""
    return resumable.offset(acting("laboratory"), number)


@resources.route("/uploads/<number>", methods=["PATCH"])
@resources.doc(security=TOKEN, parameters=[VERSION, OFFSET, CHECKSUM], requestBody=PIECE)
@resources.response(204)
def take(number: str) -> Response:
    """The next piece; with the last one the check begins, to be watched at `/submissions/{number}`."""
    return resumable.take(acting("laboratory"), number)


@resources.route("/uploads/<number>", methods=["DELETE"])
@resources.doc(security=TOKEN, parameters=[VERSION])
@resources.response(204)
def terminate(number: str) -> Response:
    """Cancel the upload, or its check."""
    return resumable.terminate(acting("laboratory"), number)
