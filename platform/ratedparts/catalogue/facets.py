"""How many parts each further choice would leave: under every other condition, but not the facet's own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .segment import TOGETHER, Segment

# What is counted for every question; a family's own words come besides where only one family is left.
COUNTED = ("family", "maker", "grade", "level", "evidence_class", "quality", "use_condition", "kind")
MOST_SHOWN = 20  # of makers there may be thousands


def count_words(
    counts: dict[str, Counter[str]], segment: Segment, columns: Iterable[str], rows: NDArray[np.intp]
) -> None:
    """Add how often each word of the columns stands in these rows, which are in no order."""
    if not len(rows):
        return
    wanted = set(columns)
    if "family" in wanted:
        counts["family"][segment.family] += len(rows)
    together = [name for name in TOGETHER if name in segment.labels]
    if len(wanted.intersection(together)) > 1:
        sizes = [len(segment.labels[name]) + 1 for name in together]
        cells = _counted(segment, "together", rows, math.prod(sizes)).reshape(sizes)
        for axis, name in enumerate(together):
            if name in wanted:
                others = tuple(other for other in range(len(together)) if other != axis)
                _add(counts[name], segment.labels[name], cells.sum(axis=others))
        wanted -= set(together)
    for name in wanted & segment.labels.keys():
        words = segment.labels[name]
        _add(counts[name], words, _counted(segment, name, rows, len(words) + 1))


def _counted(segment: Segment, column: str, rows: NDArray[np.intp], codes: int) -> NDArray[np.intp]:
    array = segment.array(column)
    return np.bincount(array if len(rows) == segment.rows else array[rows], minlength=codes)


def _add(counts: Counter[str], words: tuple[str, ...], found: NDArray[np.intp]) -> None:
    for word, many in zip(words, found[1:].tolist(), strict=True):
        if many:
            counts[word] += many


def shown(counts: Counter[str], order: Iterable[str] | None = None) -> dict[str, int]:
    """The most frequent first; or in an order of their own, where they have one."""
    if order is not None:
        return {word: counts[word] for word in order if counts[word]}
    frequent = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return dict(frequent[:MOST_SHOWN])
