"""Builds a whole log anew from its entries, in their order: every tile of it, and the root at any size."""

from __future__ import annotations

from ratedparts.proofs.merkle import EMPTY_ROOT, leaf_hash, node_hash
from ratedparts.proofs.tiles import FULL, HEIGHT, Tile, subtree_root


class GrowingLog:
    """What can be said of the entries that were added so far; it keeps one tile a level."""

    def __init__(self) -> None:
        self.size = 0
        self._open: list[list[bytes]] = []  # by level: the hashes of the last tile, which is not full

    def add(self, leaf: bytes) -> list[tuple[Tile, bytes]]:
        """Add an entry; the tiles, with their bytes, that it made full."""
        finished: list[tuple[Tile, bytes]] = []
        value, level = leaf_hash(leaf), 0
        self.size += 1
        while True:
            if level == len(self._open):
                self._open.append([])
            row = self._open[level]
            row.append(value)
            if len(row) < FULL:
                return finished
            index = (self.size >> HEIGHT * level) // FULL - 1
            finished.append((Tile(level, index), b"".join(row)))
            value, level = subtree_root(row), level + 1
            row.clear()

    def partial_tiles(self) -> list[tuple[Tile, bytes]]:
        """The tiles, with their bytes, at the right edge, which later entries would still fill."""
        return [
            (Tile(level, (self.size >> HEIGHT * level) // FULL, len(row)), b"".join(row))
            for level, row in enumerate(self._open)
            if row
        ]

    def root(self) -> bytes:
        """The root over all entries so far: 32 bytes."""
        peaks: list[bytes] = []
        for row in reversed(self._open):
            at = 0
            while at < len(row):
                width = 1 << (len(row) - at).bit_length() - 1
                peaks.append(subtree_root(row[at : at + width]))
                at += width
        if not peaks:
            return EMPTY_ROOT
        value = peaks.pop()
        while peaks:
            value = node_hash(peaks.pop(), value)
        return value
