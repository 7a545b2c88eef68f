"""A results file that comes in one piece: checked at once where it is small, else in the background."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import LengthRequired

from ratedparts.errors import RatedPartsError
from ratedparts.organisations.actor import Actor
from ratedparts.protocols import file_ending
from ratedparts.submissions import uploads
from ratedparts.submissions.models import Upload
from ratedparts.submissions.results import INLINE_BYTES, submission_ids, submit_results
from ratedparts.wording import error_sentence

from .language import language
from .requests import installation, working


@dataclass(frozen=True)
class Received:
    """The submission, or the upload that will become one; ``repeated``: these bytes were accepted before."""

    number: str
    waiting: bool = False
    refused: bool = False
    repeated: bool = False


def receive(
    actor: Actor, plan_number: str, source: IO[bytes], size: int, file_name: str | None, encoding: str
) -> Received:
    found = installation()
    if size <= INLINE_BYTES:
        content = source.read()
        if not content:
            raise RatedPartsError("file_missing")
        with working() as work:
            before = submission_ids(work, plan_number)
            submission = submit_results(
                work,
                actor,
                found.library,
                found.keeper,
                plan_number=plan_number,
                file_name=file_name or f"results{file_ending(content)}",
                content=content,
                encoding=encoding,
            )
            return Received(
                submission.number,
                refused=submission.state == "refused",
                repeated=submission.id in before,
            )
    with working() as work:
        upload = uploads.begin_upload(
            work,
            actor,
            plan_number=plan_number,
            file_name=file_name or "results.csv",
            size_bytes=size,
            encoding=encoding,
        )
    try:
        uploads.continue_upload(found.database, actor, found.incoming, upload.number, offset=0, source=source)
    except Exception:
        # This request is all there is of it: nobody would go on with what has arrived.
        with found.database.work() as work:
            uploads.abandon_upload(work, actor, upload.number)
        raise
    return Received(upload.number, waiting=True)


def sent_file(request: Request) -> tuple[IO[bytes], int, str | None]:
    """The file of a request, a form's field or the body itself; its size; its name, if it has one."""
    # The fields of a form are looked for in a form alone: what looks for them reads the body.
    file = request.files.get("file") if request.mimetype == "multipart/form-data" else None
    if file is not None:
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        return file.stream, size, file.filename
    if request.content_length is None:
        raise LengthRequired
    size = request.content_length
    return request.stream if size > INLINE_BYTES else BytesIO(request.get_data()), size, None


def upload_fault(upload: Upload) -> dict[str, Any] | None:
    """Why an upload failed, as the faults of a file are told; None where it did not."""
    if upload.error is None:
        return None
    error = RatedPartsError(upload.error["code"], **upload.error["parameters"])
    return {
        "row": upload.error["parameters"].get("row"),
        "column": None,
        "given": upload.error["parameters"].get("given"),
        "expected": None,
        "code": error.code,
        "message": error_sentence(error, language()),
    }
