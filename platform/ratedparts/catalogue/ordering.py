"""The order of a result, and where a page of it begins.

A place in the order is a key and then the catalogue's own order, so it is the same whatever is published or
taken away between two pages.
"""

from __future__ import annotations

import base64
import json
import math
import uuid
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratedparts.errors import Fault, RatedPartsError

from .question import BEST, Question
from .segment import Segment
from .text_match import begins_with

Rows = NDArray[np.intp]
LAST = math.inf  # where a part without the number stands, whichever way it is sorted


@dataclass(frozen=True, order=True)
class Place:
    """``key``: the sorted number (negative where it is descending) or text; then the catalogue's order."""

    key: float | str
    grade_order: int
    part_number: str
    identifier: int

    def written(self) -> str:
        text = json.dumps([self.key, self.grade_order, self.part_number, f"{self.identifier:032x}"])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str, question: Question) -> Place:
        """Raises ``query_refused``: it is none, or one of another order."""
        try:
            key, grade_order, part_number, identifier = json.loads(
                base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            )
            place = cls(key, int(grade_order), str(part_number), int(identifier, 16))
            if isinstance(key, str) != (question.sort == "part_number") or isinstance(key, bool):
                raise ValueError(cursor)
            if not isinstance(key, str):
                float(key)
        except (ValueError, TypeError, RecursionError):
            fault = Fault("cursor_unknown", column="cursor", given=cursor[:80])
            raise RatedPartsError("query_refused", items=[fault]) from None
        return place

    @property
    def part_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.identifier)


def first_places(segment: Segment, rows: Rows, question: Question, after: Place | None) -> list[Place]:
    """The first of the rows after a place, one more than a page holds, in order."""
    keys = _keys(segment, rows, question)
    if after is not None:
        begins, same = _key_of(segment, question, after), rows > _position(segment, after)
        keep = (keys > begins) | ((keys == begins) & same)
        rows, keys = rows[keep], keys[keep]
    wanted = question.limit + 1
    if len(rows) > wanted:
        # Rows stand in the catalogue's order: of equal keys the first rows are the first in the result.
        limit = np.partition(keys, wanted - 1)[wanted - 1]
        before = np.flatnonzero(keys < limit)
        level = np.flatnonzero(keys == limit)[: wanted - len(before)]
        chosen = np.sort(np.concatenate((before, level)))
        rows, keys = rows[chosen], keys[chosen]
    order = np.argsort(keys, kind="stable")
    by_text = question.sort == "part_number"
    return [
        _place(segment, row, segment.frame["part_number"][row] if by_text else float(keys[i]))
        for i, row in ((i, int(rows[i])) for i in order)
    ]


def _keys(segment: Segment, rows: Rows, question: Question) -> NDArray[np.float64]:
    if question.sort == BEST:
        return begins_with(segment, rows, question.words[0]) if question.words else np.zeros(len(rows))
    if question.sort == "part_number":
        ranks = segment.frame["number_rank"].to_numpy()[rows].astype(np.float64)
        return -ranks if question.descending else ranks
    if not segment.has(question.sort):
        return np.full(len(rows), LAST)
    numbers = segment.frame[question.sort].to_numpy()[rows].astype(np.float64)
    return np.where(np.isnan(numbers), LAST, -numbers if question.descending else numbers)


def _key_of(segment: Segment, question: Question, place: Place) -> float:
    """The key of a place among those of the segment; a part number that is not there lies between two."""
    if not isinstance(place.key, str):
        return place.key
    numbers, ranks = segment.frame["part_number"], segment.frame["number_rank"]
    upto = ranks.filter(numbers <= place.key).to_numpy()
    rank = float(upto.max(initial=0)) + (0.0 if (numbers == place.key).any() else 0.5)
    return -rank if question.descending else rank


def in_order(places: list[Place], question: Question) -> list[Place]:
    """Places of several segments as one result."""
    if question.sort == "part_number" and question.descending:
        ascending = sorted(places, key=lambda one: (one.grade_order, one.part_number, one.identifier))
        return sorted(ascending, key=lambda one: one.key, reverse=True)
    return sorted(places)


def _place(segment: Segment, row: int, key: float | str) -> Place:
    frame = segment.frame
    identifier = (frame["id_high"][row] << 64) | frame["id_low"][row]
    return Place(key, frame["grade_order"][row], frame["part_number"][row], identifier)


def _position(segment: Segment, place: Place) -> int:
    """The last row that does not come after the place in the catalogue's order; -1 where all do."""
    grades = segment.codes("grade_order")
    begins = int(np.searchsorted(grades, place.grade_order, "left"))
    ends = int(np.searchsorted(grades, place.grade_order, "right"))
    numbers = segment.frame["part_number"]
    below = bisect_left(numbers, place.part_number, begins, ends)
    above = bisect_right(numbers, place.part_number, begins, ends)
    upto = [row for row in range(below, above) if _place(segment, row, 0.0).identifier <= place.identifier]
    return upto[-1] if upto else below - 1
