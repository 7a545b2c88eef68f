"""A set of open data each night, at the midnight of Shanghai; the newest are kept.

One job follows the other: whoever ends one asks for the next, and a worker that starts asks where nobody has.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text

from ratedparts.calendar_days import day_of, end_of
from ratedparts.db import Database, Work
from ratedparts.disk import UNFINISHED
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters, enqueue
from ratedparts.protocols import ProtocolLibrary

from .exporting import export_set
from .manifest import MANIFEST, NOT_STATED, SUMS, Licence, Publisher, digests_of, schema_name
from .tables import Table

EVENT: Final = "open_data_due"
NIGHTS_KEPT: Final = 7
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class KeptSet:
    """``files``: by their names, in the order of the manifest, which comes last with the sums."""

    day: str
    folder: Path
    manifest: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, Table]

    @property
    def total_bytes(self) -> int:
        return sum(int(one["bytes"]) for one in self.files.values())

    @property
    def licence(self) -> Licence | None:
        """None: the operator has not stated one yet."""
        said = self.manifest["licenses"][0]
        found = Licence(said["name"], said.get("path"))
        return None if found == NOT_STATED else found


def ask_for_next(work: Work, at: datetime, *, besides: tuple[str, ...] = ("queued",)) -> Job | None:
    """Have the next set made at that instant, unless a job in one of the states will see to it.

    One that waits for a later instant is brought forward.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text("SELECT pg_advisory_xact_lock(7203413)"))  # SQLite has one writer anyway
    known = select(Job).where(Job.event == EVENT, Job.state.in_(besides)).order_by(Job.not_before).limit(1)
    job = work.session.scalars(known.with_for_update()).first()
    if job is None:
        return enqueue(work, EVENT, not_before=at, long=True)
    if job.state == "queued" and job.not_before > at:
        job.not_before = at
    return None


def begin_nights(work: Work, folder: Path) -> Job | None:
    """Called at every start: one chain of jobs goes on, however many workers there are.

    Where today's set is not there yet, it is made at once.
    """
    there = (folder / day_of(work.at).isoformat()).is_dir()
    at = end_of(day_of(work.at)) if there else work.at
    return ask_for_next(work, at, besides=("queued", "running"))


def nightly_export(library: ProtocolLibrary, publisher: Publisher, folder: Path) -> LongWork:
    """The job: a set named by the day that begins, unless it is there; then what is too old is removed."""

    def prepare(database: Database, parameters: Parameters, lease: Lease) -> Handler:
        place = folder / day_of(database.clock()).isoformat()
        if not place.is_dir():
            _remove(folder.glob(f"{UNFINISHED}*"))  # of a worker that died: its lease has run out
            export_set(database, library, publisher, place, alive=lease.extend)
        _remove(one.folder for one in kept_sets(folder)[NIGHTS_KEPT:])
        return next_night

    def next_night(work: Work, parameters: Parameters) -> None:
        """Also after a night that failed for good: the next may do better."""
        ask_for_next(work, end_of(day_of(work.at)))

    return LongWork(prepare, next_night)


def kept_sets(folder: Path) -> list[KeptSet]:
    """The newest first."""
    days = [one.name for one in folder.iterdir() if _DAY.fullmatch(one.name)] if folder.is_dir() else []
    found = (kept_set(folder, day) for day in sorted(days, reverse=True))
    return [one for one in found if one is not None]


def kept_set(folder: Path, day: str) -> KeptSet | None:
    """The set of a day; None where there is none, or not any more."""
    place = folder / day
    if _DAY.fullmatch(day) is None or not place.is_dir():
        return None
    try:
        return _described(place, (place / SUMS).stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):  # it is being removed
        return None


@lru_cache(maxsize=2 * NIGHTS_KEPT)  # read again only where it was made anew by hand
def _described(place: Path, _written: int) -> KeptSet:
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    files = {str(one["path"]): one for one in manifest["resources"]}
    sums = digests_of((place / SUMS).read_text("utf-8"))
    for name, media_type, digest in (
        (MANIFEST, "application/json", sums[MANIFEST]),
        (SUMS, "text/plain", _digest(place / SUMS)),
    ):
        size = (place / name).stat().st_size
        files[name] = {"path": name, "mediatype": media_type, "bytes": size, "hash": f"sha256:{digest}"}
    names = dict.fromkeys(str(one["table"]) for one in manifest["resources"] if "table" in one)
    tables = {
        name: Table.of_schema(json.loads((place / schema_name(name)).read_text("utf-8"))) for name in names
    }
    return KeptSet(place.name, place, manifest, files, tables)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _remove(folders: Iterable[Path]) -> None:
    for one in list(folders):
        shutil.rmtree(one, ignore_errors=True)
