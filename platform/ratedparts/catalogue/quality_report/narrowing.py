"""What a reader can work out of what is shown: how far apart the values lie that a hidden count may have."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Sign = Literal["few", "withheld"]
Shown = int | Sign
Key = TypeVar("Key", bound=Hashable)
Array = np.ndarray[Any, np.dtype[np.float64]]

SMALLEST_SHOWN: Final = 5
_UNBOUNDED = 1e7
_TURNS = 16  # possibilities asked for before each count is asked for by itself
_ENOUGH = 8  # narrowed counts to be told of at once


@dataclass
class Reader:
    """The sums of hidden counts that follow from what is shown, and what the signs say of each."""

    matrix: csr_array[Any]
    sums: Array
    lower: Array
    upper: Array
    _least: Array = field(init=False)
    _most: Array = field(init=False)
    _box: Array = field(init=False)

    @classmethod
    def of(
        cls,
        hidden: Sequence[Key],
        relations: Sequence[tuple[Key, Sequence[Key]]],
        shown: Mapping[Key, Shown],
        public: Mapping[Key, int],
        vague: Set[Key] = frozenset(),
    ) -> Reader:
        place = {key: number for number, key in enumerate(hidden)}
        rows: list[int] = []
        columns: list[int] = []
        factors: list[float] = []
        sums: list[float] = []
        for whole, parts in relations:
            terms = [(whole, -1.0), *((part, 1.0) for part in parts)]
            unknown = [(place[key], factor) for key, factor in terms if key in place]
            if unknown:
                rows += [len(sums)] * len(unknown)
                columns += [column for column, _ in unknown]
                factors += [factor for _, factor in unknown]
                sums.append(-sum(factor * float(shown[key]) for key, factor in terms if key not in place))
        matrix = csr_array((factors, (rows, columns)), shape=(len(sums), len(hidden)))
        few = np.array([shown[key] == "few" for key in hidden], dtype=bool)
        none_said = np.array([key in vague for key in hidden], dtype=bool)
        lower = np.where(few | none_said, 0.0, float(SMALLEST_SHOWN))
        lower = np.maximum(lower, np.array([public[key] for key in hidden], dtype=float))
        upper = np.where(few, float(SMALLEST_SHOWN - 1), _UNBOUNDED)
        return cls(matrix, np.array(sums), lower, upper)

    def narrowed(self, wanted: Mapping[int, int], true: Array, like: Mapping[int, Hashable]) -> list[int]:
        """Places whose possible values lie less far apart than wanted; ``true`` is one possibility.

        Of places that are ``like`` one another, and so leave the same open, only the first is looked at where
        looking takes long.
        """
        at_once = self._narrowed_by_single_sums(wanted)
        if at_once:
            return at_once
        first: dict[Hashable, int] = {}
        wanted = {
            place: width for place, width in wanted.items() if first.setdefault(like[place], place) == place
        }
        self._least, self._most = true.copy(), true.copy()
        # No count need move further than that to be left open, and so the problem stays bounded.
        self._box = np.minimum(self.upper, 4.0 * true + 50.0)
        # One possibility shows for many counts at once how far they reach; the rest is asked one by one.
        draw = np.random.default_rng(20260701)
        for turn in range(_TURNS):
            still = self._open(wanted)
            if not still:
                return []
            weights = np.zeros(true.size)
            weights[still] = draw.uniform(0.2, 1.0, len(still)) * (1.0 if turn % 2 else -1.0)
            if turn > 3:
                weights[still] *= draw.choice((-1.0, 1.0), len(still))
            self._reach(weights)
        found: list[int] = []
        for place in self._open(wanted):
            if not self._reaches(place, wanted[place]):
                found.append(place)
                if len(found) == _ENOUGH:
                    break
        return found

    def _narrowed_by_single_sums(self, wanted: Mapping[int, int]) -> list[int]:
        """What bounds alone give, carried from sum to sum: quick, and never narrower than it is."""
        least, most = self.lower.copy(), self.upper.copy()
        ahead, back = self.matrix.maximum(0.0).tocsr(), (-self.matrix).maximum(0.0).tocsr()
        entries = self.matrix.tocoo()
        for _ in range(6):
            low, high = ahead @ least - back @ most, ahead @ most - back @ least
            # With every other count of the sum at its end, this one can go no further.
            own_low = np.where(entries.data > 0, least[entries.col], -most[entries.col])
            own_high = np.where(entries.data > 0, most[entries.col], -least[entries.col])
            room_low = self.sums[entries.row] - (high[entries.row] - own_high)
            room_high = self.sums[entries.row] - (low[entries.row] - own_low)
            new_least, new_most = least.copy(), most.copy()
            np.maximum.at(new_least, entries.col, np.where(entries.data > 0, room_low, -room_high))
            np.minimum.at(new_most, entries.col, np.where(entries.data > 0, room_high, -room_low))
            if np.array_equal(new_least, least) and np.array_equal(new_most, most):
                break
            least, most = new_least, new_most
        return [place for place, width in wanted.items() if most[place] - least[place] < width]

    def _open(self, wanted: Mapping[int, int]) -> list[int]:
        return [place for place, width in wanted.items() if self._most[place] - self._least[place] < width]

    def _reaches(self, place: int, width: int) -> bool:
        for factor in (1.0, -1.0):
            weights = np.zeros(self.lower.size)
            weights[place] = factor
            self._reach(weights)
            if self._most[place] - self._least[place] >= width:
                return True
        return False

    def _reach(self, weights: Array) -> None:
        """Note a possibility in whole numbers at which the weighted sum is smallest."""
        sums = LinearConstraint(self.matrix, self.sums, self.sums) if self.sums.size else None
        bounds, whole = Bounds(self.lower, self._box), np.ones(weights.size)
        answer = milp(weights, integrality=whole, bounds=bounds, constraints=sums)
        if answer.x is not None:
            found = np.round(answer.x)
            self._least, self._most = np.minimum(self._least, found), np.maximum(self._most, found)
