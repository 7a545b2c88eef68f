"""The blobs that the rows name: each once, read and held against its digest on the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select, union

from ratedparts.blobs.store import BlobStore, digest_of_file
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.store_verification.kept_blobs import NAMING

from .manifest import BLOB_LIST, blob_path
from .stored_tables import StoredTable

AT_ONCE = 1000


@dataclass
class Copied:
    """``linked``: of an earlier backup, and not copied again."""

    count: int = 0
    size_bytes: int = 0
    linked: int = 0
    faults: list[Fault] = field(default_factory=list)


def list_blobs(connection: Connection, tables: tuple[StoredTable, ...], made: Path) -> int:
    """Write down every digest that a row names, sorted, a line each; how many they are."""
    queries, known = [], {one.name: one for one in tables}
    for place in NAMING:
        table, column = place.split(".")
        if table in known and column in known[table].columns:  # an older revision has fewer of them
            named = known[table].on(connection).c[column]
            queries.append(select(named.label("digest")).where(named.is_not(None)))
    count = 0
    with (made / BLOB_LIST).open("w", encoding="ascii", newline="\n") as file:
        if queries:
            every = union(*queries).subquery()
            rows = connection.execution_options(yield_per=AT_ONCE).execute(
                select(every.c.digest).order_by(every.c.digest)
            )
            for (digest,) in rows:
                file.write(f"{digest}\n")
                count += 1
    return count


def listed_blobs(folder: Path) -> Iterator[str]:
    with (folder / BLOB_LIST).open(encoding="ascii") as file:
        yield from (line.rstrip("\n") for line in file)


def copy_blobs(store: BlobStore, made: Path, earlier: Path | None, watch: Callable[[int], None]) -> Copied:
    """Copy what the list names.  ``watch`` is told how many are done.

    What an earlier backup has, undamaged, is linked from there, or copied where that cannot be: so it also
    makes up for a blob that the store has lost since.  Every blob that is nowhere whole is a fault.
    """
    copied = Copied()
    for digest in listed_blobs(made):
        place = made / blob_path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if earlier is not None and _taken_over(earlier / blob_path(digest), digest, place):
                copied.linked += 1
            else:
                store.copy_into(digest, place)
        except RatedPartsError as error:
            missing = error.code == "blob_missing"
            code = "kept_blob_missing" if missing else "kept_blob_damaged"
            copied.faults.append(Fault(code, column=BLOB_LIST, parameters={"digest": digest}))
            continue
        copied.count += 1
        copied.size_bytes += place.stat().st_size
        watch(copied.count)
    return copied


def _taken_over(there: Path, digest: str, place: Path) -> bool:
    """Whether the earlier backup had it, and has it as it was."""
    if not there.is_file() or digest_of_file(there) != digest:
        return False
    try:
        os.link(there, place)
    except OSError:  # another disk, or one without links
        shutil.copyfile(there, place)
    return True
