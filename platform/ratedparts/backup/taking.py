"""Takes a backup, while the installation goes on serving and writing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ratedparts import __version__
from ratedparts.audit.service import first_broken_line, length
from ratedparts.certificates.log_proofs import checkpoint_at, log_size
from ratedparts.db.migrating import known_revisions
from ratedparts.disk import whole_folder, write_synced
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.installation import LOG_ORIGINS, Installation
from ratedparts.jobs.models import Job
from ratedparts.proofs import format_instant

from .blob_copies import Copied, copy_blobs, list_blobs
from .manifest import BLOB_LIST, INCOMING, MANIFEST, OUTBOX, ROWS, FileEntry, Manifest, TableEntry
from .moment import PATIENCE_SECONDS, Moment, one_moment
from .rows import write_rows

Progress = Callable[[float, str], None]
"""Told how far, 0 to 1, the step of that name has come."""


def back_up(
    installation: Installation,
    folder: Path,
    *,
    earlier: Path | None = None,
    progress: Progress = lambda share, what: None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> tuple[Manifest, Copied]:
    """Write everything that the installation keeps, as it is at one instant; its manifest, and its blobs.

    The folder is there with all of it, or is not there.  Private keys are no part of it, nor what is made of
    the rest at any time.  ``earlier``: another backup, whose blobs are linked instead of copied.

    Raises
    ------
    RatedPartsError
        ``backup_refused`` with every fault: ``folder_not_empty``, ``kept_blob_missing`` and
        ``kept_blob_damaged`` (digest), ``upload_bytes_missing``, ``backup_of_newer_program`` (revision);
        ``nothing_to_back_up``; `Manifest.read`'s for ``earlier``.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fault = Fault("folder_not_empty", column="folder", given=str(folder))
        raise RatedPartsError("backup_refused", kind=Kind.CONFLICT, items=[fault])
    if earlier is not None:
        Manifest.read(earlier)
    here = installation
    # It holds the digests of passwords and the secrets of programs: for its owner alone.
    with whole_folder(folder, mode=0o700) as made:
        moments = one_moment(
            here.database, here.outbox, here.incoming, made, patience_seconds=patience_seconds
        )
        with moments as moment:
            if moment.revision not in known_revisions():
                fault = Fault("backup_of_newer_program", parameters={"revision": moment.revision})
                raise RatedPartsError("backup_refused", items=[fault])
            tables = _tables(moment, made, progress)
            blobs = list_blobs(moment.work.session.connection(), moment.tables, made)
            told = _told(moment)
        letters = _letters(moment, made)
        copied = copy_blobs(
            here.blobs, made, earlier, lambda done: progress(done / max(blobs, 1), "copying blobs")
        )
        if copied.faults:
            raise RatedPartsError("backup_refused", items=copied.faults)
        paths = [BLOB_LIST, *(one.path for one in tables)]
        paths += [f"{INCOMING}/{number}" for number in moment.uploads]
        manifest = Manifest(
            **told,
            environment=here.settings.environment.value,
            log_origin=LOG_ORIGINS[here.settings.environment.value],
            engine_version=engine_version(),
            program_version=__version__,
            blobs=copied.count,
            blob_bytes=copied.size_bytes,
            tables=tuple(tables),
            files=tuple(FileEntry.of(made, path) for path in [*paths, *letters]),
        )
        os.sync()  # once for all, instead of a wait for each of very many files
        write_synced(made / MANIFEST, manifest.to_bytes())
    return manifest, copied


def _tables(moment: Moment, made: Path, progress: Progress) -> list[TableEntry]:
    (made / ROWS).mkdir()
    connection, entries = moment.work.session.connection(), []
    for number, stored in enumerate(moment.tables):
        share = number / len(moment.tables)
        path = made / ROWS / f"{stored.name}.jsonl.gz"
        progress(share, "reading rows")
        count = write_rows(connection, stored, path)
        entries.append(TableEntry(stored.name, count, stored.columns))
    return entries


def _told(moment: Moment) -> dict[str, Any]:
    """What the manifest says of that state of the database."""
    work, size = moment.work, log_size(moment.work)
    jobs = work.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {
        "instant": format_instant(work.at),
        "revision": moment.revision,
        "database": work.session.connection().dialect.name,
        "log_size": size,
        "checkpoint": checkpoint_at(work, size) if size else None,
        "audit_lines": length(work),
        "audit_broken_at": first_broken_line(work),
        "jobs": {row[0]: row[1] for row in jobs},
    }


def _letters(moment: Moment, made: Path) -> list[str]:
    """Copies the letters that waited and wait still: the others have been carried meanwhile."""
    folder, paths = made / OUTBOX, []
    folder.mkdir()
    for letter in moment.letters:
        try:
            shutil.copyfile(letter, folder / letter.name)
        except FileNotFoundError:
            (folder / letter.name).unlink(missing_ok=True)
            continue
        paths.append(f"{OUTBOX}/{letter.name}")
    return paths
