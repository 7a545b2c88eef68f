"""Files that arrive in pieces: begun, continued after an interruption, cancelled, forgotten if left."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import IO

from sqlalchemy import func, select

from ratedparts.db import Database, Work, lock, public_number
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.models import Organisation
from ratedparts.protocols import ENCODINGS, ArrivingText, accepted_encoding

from .incoming import Checksum, Incoming
from .models import TestPlan, Upload
from .plans import may_see, require_party, visible_plan
from .results import LARGEST_BYTES, printable
from .withdrawals import require_not_withdrawn

PATIENCE = timedelta(days=1)  # an upload that nobody continues is given up
MOST_AT_ONCE = 16  # of one laboratory
UNFINISHED = ("arriving", "arrived", "checking")


def begin_upload(
    work: Work, actor: Actor, *, plan_number: str, file_name: str, size_bytes: int, encoding: str = "utf-8"
) -> Upload:
    """Announce a file of so many bytes.

    Raises
    ------
    RatedPartsError
        ``file_too_large``, ``file_missing`` for one of no bytes, ``too_many_uploads``, ``not_found``;
        ``request_refused`` for an encoding that no check would accept.
    """
    plan = visible_plan(work, actor, plan_number)
    require_party(actor, plan)
    require_not_withdrawn(work, plan)
    if size_bytes > LARGEST_BYTES:
        raise RatedPartsError("file_too_large", kind=Kind.TOO_LARGE, bytes=size_bytes, maximum=LARGEST_BYTES)
    if size_bytes < 1:
        raise RatedPartsError("file_missing")
    if accepted_encoding(encoding) is None:
        accepted = sorted(set(ENCODINGS.values()))
        fault = Fault("encoding_not_accepted", given=encoding[:80], parameters={"expected": accepted})
        raise RatedPartsError("request_refused", items=[fault])
    _forget_those_left_alone(work)
    # Two that begin at once are counted one after the other.
    work.session.get(Organisation, actor.organisation_id, with_for_update={"key_share": True})
    unfinished = (
        select(func.count())
        .select_from(Upload)
        .join(TestPlan)
        .where(TestPlan.laboratory_id == actor.organisation_id, Upload.state.in_(UNFINISHED))
    )
    if (work.session.scalar(unfinished) or 0) >= MOST_AT_ONCE:
        raise RatedPartsError("too_many_uploads", kind=Kind.CONFLICT, maximum=MOST_AT_ONCE)
    upload = Upload(
        id=work.new_id(),
        number=public_number("SUB"),
        plan=plan,
        uploaded_by=actor.person_id,
        file_name=printable(file_name),
        encoding=encoding,
        size_bytes=size_bytes,
        received_bytes=0,
        lines=0,
        open_line_bytes=0,
        checked_bytes=0,
        state="arriving",
        begun_at=work.at,
        last_at=work.at,
    )
    work.session.add(upload)
    work.session.flush()
    record_by(work, actor, "begin_upload", "upload", upload.id, number=upload.number, bytes=size_bytes)
    return upload


def visible_upload(work: Work, actor: Actor, number: str) -> Upload:
    """An upload for a plan that the actor may see; otherwise it does not exist."""
    upload = find_upload(work, number)
    if upload is None or not may_see(actor, upload.plan):
        raise not_found("submission", number)
    return upload


def find_upload(work: Work, number: str) -> Upload | None:
    return work.session.scalars(select(Upload).where(Upload.number == number)).first()


def unfinished_uploads(work: Work, plan_id: uuid.UUID) -> list[Upload]:
    """Those of a plan that have not ended, newest first."""
    query = select(Upload).where(Upload.plan_id == plan_id, Upload.state.in_(UNFINISHED))
    return list(work.session.scalars(query.order_by(Upload.begun_at.desc())))


def own_upload(work: Work, actor: Actor, number: str) -> Upload:
    upload = visible_upload(work, actor, number)
    require_party(actor, upload.plan)
    return upload


def continue_upload(
    database: Database,
    actor: Actor,
    incoming: Incoming,
    number: str,
    *,
    offset: int,
    source: IO[bytes],
    checksum: Checksum | None = None,
) -> Upload:
    """Take the next piece.  With the last one the file is complete and waits for its check.

    The piece is on the disk before the row tells of it, and no transaction is open as it comes in.  A
    file that breaks a limit ends here, with its reason.
    """
    with database.reading() as work:
        _require_arriving(own_upload(work, actor, number), offset)
    with incoming.held(number) as file:
        # Before the file was held another piece may have come in, or the upload may have ended.
        with database.reading() as work:
            upload = own_upload(work, actor, number)
        if upload.ended:
            incoming.drop(number)
        _require_arriving(upload, offset)
        arriving = ArrivingText(upload.size_bytes, offset, upload.lines, upload.open_line_bytes)
        try:
            count = file.append(offset, source, upload.size_bytes - offset, arriving, checksum)
        except RatedPartsError as error:
            if error.code != "checksum_differs":
                with database.work() as work:
                    _fail(work, actor, own_upload(work, actor, number), error)
            raise
        with database.work() as work:
            return _arrived(work, own_upload(work, actor, number), offset, count, arriving)


def _arrived(work: Work, upload: Upload, offset: int, count: int, arriving: ArrivingText) -> Upload:
    lock(work, upload)
    _require_arriving(upload, offset)
    upload.received_bytes = offset + count
    upload.lines, upload.open_line_bytes = arriving.lines, arriving.open_line_bytes
    upload.last_at = work.at
    if upload.received_bytes == upload.size_bytes:
        upload.state = "arrived"
        enqueue(work, "file_arrived", long=True, number=upload.number)
    return upload


def cancel_upload(work: Work, actor: Actor, number: str) -> Upload:
    """Stop an upload or its check, and forget what came of it.  Raises ``upload_ended``."""
    upload = own_upload(work, actor, number)
    lock(work, upload)
    if upload.ended:
        raise RatedPartsError("upload_ended", kind=Kind.CONFLICT, state=upload.state)
    end_upload(work, upload, "cancelled")
    record_by(work, actor, "cancel_upload", "upload", upload.id, number=upload.number)
    return upload


def abandon_upload(work: Work, actor: Actor, number: str) -> None:
    """As `cancel_upload`, where nobody will go on; one that has ended already stays as it is."""
    upload = own_upload(work, actor, number)
    lock(work, upload)
    if not upload.ended:
        cancel_upload(work, actor, number)


def end_upload(work: Work, upload: Upload, state: str) -> None:
    """Note the end; the file is dropped once that is kept."""
    upload.state, upload.ended_at = state, work.at
    enqueue(work, "upload_ended", number=upload.number)


def _fail(work: Work, actor: Actor, upload: Upload, error: RatedPartsError) -> None:
    lock(work, upload)
    if upload.ended:
        return
    upload.error = {"code": error.code, "parameters": dict(error.parameters)}
    end_upload(work, upload, "failed")
    record_by(work, actor, "refuse_upload", "upload", upload.id, number=upload.number, code=error.code)


def _require_arriving(upload: Upload, offset: int) -> None:
    if upload.state != "arriving":
        raise RatedPartsError("upload_ended", kind=Kind.CONFLICT, state=upload.state)
    if upload.received_bytes != offset:
        raise RatedPartsError(
            "upload_offset", kind=Kind.CONFLICT, given=offset, expected=upload.received_bytes
        )


def _forget_those_left_alone(work: Work) -> None:
    left = select(Upload).where(Upload.state == "arriving", Upload.last_at < work.at - PATIENCE)
    # One whose next piece is coming in this moment is not left alone.
    for upload in work.session.scalars(left.with_for_update(skip_locked=True)):
        end_upload(work, upload, "expired")
