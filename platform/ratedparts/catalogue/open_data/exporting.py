"""A set of open data as a folder: written whole, or not there at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from ratedparts.certificates.log_proofs import checkpoint_at, log_size
from ratedparts.db import Database, Work
from ratedparts.disk import whole_folder, write_synced
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from ..read_model import position_now
from .formats import MEDIA_TYPES, cells_like_formulas, write_table
from .manifest import (
    CHECKPOINT,
    FORMATS,
    MANIFEST,
    SUMS,
    Entry,
    Moment,
    Publisher,
    manifest_of,
    schema_name,
    sums_of,
)
from .reading import public_tables

Alive = Callable[[], None]


def export_set(
    database: Database,
    library: ProtocolLibrary,
    publisher: Publisher,
    folder: Path,
    *,
    made_up: bool = False,
    alive: Alive = lambda: None,
) -> Moment:
    """Write everything public as it is at one moment; the folder is there with all of it, or is not there.

    ``made_up``: with the parts that were generated for trials of speed.  ``alive`` is called from time to
    time; whatever it raises ends the work.  Raises ``folder_not_empty`` (folder).
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fault = Fault("folder_not_empty", column="folder", given=str(folder))
        raise RatedPartsError("export_refused", kind=Kind.CONFLICT, items=[fault])
    with whole_folder(folder) as made, database.snapshot() as work:
        moment = Moment(work.at, position_now(work), log_size(work))
        entries = [*_tables(work, library, made, made_up, alive), *_checkpoint(work, moment, made)]
        entries.sort(key=lambda entry: entry.name)
        write_synced(made / MANIFEST, manifest_of(moment, publisher, entries, made_up=made_up))
        entries.append(Entry.of_file(made / MANIFEST, "json", "application/json"))
        write_synced(made / SUMS, sums_of(entries))
    return moment


def _tables(work: Work, library: ProtocolLibrary, made: Path, made_up: bool, alive: Alive) -> Iterator[Entry]:
    for table, frame in public_tables(work, library, made_up=made_up, alive=alive):
        path = made / schema_name(table.name)
        write_synced(path, (json.dumps(table.as_schema(), ensure_ascii=False, indent=1) + "\n").encode())
        yield Entry.of_file(path, "json", "application/json")
        like_formulas = cells_like_formulas(frame, table)
        for form in FORMATS:
            path = made / f"{table.name}.{form}"
            write_table(frame, table, form, path, alive)
            yield Entry.of_file(
                path,
                form,
                MEDIA_TYPES[form],
                table=table.name,
                rows=frame.height,
                like_formulas=like_formulas if form == "csv" else 0,
            )
            alive()


def _checkpoint(work: Work, moment: Moment, made: Path) -> Iterator[Entry]:
    """The log's signed size and root: what the certificates of the set can be held against."""
    if moment.log_size:
        write_synced(made / CHECKPOINT, checkpoint_at(work, moment.log_size).encode("utf-8"))
        yield Entry.of_file(made / CHECKPOINT, "txt", "text/plain")
