"""Which parts a word is found in: anywhere in the number, the maker's names, the series or the family.

What is written is looked for as it is, never as a pattern.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from .segment import Marks, Segment

Signs = NDArray[np.uint8]

SHORTEST_MISTAKEN = 4  # a shorter word with a letter wrong is another word


def found_in(segment: Segment, word: str, titles: str) -> Marks:
    """``word`` and ``titles``, those of the family, are in lower case."""
    if word in titles:
        return np.ones(segment.rows, dtype=bool)
    marks = _in_numbers(segment, word)
    for column in ("maker", "series"):
        named = [word in name for name in segment.names(column)]
        if any(named):
            marks = marks | np.array([False, *named])[segment.codes(column)]
    return marks


def _in_numbers(segment: Segment, word: str) -> Marks:
    """All numbers are looked through as one text: a call for each would cost more than the looking."""
    marks = np.zeros(segment.rows, dtype=bool)
    found = _places(segment.written, np.frombuffer(word.encode("utf-8"), dtype=np.uint8))
    marks[np.searchsorted(segment.array("number_begins"), found, side="right") - 1] = True
    return marks


def _places(text: Signs, word: Signs) -> NDArray[np.intp]:
    """Where the word begins in the text: by its first signs everywhere, then by the others where they fit."""
    last = len(text) - len(word) + 1
    if last <= 0:
        return np.empty(0, dtype=np.intp)
    fits = text[:last] == word[0]
    if len(word) > 1:
        fits &= text[1 : last + 1] == word[1]
    places = np.flatnonzero(fits)
    for further in range(2, len(word)):
        places = places[text[places + further] == word[further]]
    return places


def nearly_found_in(segment: Segment, word: str, titles: str) -> Marks:
    """The same with one mistake of typing: a letter wrong, missing, too many, or two changed about."""
    if word in titles or len(word) < SHORTEST_MISTAKEN:
        return found_in(segment, word, titles)
    pattern = one_mistake(word)
    marks = segment.frame["part_number"].str.contains(f"(?i){pattern}").to_numpy()
    known = re.compile(pattern)
    for column in ("maker", "series"):
        named = [known.search(name) is not None for name in segment.names(column)]
        if any(named):
            marks = marks | np.array([False, *named])[segment.codes(column)]
    return marks


def one_mistake(word: str) -> str:
    """A pattern of all that differs from the word in one place; its ends are not added to."""
    wrong = (_between(word[:i], ".", word[i + 1 :]) for i in range(len(word)))
    missing = (_between(word[:i], ".", word[i:]) for i in range(1, len(word)))
    surplus = (_between(word[:i], "", word[i + 1 :]) for i in range(len(word)))
    turned = (
        _between(word[:i], re.escape(word[i + 1] + word[i]), word[i + 2 :]) for i in range(len(word) - 1)
    )
    return "|".join(dict.fromkeys((*wrong, *missing, *surplus, *turned)))


def begins_with(segment: Segment, rows: NDArray[np.intp], word: str) -> NDArray[np.float64]:
    """0 where the number is the word, 1 where it begins with it, else 2; for the given rows."""
    signs = np.frombuffer(word.encode("utf-8"), dtype=np.uint8)
    begins = segment.array("number_begins")[rows].astype(np.intp)
    ranks = np.full(len(rows), 2.0)
    fitting = np.flatnonzero(begins + len(signs) < len(segment.written))  # a line end stands behind each
    for place, sign in enumerate(signs):
        fitting = fitting[segment.written[begins[fitting] + place] == sign]
    ranks[fitting] = np.where(segment.written[begins[fitting] + len(signs)] == ord("\n"), 0.0, 1.0)
    return ranks


def _between(before: str, middle: str, after: str) -> str:
    return re.escape(before) + middle + re.escape(after)
