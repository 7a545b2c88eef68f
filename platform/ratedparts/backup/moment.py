"""The instant that a backup is of: one state of the database, with the files that go with its rows.

Rows are seen as they were at one instant however long they are read; files are not.  Blobs never change nor
go, so they are copied afterwards.  Two kinds of files do go: those of unfinished uploads, which are copied at
once, and letters that wait, which are listed *before*: one that is laid down later belongs to a job that the
rows have as waiting still, and would come twice.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.certificates import notices
from ratedparts.db import Database, Work
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.jobs.models import Job
from ratedparts.mail import Outbox
from ratedparts.organisations import forgotten_passwords
from ratedparts.submissions.incoming import Incoming
from ratedparts.submissions.uploads import UNFINISHED

from .manifest import INCOMING
from .stored_tables import StoredTable, revision_of, tables_at

# Jobs at whose end something is out of the house or in the outbox, before the row says that they are done.
TELLING: Final = (
    "review_step_taken",
    notices.EVENT,
    forgotten_passwords.EVENT,
    watching.ASKED,
    watching.NOTICED,
    watching.MESSAGE_DUE,
)
PATIENCE_SECONDS: Final = 15.0  # after which the moment is taken as it is
PAUSE_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Moment:
    """``letters``: those that waited; ``uploads``: the numbers of those of which something had arrived."""

    work: Work
    revision: str
    tables: tuple[StoredTable, ...]
    letters: tuple[Path, ...]
    uploads: tuple[str, ...]


class _MovedOn(Exception):
    """An upload ended between the instant and its file: another instant has to be found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


@contextmanager
def one_moment(
    database: Database,
    outbox: Outbox,
    incoming: Incoming,
    made: Path,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[Moment]:
    """A moment at which nobody is being told anything; what has arrived of uploads is in ``made`` already.

    Raises ``backup_refused`` with ``upload_bytes_missing`` for each upload whose bytes were lost before, and
    ``nothing_to_back_up`` for a database without a schema.
    """
    until = time.monotonic() + patience_seconds
    while True:
        in_time = time.monotonic() < until
        letters = tuple(outbox.waiting())
        with database.snapshot() as work:
            revision = revision_of(work.session.connection())
            if revision is None:
                raise RatedPartsError("nothing_to_back_up", kind=Kind.CONFLICT)
            tables = tables_at(revision)
            try:
                uploads = _copied(work, tables, incoming, made)
            except _MovedOn as moved:
                if not in_time:
                    raise RatedPartsError("backup_refused", items=moved.faults) from None
            else:
                if not (in_time and _somebody_is_told(work)):
                    yield Moment(work, revision, tables, letters, uploads)
                    return
        time.sleep(PAUSE_SECONDS)


def _somebody_is_told(work: Work) -> bool:
    """Whether a job is being done that tells somebody; one whose worker died is nobody's."""
    running = select(func.count()).select_from(Job)
    running = running.where(Job.event.in_(TELLING), Job.state == "running", Job.lease_until > work.at)
    return bool(work.session.scalar(running))


def _copied(work: Work, tables: tuple[StoredTable, ...], incoming: Incoming, made: Path) -> tuple[str, ...]:
    """Copies what the rows know of each unfinished upload; bytes behind it belong to no row yet."""
    folder = made / INCOMING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    known = {one.name: one for one in tables}
    if "upload" not in known:
        return ()
    upload = known["upload"].on(work.session.connection())
    query = select(upload.c.number, upload.c.received_bytes)
    query = query.where(upload.c.state.in_(UNFINISHED), upload.c.received_bytes > 0)
    faults, numbers = [], []
    for number, received in work.session.execute(query.order_by(upload.c.number)):
        there = _copy(incoming.path(number), folder / number, received)
        if there < received:
            lost = {"received": received, "there": there}
            faults.append(Fault("upload_bytes_missing", column=number, parameters=lost))
        numbers.append(number)
    if faults:
        raise _MovedOn(faults)
    return tuple(numbers)


def _copy(source: Path, target: Path, size: int) -> int:
    """The first so many bytes; how many there were of them."""
    try:
        with source.open("rb") as given, target.open("wb") as taken:
            left = size
            while left and (piece := given.read(min(left, 2**20))):
                taken.write(piece)
                left -= len(piece)
            return size - left
    except FileNotFoundError:
        return 0
