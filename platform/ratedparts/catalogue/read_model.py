"""The columns that searches are answered from, kept up with the database.

Every search asks the database for its position, one row, and first reads what has changed since: so a
publication is found by the next search of any process.  The columns are never the truth.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import select

from ratedparts.db import Work
from ratedparts.protocols import ProtocolLibrary

from .building import segments_of, segments_of_parts
from .models import CatalogueChange, CatalogueState
from .segment import Segment
from .snapshot import Position, read_snapshot, write_snapshot

RECENT_PARTS = 2000  # beyond it what is recent is folded into the columns


@dataclass(frozen=True)
class View:
    """What is published at one position: every living row of every segment."""

    position: Position
    segments: tuple[Segment, ...]


class ReadModel:
    def __init__(self, folder: Path, library: ProtocolLibrary) -> None:
        self._folder = folder
        self._library = library
        self._base: tuple[Segment, ...] = ()
        self._base_position: Position | None = None
        self._view: View | None = None
        self._one_at_a_time = threading.Lock()

    def view(self, work: Work) -> View:
        """What is published at least up to now, as the unit of work sees it."""
        position = position_now(work)
        view = self._view
        if view is not None and view.position == position:
            return view
        with self._one_at_a_time:
            if self._view is None or self._view.position != position:
                self._view = self._caught_up(work, position)
            return self._view

    def rebuild(self, work: Work) -> View:
        """Read everything anew from the database, and write it down for the other processes."""
        with self._one_at_a_time:
            position = position_now(work)
            self._take_base(position, tuple(segments_of(work, self._library)))
            self._view = View(position, self._base)
            return self._view

    def _caught_up(self, work: Work, position: Position) -> View:
        if self._base_position is None or self._base_position.generation != position.generation:
            known = read_snapshot(self._folder, position.generation)
            if known is None or known[0].revision > position.revision:
                self._take_base(position, tuple(segments_of(work, self._library)))
            else:
                self._base_position, self._base = known
        changed = self._changed_since_base(work)
        view = View(position, self._overlaid(work, changed))
        if len(changed) > RECENT_PARTS:
            self._take_base(position, tuple(_folded(view.segments)))
            view = View(position, self._base)
        return view

    def _take_base(self, position: Position, segments: tuple[Segment, ...]) -> None:
        try:
            write_snapshot(self._folder, position, segments)
        except OSError:
            # The disk is full, say: this process serves, and the next one reads the database again.
            logging.getLogger("ratedparts.catalogue").warning("the columns could not be kept", exc_info=True)
        self._base_position, self._base = position, segments

    def _changed_since_base(self, work: Work) -> list[uuid.UUID]:
        assert self._base_position is not None
        query = select(CatalogueChange.part_id).where(CatalogueChange.revision > self._base_position.revision)
        return list(work.session.scalars(query.distinct()))

    def _overlaid(self, work: Work, changed: list[uuid.UUID]) -> tuple[Segment, ...]:
        if not changed:
            return self._base
        halves = halves_of(changed)
        recent = segments_of_parts(work, self._library, changed)
        return (*(segment.without(halves) for segment in self._base), *recent)


def position_now(work: Work) -> Position:
    row = work.session.execute(select(CatalogueState.generation, CatalogueState.revision)).one()
    return Position(row.generation, row.revision)


def halves_of(part_ids: list[uuid.UUID]) -> NDArray[np.uint64]:
    """(n, 2): identifiers as the columns have them."""
    low = 2**64 - 1
    return np.array([(one.int >> 64, one.int & low) for one in part_ids], dtype=np.uint64)


def _folded(segments: tuple[Segment, ...]) -> Iterator[Segment]:
    for family in dict.fromkeys(segment.family for segment in segments):
        yield Segment.of(family, pl.concat([one.plain() for one in segments if one.family == family]))
