"""Files in pieces by the tus protocol, version 1.0: https://tus.io/protocols/resumable-upload

Core, and the extensions creation, termination, expiration and checksum.  Programs reach it with their token
under `/api/v1/uploads`, the page of a test plan with its cookie.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from io import BytesIO
from typing import IO

from flask import Response, abort, request

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.actor import Actor
from ratedparts.submissions import uploads
from ratedparts.submissions.models import Upload
from ratedparts.submissions.results import LARGEST_BYTES

from .problem import problem_of
from .requests import installation, reading, working

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
LARGEST_PIECE = 64 * 2**20
CHECKSUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
WRONG_CHECKSUM = 460  # the protocol's own


def options() -> Response:
    """What this end understands."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Max-Size": str(LARGEST_BYTES),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        },
    )


def begin(actor: Actor, plan_number: str | None = None) -> Upload:
    """Announce a file: ``Upload-Length``, and ``Upload-Metadata`` with file_name, encoding and plan_id."""
    _require_version()
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    with working() as work:
        return uploads.begin_upload(
            work,
            actor,
            plan_number=plan_number or told.get("plan_id", ""),
            file_name=told.get("file_name") or told.get("filename") or "results.csv",
            size_bytes=_number("Upload-Length"),
            encoding=told.get("encoding") or "utf-8",
        )


def begun(upload: Upload, location: str) -> Response:
    return _answer(201, {"Location": location, "Upload-Expires": _until(upload.last_at)})


def offset(actor: Actor, number: str) -> Response:
    """How much has arrived, for a sender that was interrupted."""
    _require_version()
    with reading() as work:
        upload = uploads.own_upload(work, actor, number)
        if upload.state in ("cancelled", "expired", "failed"):
            return _answer(410)
        return _answer(200, {**_offset(upload), "Upload-Length": str(upload.size_bytes)})


def take(actor: Actor, number: str) -> Response:
    """The next piece."""
    _require_version()
    if request.mimetype != PIECE_TYPE:
        abort(415)
    if (request.content_length or 0) > LARGEST_PIECE:
        raise RatedPartsError(
            "file_too_large", kind=Kind.TOO_LARGE, bytes=request.content_length, maximum=LARGEST_PIECE
        )
    source: IO[bytes] = request.stream
    if "Upload-Checksum" in request.headers:
        content = request.get_data()
        if not _as_announced(content):
            return _answer(WRONG_CHECKSUM)
        source = BytesIO(content)
    found = installation()
    upload = uploads.continue_upload(
        found.database, actor, found.incoming, number, offset=_number("Upload-Offset"), source=source
    )
    return _answer(204, _offset(upload))


def terminate(actor: Actor, number: str) -> Response:
    _require_version()
    with working() as work:
        uploads.cancel_upload(work, actor, number)
    return _answer(204)


def _answer(status: int, headers: Mapping[str, str] | None = None) -> Response:
    told = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **(headers or {})}
    answer = Response(status=status, headers=told)
    del answer.headers["Content-Type"]  # there is none
    return answer


def _offset(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.received_bytes)}
    if upload.state == "arriving":
        headers["Upload-Expires"] = _until(upload.last_at)
    return headers


def _until(last: datetime) -> str:
    return format_datetime(last + uploads.PATIENCE, usegmt=True)


def _require_version() -> None:
    if request.headers.get("Tus-Resumable", "") != VERSION:
        error = RatedPartsError("header_wrong", name="Tus-Resumable", given=VERSION, kind=Kind.OUTDATED)
        refusal = problem_of(error)
        refusal.headers["Tus-Version"] = VERSION
        abort(refusal)


def _number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise RatedPartsError("header_wrong", name=name, given=text[:80])
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """``key base64,key base64``."""
    told = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            if key:
                told[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise RatedPartsError("header_wrong", name="Upload-Metadata", given=pair[:80]) from None
    return told


def _as_announced(content: bytes) -> bool:
    algorithm, _, digest = request.headers["Upload-Checksum"].partition(" ")
    if algorithm not in CHECKSUMS:
        raise RatedPartsError("header_wrong", name="Upload-Checksum", given=algorithm[:80])
    return base64.b64encode(CHECKSUMS[algorithm](content).digest()).decode() == digest.strip()
