"""How many parts each further choice would leave: under every other condition, but not the facet's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .segment import Segment

# What is counted for every question; a family's own words come besides where only one family is left.
COUNTED = ("family", "maker", "grade", "level", "evidence_class", "quality", "use_condition", "kind")
MOST_SHOWN = 20  # of makers there may be thousands


def count_words(
    counts: dict[str, Counter[str]], segment: Segment, column: str, rows: NDArray[np.intp]
) -> None:
    """Add how often each word of a column stands in these rows."""
    if column == "family":
        counts[column][segment.family] += len(rows)
        return
    words = segment.labels.get(column)
    if words is None or not len(rows):
        return
    found = np.bincount(segment.codes(column)[rows], minlength=len(words) + 1)
    for place in np.flatnonzero(found[1:]):
        counts[column][words[place]] += int(found[place + 1])


def shown(counts: Counter[str], order: Iterable[str] | None = None) -> dict[str, int]:
    """The most frequent first; or in an order of their own, where they have one."""
    if order is not None:
        return {word: counts[word] for word in order if counts[word]}
    frequent = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return dict(frequent[:MOST_SHOWN])
