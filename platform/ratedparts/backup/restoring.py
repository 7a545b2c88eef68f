"""Makes an installation of a backup, where there is none.

The order matters.  The marker first: from there on nothing starts.  Then files, which nobody looks at
without their rows; then all rows in one transaction; then the marker goes.  Killed anywhere before that
transaction is kept, restoring begins afresh; killed after it, there is only the marker left to be taken away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import inspect

from ratedparts.certificates.models import Restoration
from ratedparts.db import Database, uuid7
from ratedparts.db.migrating import known_revisions
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.installation import Installation
from ratedparts.settings import Settings

from .blob_copies import listed_blobs
from .checking import check_backup
from .loading import load
from .manifest import INCOMING, OUTBOX, Manifest, blob_path, damaged
from .stored_tables import REVISIONS_TABLE
from .unfinished import Unfinished, end

Progress = Callable[[float, str], None]
# What may lie there before: keys are kept and brought by other hands, and the rest is made at every start.
MAY_BE_THERE = ("keys", "session.key")


def restore(
    installation: Installation, folder: Path, *, progress: Progress = lambda share, what: None
) -> Manifest:
    """Fill an empty installation; it reads from then on, and is held back until it is released.

    Raises
    ------
    RatedPartsError
        ``restore_refused`` with every fault: ``installation_not_empty``, ``backup_of_another_environment``,
        ``backup_of_newer_program``; ``backup_damaged`` with every file.  Nothing was touched then.
        ``backup_damaged`` also where the rows do not fit each other: then the installation stays marked as
        unfinished, and is not served.
    """
    settings = installation.settings
    database = Database(
        settings.database_url, installation.clock
    )  # its own door: the marker closes the other
    try:
        manifest = Manifest.read(folder)
        before = Unfinished.found(settings.unfinished_restore)
        if before is not None and _is_filled(database, before, manifest):
            end(settings.unfinished_restore)
            return manifest
        _require_fitting(settings, database, manifest, before is not None)
        check_backup(folder, lambda share: progress(share, "checking"))
        marker = Unfinished(uuid7(installation.clock()), manifest.digest)
        if before is not None:
            _clear(settings)
        marker.write(settings.unfinished_restore)
        _lay_files(installation, folder, manifest, progress)
        os.sync()  # rows tell of these files: they have to last first
        load(database, folder, manifest, marker.id, lambda share: progress(share, "loading rows"))
        end(settings.unfinished_restore)
        return manifest
    finally:
        database.dispose()


def _is_filled(database: Database, before: Unfinished, manifest: Manifest) -> bool:
    """Whether a restoring of this backup died between its transaction and the marker."""
    if before.backup_digest != manifest.digest or not _tables(database):
        return False
    with database.reading() as work:
        return work.session.get(Restoration, before.id) is not None


def _require_fitting(settings: Settings, database: Database, manifest: Manifest, again: bool) -> None:
    faults = [] if again else [_occupied(str(path)) for path in _strangers(settings)]
    if tables := _tables(database):
        faults.append(_occupied(", ".join(tables[:3])))
    ours = settings.environment.value
    if manifest.environment != ours:
        named = {"ours": ours, "theirs": manifest.environment}
        faults.append(Fault("backup_of_another_environment", parameters=named))
    if manifest.revision not in known_revisions():
        faults.append(Fault("backup_of_newer_program", parameters={"revision": manifest.revision}))
    if faults:
        raise RatedPartsError("restore_refused", kind=Kind.CONFLICT, items=faults)


def _occupied(what: str) -> Fault:
    return Fault("installation_not_empty", given=what)


def _strangers(settings: Settings) -> Iterator[Path]:
    """What lies in the folder and belongs to some installation."""
    file = _sqlite_file(settings.database_url)
    # An empty database is looked at by its tables; the files beside it are its own.
    own = {f"{file}{suffix}" for suffix in ("", "-wal", "-shm")} if file else set()
    for path in sorted(settings.var.iterdir()) if settings.var.is_dir() else []:
        empty = path.is_dir() and not any(path.iterdir())
        if path.name not in MAY_BE_THERE and str(path) not in own and not empty:
            yield path


def _tables(database: Database) -> list[str]:
    file = _sqlite_file(database.url)
    if file and not Path(file).exists():
        return []  # to ask would make it
    return [name for name in inspect(database.engine).get_table_names() if name != REVISIONS_TABLE]


def _sqlite_file(url: str) -> str:
    return url.removeprefix("sqlite:///") if url.startswith("sqlite") else ""


def _clear(settings: Settings) -> None:
    """Take away what a restoring that died has laid: before it there was nothing."""
    for folder in (settings.blobs, settings.incoming, settings.outbox):
        shutil.rmtree(folder, ignore_errors=True)


def _lay_files(installation: Installation, folder: Path, manifest: Manifest, progress: Progress) -> None:
    settings = installation.settings
    for done, digest in enumerate(listed_blobs(folder), start=1):
        if installation.blobs.put_file(folder / blob_path(digest)) != digest:  # since it was checked
            raise damaged([Fault("backup_file_differs", column=blob_path(digest))])
        progress(done / max(manifest.blobs, 1), "copying blobs")
    settings.incoming.mkdir(parents=True, exist_ok=True)
    for entry in manifest.files_in(INCOMING):
        target = settings.incoming / Path(entry.path).name
        shutil.copyfile(folder / entry.path, target)
        target.chmod(0o600)
    for entry in manifest.files_in(OUTBOX):
        installation.outbox.hold(folder / entry.path)
