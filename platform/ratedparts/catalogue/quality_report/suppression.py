"""Which counts may be shown, so that none of those that are not can be worked out.

A count is sensitive where it is under five or comes of fewer than three makers.  Sensitive counts are not
shown, and others with them until nobody who knows the rule can narrow a sensitive one: every sum is known to
the reader, everything shown is, what certificates make public of a count is, and so is what the two signs
say: ``few`` is 0 to 4, ``withheld`` at least 5.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from .narrowing import SMALLEST_SHOWN, Reader, Shown, Sign

Key = TypeVar("Key", bound=Hashable)
Relation = tuple[Key, Sequence[Key]]  # a count, and the counts that it is the sum of

FEWEST_MAKERS: Final = 3
LEFT_OPEN_AT_LEAST: Final = 2  # three values of a small count stay possible
LEFT_OPEN_SHARE: Final = 0.25  # of a larger one


@dataclass(frozen=True)
class Count:
    """``public``: how many of them anybody can know one by one, because a certificate tells."""

    value: int
    makers: int
    public: int = 0

    @property
    def sensitive(self) -> bool:
        return self.value < SMALLEST_SHOWN or self.makers < FEWEST_MAKERS

    @property
    def left_open(self) -> int:
        """How far apart the values must lie that a reader cannot exclude."""
        if self.value < SMALLEST_SHOWN:  # what is public of it says by itself that it is no smaller
            return min(LEFT_OPEN_AT_LEAST, SMALLEST_SHOWN - 1 - self.public)
        return max(LEFT_OPEN_AT_LEAST, int(np.ceil(LEFT_OPEN_SHARE * self.value)))

    @property
    def sign(self) -> Sign:
        return "few" if self.value < SMALLEST_SHOWN else "withheld"


def suppress(
    counts: Mapping[Key, Count], relations: Sequence[Relation[Key]], rows: Sequence[Sequence[Key]] = ()
) -> dict[Key, Shown]:
    """What is shown of each count; ``relations`` name counts of ``counts`` only, and hold.

    ``rows``: counts, place by place, that take the same part in the relations, so that rows which look the
    same leave the same open.  Only one of them is asked about, which saves most of the time.
    """
    shown: dict[Key, Shown] = {}
    for some, among in _apart(counts, relations):
        shown |= _suppress(some, among, [[key for key in row if key in some] for row in rows])
    return {key: shown[key] for key in counts}


def _suppress(
    counts: Mapping[Key, Count], relations: Sequence[Relation[Key]], rows: Sequence[Sequence[Key]]
) -> dict[Key, Shown]:
    shown: dict[Key, Shown] = {key: one.sign if one.sensitive else one.value for key, one in counts.items()}
    near = _neighbours(relations)
    sums: dict[Key, list[Key]] = {}
    for whole, parts in relations:
        for part in parts:
            sums.setdefault(part, []).append(whole)

    def sums_with(key: Key) -> Iterable[Key]:
        return (one for one in sums.get(key, ()) if shown[one] == "few")

    vague: set[Key] = set()
    while len(vague) < len(counts) and (exposed := exposed_counts(counts, relations, shown, vague, rows)):
        chosen: set[Key] = set()
        for key in exposed:
            found = _smallest_shown(key, counts, shown, near)
            if found is not None:
                chosen.add(found)
        for key in chosen:
            shown[key] = counts[key].sign
        if not chosen:
            # Nothing is left but the signs, which together say too much: of one after the other not even that
            # is told, of the sums that a count is part of first.
            unsaid = {
                next(one for one in (*sums_with(key), key, *near(key), *counts) if one not in vague)
                for key in exposed
            }
            vague |= unsaid
            shown.update(dict.fromkeys(unsaid, "withheld"))
    return shown


def exposed_counts(
    counts: Mapping[Key, Count],
    relations: Sequence[Relation[Key]],
    shown: Mapping[Key, Shown],
    vague: Set[Key] = frozenset(),
    rows: Sequence[Sequence[Key]] = (),
) -> list[Key]:
    """Sensitive counts that a reader could narrow too far: none only where there is none.

    ``vague``: counts that are withheld without their being at least five.
    """
    hidden = [key for key in counts if not isinstance(shown[key], int)]
    public = {key: counts[key].public for key in hidden}
    reader = Reader.of(hidden, relations, shown, public, vague)
    wanted = {place: counts[key].left_open for place, key in enumerate(hidden) if counts[key].sensitive}
    true = np.array([counts[key].value for key in hidden], dtype=float)
    first = _first_alike(counts, shown, vague, rows)
    like = {place: (first.get(key, key), counts[key].left_open) for place, key in enumerate(hidden)}
    return [hidden[place] for place in reader.narrowed(wanted, true, like)]


def _first_alike(
    counts: Mapping[Key, Count], shown: Mapping[Key, Shown], vague: Set[Key], rows: Sequence[Sequence[Key]]
) -> dict[Key, Key]:
    """For each count of a row, the one in its place of the first row that looks the same."""
    first: dict[tuple[tuple[Shown, bool, int], ...], Sequence[Key]] = {}
    found: dict[Key, Key] = {}
    for row in rows:
        alike = first.setdefault(tuple((shown[key], key in vague, counts[key].public) for key in row), row)
        found |= dict(zip(row, alike, strict=True))
    return found


def _apart(
    counts: Mapping[Key, Count], relations: Sequence[Relation[Key]]
) -> Iterator[tuple[dict[Key, Count], list[Relation[Key]]]]:
    """Counts that no sum connects with the others: they can be decided by themselves, which is quicker."""
    near = _neighbours(relations)
    group: dict[Key, int] = {}
    for number, first in enumerate(counts):
        ring = [first] if first not in group else []
        while ring:
            key = ring.pop()
            if key not in group:
                group[key] = number
                ring += near(key)
    among: dict[int, list[Relation[Key]]] = {}
    for relation in relations:
        among.setdefault(group[relation[0]], []).append(relation)
    members: dict[int, dict[Key, Count]] = {}
    for key, one in counts.items():
        members.setdefault(group[key], {})[key] = one
    for number, some in members.items():
        yield some, among.get(number, [])


def _neighbours(relations: Sequence[Relation[Key]]) -> Callable[[Key], Iterable[Key]]:
    of: dict[Key, list[Relation[Key]]] = {}
    for relation in relations:
        for key in (relation[0], *relation[1]):
            of.setdefault(key, []).append(relation)
    return lambda key: dict.fromkeys(one for whole, parts in of.get(key, ()) for one in (whole, *parts))


def _smallest_shown(
    key: Key,
    counts: Mapping[Key, Count],
    shown: Mapping[Key, Shown],
    near: Callable[[Key], Iterable[Key]],
) -> Key | None:
    """The smallest count still shown in a sum with this one, or with one that is in a sum with it, …"""
    seen, ring = {key}, [key]
    while ring:
        around = [one for inner in ring for one in near(inner) if one not in seen]
        free = [one for one in around if isinstance(shown[one], int)]
        if free:
            return min(free, key=lambda one: (counts[one].value, str(one)))
        seen.update(around)
        ring = [one for one in dict.fromkeys(around) if not isinstance(shown[one], int)]
    return None
