"""A copy of a transparency log in a folder, fetched tile by tile and believed only after it was recomputed.

The folder has the layout of https://c2sp.org/tlog-tiles, so any web server can serve it on, and it is a
source for the next mirror.  What was fetched lies aside until the whole log has given the signed root.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    Checkpoint,
    GrowingLog,
    LogEvidence,
    LogRecord,
    Tile,
    TrustedKeys,
    nodes_from_tiles,
    parse_log_leaf,
    tiles_of,
    verify_checkpoint,
)
from ratedparts.proofs.merkle import inclusion_proof
from ratedparts.proofs.tiles import FULL, read_entries

CHECKPOINT = "checkpoint"
_ASIDE = ".unverified"
LARGEST_CHECKPOINT_BYTES = 64 * 1024

Fetch = Callable[[str, int], bytes]
"""Gives the file of a path below the log's prefix; refuses one with more bytes than the second argument."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The checkpoint that holds now, the one that the folder had before, and how many files were fetched."""

    checkpoint: Checkpoint
    earlier: Checkpoint | None
    fetched: int


def mirror_log(fetch: Fetch, folder: Path, *, trust: TrustedKeys, origin: str | None = None) -> Mirrored:
    """Bring the copy in ``folder`` up to date.  It stays as it was wherever this raises.

    Raises
    ------
    RatedPartsError
        Those of `verify_checkpoint`; ``log_rolled_back`` (saved, offered); ``log_forked`` (size): the log
        does not continue the copy; ``log_tile_malformed`` and ``log_tile_differs`` (tile);
        ``log_root_differs`` (size): the entries do not give the signed root.
    """
    earlier = saved_checkpoint(folder, trust=trust, origin=origin)
    note = fetch(CHECKPOINT, LARGEST_CHECKPOINT_BYTES)
    checkpoint = verify_checkpoint(note, trust=trust, origin=earlier.origin if earlier else origin)
    if earlier is not None and checkpoint.size < earlier.size:
        raise RatedPartsError("log_rolled_back", saved=earlier.size, offered=checkpoint.size)
    aside = folder / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    try:

        def read(tile: Tile) -> bytes:
            place = aside / tile.path
            return (place if place.is_file() else folder / tile.path).read_bytes()

        everything = list(tiles_of(checkpoint.size))
        new = [tile for tile in everything if not (folder / tile.path).is_file()]
        _fetch_aside(fetch, new, aside)
        try:
            _recompute(read, checkpoint, earlier)
        except RatedPartsError:
            if earlier is None:
                raise
            # Either the copy is damaged or the log is another one now: the log's own files tell which.
            _fetch_aside(fetch, everything, aside)
            _recompute(read, checkpoint, earlier)
            new = everything
        for tile in new:
            _move(aside / tile.path, folder / tile.path)
        _write(aside / CHECKPOINT, note)
        _move(aside / CHECKPOINT, folder / CHECKPOINT)  # last: what it names is there
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if earlier is not None:
        _drop_outgrown(folder, earlier.size, checkpoint.size)
    return Mirrored(checkpoint, earlier, len(new))


def saved_checkpoint(folder: Path, *, trust: TrustedKeys, origin: str | None = None) -> Checkpoint | None:
    """The checkpoint of the copy, verified again; None where there is no copy yet."""
    try:
        note = (folder / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        return None
    return verify_checkpoint(note, trust=trust, origin=origin)


def record_in(folder: Path, checkpoint: Checkpoint, number: str) -> LogRecord | None:
    """What a mirrored log has about a certificate, with the proof of its issue; None where it has nothing.

    Raises ``log_root_differs`` or ``log_tile_malformed`` where the copy is damaged: what it lacks then says
    nothing.
    """

    def read(tile: Tile) -> bytes:
        return (folder / tile.path).read_bytes()

    log, meant = GrowingLog(), []
    for position, leaf in enumerate(_entries(read, checkpoint.size)):
        log.add(leaf)
        if number.encode() in leaf:  # most entries are of others
            meant.append((position, leaf, parse_log_leaf(leaf)))
    if log.root() != checkpoint.root_hash:
        raise RatedPartsError("log_root_differs", size=checkpoint.size)
    found = [one for one in meant if one[2].certificate_number == number]
    issued = [one for one in found if one[2].action == "issued"]
    if not issued:
        return None
    position, leaf, _ = issued[0]
    last = found[-1][2].action
    hashes = inclusion_proof(position, checkpoint.size, nodes_from_tiles(checkpoint.size, read))
    note = (folder / CHECKPOINT).read_bytes()
    evidence = LogEvidence(note, leaf, position, checkpoint.size, tuple(hashes))
    return LogRecord(evidence, None if last in ("issued", "reinstated") else last)


def _recompute(read: Callable[[Tile], bytes], checkpoint: Checkpoint, earlier: Checkpoint | None) -> None:
    """Hash every entry anew: every tile must come out as it was given, and both roots as they were signed."""
    log, continues = GrowingLog(), True
    for leaf in _entries(read, checkpoint.size):
        for tile, content in log.add(leaf):
            _compare(tile, content, read(tile))
        if earlier is not None and log.size == earlier.size:
            continues = log.root() == earlier.root_hash
    for tile, content in log.partial_tiles():
        _compare(tile, content, read(tile))
    if log.root() != checkpoint.root_hash:
        raise RatedPartsError("log_root_differs", size=checkpoint.size)
    if earlier is not None and not continues:  # both are signed: whoever holds the two can show it
        raise RatedPartsError("log_forked", size=earlier.size)


def _fetch_aside(fetch: Fetch, tiles: list[Tile], aside: Path) -> None:
    for tile in tiles:
        _write(aside / tile.path, fetch(tile.path, tile.most_bytes))


def _compare(tile: Tile, computed: bytes, given: bytes) -> None:
    if len(given) != len(computed):
        raise RatedPartsError("log_tile_malformed", tile=tile.path)
    if given != computed:
        raise RatedPartsError("log_tile_differs", tile=tile.path)


def _entries(read: Callable[[Tile], bytes], size: int) -> Iterator[bytes]:
    for index in range(-(-size // FULL)):
        tile = Tile(None, index, min(FULL, size - index * FULL))
        yield from read_entries(tile, read(tile))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_with(path: Path, content: bytes) -> None:
    """Put a file in the place of another, or of none: whoever looks finds the one or the other."""
    aside = path.with_name(f"{path.name}{_ASIDE}")
    _write(aside, content)
    _move(aside, path)


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    path.replace(to)


def _drop_outgrown(folder: Path, earlier: int, size: int) -> None:
    """Remove partial tiles that a wider or a full one has taken the place of."""
    for tile in set(tiles_of(earlier)) - set(tiles_of(size)):
        path = folder / tile.path
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
