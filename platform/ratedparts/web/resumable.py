"""Files in pieces by the tus protocol, version 1.0: https://tus.io/protocols/resumable-upload

Core, and the extensions creation, termination, expiration and checksum.  Programs reach it with their token
under `/api/v1/uploads`, the page of a test plan with its cookie.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from flask import Response, abort, request

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.actor import Actor
from ratedparts.submissions import uploads
from ratedparts.submissions.incoming import CHECKSUMS, Checksum
from ratedparts.submissions.models import Upload
from ratedparts.submissions.results import LARGEST_BYTES
from ratedparts.wording import error_sentence

from .ingress import first_unprintable
from .language import language
from .problem import problem, problem_of
from .requests import installation, reading, working

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
LARGEST_PIECE = 64 * 2**20
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
    found = installation()
    try:
        upload = uploads.continue_upload(
            found.database,
            actor,
            found.incoming,
            number,
            offset=_number("Upload-Offset"),
            source=request.stream,
            checksum=_checksum(),
        )
    except RatedPartsError as error:
        if error.code != "checksum_differs":
            raise
        return _refused(WRONG_CHECKSUM, error)
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
        raise _unreadable(name, text)
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """``key base64,key base64``."""
    told: dict[str, str] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError:  # not ASCII, not base64, or not UTF-8
            raise _unreadable("Upload-Metadata", pair) from None
        if key in told or first_unprintable(text) is not None:
            raise _unreadable("Upload-Metadata", pair)
        if key:
            told[key] = text
    return told


def _checksum() -> Checksum | None:
    """What the piece is announced to agree with; with text that is no digest nothing agrees."""
    if "Upload-Checksum" not in request.headers:
        return None
    algorithm, _, digest = request.headers["Upload-Checksum"].partition(" ")
    if algorithm not in CHECKSUMS:
        abort(_refused(400, _unreadable("Upload-Checksum", algorithm)))
    try:
        return Checksum(algorithm, base64.b64decode(digest.strip(), validate=True))
    except ValueError:
        return Checksum(algorithm, b"")


def _unreadable(name: str, given: str) -> RatedPartsError:
    return RatedPartsError("header_wrong", name=name, given=given[:80])


def _refused(status: int, error: RatedPartsError) -> Response:
    """A refusal with a status that only this protocol has for it."""
    refusal = problem(status, error.code, error_sentence(error, language()))
    refusal.headers["Tus-Resumable"] = VERSION
    return refusal
