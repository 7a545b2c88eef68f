"""The tiles by which a log is published as files that never change (https://c2sp.org/tlog-tiles).

A tile of level l holds up to 256 consecutive hashes of complete subtrees of 256**l leaves; a bundle of
entries holds the leaves themselves, each after its length in two bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.merkle import NodeReader, node_hash

HEIGHT = 8  # levels of the tree in a tile
FULL = 1 << HEIGHT
HASH_BYTES = 32
MOST_ENTRY_BYTES = 0xFFFF
MOST_LEVELS = 64
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its place: ``level`` is None for a bundle of entries, ``width`` counts its hashes."""

    level: int | None
    index: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Where it is published, below the log's prefix: ``tile/0/x001/234.p/12``."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else self.level
        return f"tile/{level}/{number}" + (f".p/{self.width}" if self.width < FULL else "")

    @classmethod
    def at(cls, path: str) -> Tile:
        """Read a path; a tile has exactly one.  Raises ``log_tile_path`` (given)."""
        match = _PATH.fullmatch(path)
        if match is not None:
            level = None if match["level"] == "entries" else int(match["level"])
            index = int(match["index"].replace("x", "").replace("/", ""))
            tile = cls(level, index, int(match["width"] or FULL))
            if tile.path == path and (level or 0) < MOST_LEVELS:
                return tile
        raise RatedPartsError("log_tile_path", given=path[:120])

    @property
    def is_full(self) -> bool:
        """Whether it holds all it ever will."""
        return self.width == FULL

    @property
    def node_level(self) -> int:
        """The level in the tree of what its hashes are the roots of."""
        return HEIGHT * (self.level or 0)

    @property
    def start(self) -> int:
        """The position, on its level, of its first hash."""
        return self.index * FULL

    def is_in(self, size: int) -> bool:
        """Whether a log of ``size`` leaves has all of it."""
        return self.start + self.width <= size >> self.node_level

    @property
    def most_bytes(self) -> int:
        """What it can take at most, in bytes."""
        each = HASH_BYTES if self.level is not None else 2 + MOST_ENTRY_BYTES
        return self.width * each


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield the tiles of a log of ``size`` leaves: entries, then the levels upwards, each from the left."""
    levels: list[int | None] = [None, *(level for level in range(MOST_LEVELS) if size >> HEIGHT * level)]
    for level in levels:
        full, rest = divmod(size >> HEIGHT * (level or 0), FULL)
        yield from (Tile(level, index) for index in range(full))
        if rest:
            yield Tile(level, full, rest)


def read_hashes(tile: Tile, content: bytes) -> list[bytes]:
    """Return the hashes of a tile.  Raises ``log_tile_malformed`` (tile) where there are more or fewer."""
    if len(content) != tile.width * HASH_BYTES:
        raise RatedPartsError("log_tile_malformed", tile=tile.path)
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def write_entries(leaves: Sequence[bytes]) -> bytes:
    """Return the bundle of some leaves.  Raises ``log_entry_too_long`` (bytes)."""
    for leaf in leaves:
        if len(leaf) > MOST_ENTRY_BYTES:
            raise RatedPartsError("log_entry_too_long", bytes=len(leaf))
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def read_entries(tile: Tile, content: bytes) -> list[bytes]:
    """Return the leaves of a bundle.  Raises ``log_tile_malformed`` (tile)."""
    leaves: list[bytes] = []
    at = 0
    while at < len(content) and len(leaves) < tile.width:
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            raise RatedPartsError("log_tile_malformed", tile=tile.path)
        leaves.append(content[at + 2 : end])
        at = end
    if at != len(content) or len(leaves) != tile.width:
        raise RatedPartsError("log_tile_malformed", tile=tile.path)
    return leaves


def nodes_from_tiles(size: int, read: Callable[[Tile], bytes]) -> NodeReader:
    """Return the reader of any complete subtree of a log of ``size`` leaves, out of its tiles."""

    def node(level: int, position: int) -> bytes:
        up = level % HEIGHT
        first = position << up
        index = first // FULL
        width = min(FULL, (size >> (level - up)) - index * FULL)
        tile = Tile(level // HEIGHT, index, width)
        hashes = read_hashes(tile, read(tile))
        return subtree_root(hashes[first - tile.start : first - tile.start + (1 << up)])

    return node


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the roots of 1, 2, 4, 8, … neighbouring subtrees of one size."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
