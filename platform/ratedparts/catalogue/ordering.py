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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ratedparts.errors import Fault, RatedPartsError

from .question import AT_USE, BEST, RATE_AT_USE, Question
from .segment import Segment
from .text_match import begins_with

Rows = NDArray[np.intp]
AT_ONCE = 8
LAST = math.inf  # where a part without the number stands, whichever way it is sorted


class Place(NamedTuple):
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


def with_first_places(
    places: list[Place], segment: Segment, rows: Rows, question: Question, after: Place | None
) -> list[Place]:
    """The first of the places and of the rows after a place, one more than a page holds, in order."""
    wanted = question.limit + 1
    last = places[-1].key if len(places) == wanted else None
    rows, keys = _first_rows(segment, rows, question, after, last)
    by_text = question.sort == "part_number"
    found = list(places)
    # Most segments have little that comes before what others have: a few rows at a time tell.
    for start in range(0, len(rows), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        found += _places(segment, rows[some], None if by_text else keys[some])
        if len(places) == wanted and in_order([places[-1], found[-1]], question)[0] is places[-1]:
            break
    return in_order(found, question)[:wanted]


def _first_rows(
    segment: Segment, rows: Rows, question: Question, after: Place | None, last: float | str | None
) -> tuple[Rows, NDArray[np.float64]]:
    """``last``: a key beyond which nothing is wanted."""
    keys = _keys(segment, rows, question)
    if isinstance(last, float):
        keep = keys <= last
        rows, keys = rows[keep], keys[keep]
    if after is not None:
        begins, same = _key_of(segment, question, after), rows > _position(segment, after)
        keep = (keys > begins) | ((keys == begins) & same)
        rows, keys = rows[keep], keys[keep]
    wanted = question.limit + 1
    if question.sort == BEST and not question.words:
        rows, keys = rows[:wanted], keys[:wanted]
    elif len(rows) > wanted:
        # Rows stand in the catalogue's order: of equal keys the first rows are the first in the result.
        limit = np.partition(keys, wanted - 1)[wanted - 1]
        before = np.flatnonzero(keys < limit)
        level = np.flatnonzero(keys == limit)[: wanted - len(before)]
        chosen = np.sort(np.concatenate((before, level)))
        rows, keys = rows[chosen], keys[chosen]
    order = np.argsort(keys, kind="stable")
    return rows[order], keys[order]


def _keys(segment: Segment, rows: Rows, question: Question) -> NDArray[np.float64]:
    if question.sort == BEST:
        return begins_with(segment, rows, question.words[0]) if question.words else np.zeros(len(rows))
    if question.sort == "part_number":
        ranks: NDArray[np.float64] = segment.array("number_rank")[rows].astype(np.float64)
        return -ranks if question.descending else ranks
    if question.use is not None and question.sort in AT_USE:
        answers = segment.at_use(question.use)
        by_rate = question.sort == RATE_AT_USE
        numbers = (answers.worst_rates(0.90) if by_rate else answers.lives(0.10)).values[rows]
    elif segment.has(question.sort):
        numbers = segment.array(question.sort)[rows].astype(np.float64)
    else:
        return np.full(len(rows), LAST)
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


def _places(segment: Segment, rows: Rows, keys: NDArray[np.float64] | None) -> list[Place]:
    """Where rows stand; without keys they are sorted by their part numbers."""
    high, low = segment.ids
    numbers = segment.part_numbers(rows)
    columns = (high[rows].tolist(), low[rows].tolist(), segment.codes("grade_order")[rows].tolist(), numbers)
    found = []
    for key, first, last, grade_order, number in zip(
        numbers if keys is None else keys.tolist(), *columns, strict=True
    ):
        found.append(Place(key, grade_order, number, first << 64 | last))
    return found


def _position(segment: Segment, place: Place) -> int:
    """The last row that does not come after the place in the catalogue's order; -1 where all do."""
    grades = segment.codes("grade_order")
    begins = int(np.searchsorted(grades, place.grade_order, "left"))
    ends = int(np.searchsorted(grades, place.grade_order, "right"))
    numbers = segment.frame["part_number"]
    below = bisect_left(numbers, place.part_number, begins, ends)
    above = bisect_right(numbers, place.part_number, begins, ends)
    same = _places(segment, np.arange(below, above), None)
    return below - 1 + sum(one.identifier <= place.identifier for one in same)
