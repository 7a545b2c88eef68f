"""What has arrived of a file on its way is still there."""

from __future__ import annotations

from sqlalchemy import select

from ratedparts.submissions.models import Upload
from ratedparts.submissions.uploads import UNFINISHED

from .findings import Findings
from .store import Store


def check_uploads(store: Store, findings: Findings) -> None:
    for number in sorted(_short_of_bytes(store, findings)):
        # It may have come to its end in between, and its file with it: the second look decides.
        received = _received(store).get(number, 0)
        there = _bytes_of(store, number)
        if there < received:
            findings.invalid("upload_bytes_missing", place=f"upload {number}", received=received, there=there)


def _short_of_bytes(store: Store, findings: Findings) -> set[str]:
    waiting = _received(store)
    findings.looked(len(waiting))
    return {number for number, received in waiting.items() if _bytes_of(store, number) < received}


def _received(store: Store) -> dict[str, int]:
    """Number → bytes that the row tells of, for every upload that has not ended."""
    with store.reading() as work:
        query = select(Upload.number, Upload.received_bytes).where(Upload.state.in_(UNFINISHED))
        return {row.number: row.received_bytes for row in work.session.execute(query)}


def _bytes_of(store: Store, number: str) -> int:
    file = store.incoming / number
    return file.stat().st_size if file.is_file() else 0
