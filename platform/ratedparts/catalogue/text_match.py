"""Which parts a word is found in: anywhere in the number, the maker's names, the series or the family.

What is written is looked for as it is, never as a pattern.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from .segment import Marks, Segment

SHORTEST_MISTAKEN = 4  # a shorter word with a letter wrong is another word


def found_in(segment: Segment, word: str, titles: str) -> Marks:
    """``word`` and ``titles``, those of the family, are in lower case."""
    if word in titles:
        return np.ones(segment.rows, dtype=bool)
    marks = segment.frame["lower_number"].str.contains(word, literal=True).to_numpy()
    for column in ("maker", "series"):
        named = [word in name for name in _names(segment, column)]
        if any(named):
            marks = marks | np.array([False, *named])[segment.codes(column)]
    return marks


def nearly_found_in(segment: Segment, word: str) -> Marks:
    """The same with one mistake of typing: a letter wrong, missing, too many, or two changed about."""
    if len(word) < SHORTEST_MISTAKEN:
        return np.zeros(segment.rows, dtype=bool)
    pattern = one_mistake(word)
    marks = segment.frame["lower_number"].str.contains(pattern).to_numpy()
    known = re.compile(pattern)
    for column in ("maker", "series"):
        named = [known.search(name) is not None for name in _names(segment, column)]
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


def begins_with(segment: Segment, rows: np.ndarray, word: str) -> np.ndarray:
    """0 where the number is the word, 1 where it begins with it, else 2; for the given rows."""
    numbers = segment.frame["lower_number"].gather(pl.Series(rows.astype(np.uint32)))
    begins = numbers.str.starts_with(word).to_numpy()
    same = (numbers == word).to_numpy()
    return np.where(same, 0.0, np.where(begins, 1.0, 2.0))


def _names(segment: Segment, column: str) -> list[str]:
    """The words of a column, without the identifier that a maker's begins with."""
    names = (
        word.partition("\n")[2] if column == "maker" else word for word in segment.labels.get(column, ())
    )
    return [name.lower() for name in names]


def _between(before: str, middle: str, after: str) -> str:
    return re.escape(before) + middle + re.escape(after)
