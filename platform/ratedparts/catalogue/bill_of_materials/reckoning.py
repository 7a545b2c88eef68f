"""What the parts of a bill add up to at a use: the failure rate of the whole, and which part wears out first.

Any part that fails fails the whole.  Parts of one series rest on the same tests and err together, so their
bounds add up; what different series were tested to is independent, and is combined as such.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ratedparts.grading.at_use import UseColumns, UseQuestion
from ratedparts.reliability.sum_of_rates import CONFIDENCES, counts_behind, sum_of_rates_bound

from ..kept_response import kept_response
from ..models import PublishedPart

LIFE_SHARE = 0.10


@dataclass(frozen=True)
class PartAtUse:
    """Of one piece.  ``rate``: per hour, the bound at 90 %; ``life``: B10 in hours; None: none is known."""

    rates: tuple[float, ...]  # one a confidence, or none
    life: float | None
    extrapolated: bool

    @property
    def rate(self) -> float | None:
        return self.rates[-1] if self.rates else None


@dataclass(frozen=True)
class WholeRate:
    """Upper bounds per hour by confidence, of those pieces alone whose rate is known.

    ``added_up``: the sum of the parts' bounds, which holds even if all tests erred in the same direction.
    """

    bounds: Mapping[float, float]
    added_up: Mapping[float, float]
    series: int  # tested independently of each other
    pieces: int


@dataclass(frozen=True)
class Reckoning:
    parts: Mapping[uuid.UUID, PartAtUse]
    whole: WholeRate | None  # None: of no piece a rate is known

    @property
    def first_to_wear_out(self) -> uuid.UUID | None:
        lives = {part_id: one.life for part_id, one in self.parts.items() if one.life is not None}
        return min(lives, key=lives.__getitem__, default=None)


def reckon(rows: Sequence[PublishedPart], pieces: Mapping[uuid.UUID, int], use: UseQuestion) -> Reckoning:
    """``pieces``: of each of the parts in one product."""
    answering = {row: response for row in rows if (response := kept_response(row)) is not None}
    if not answering:
        return Reckoning({}, None)
    answers = UseColumns.from_responses(list(answering.values())).at(use)
    worst = [answers.worst_rates(confidence) for confidence in CONFIDENCES]
    lives = answers.lives(LIFE_SHARE)
    parts = {}
    for place, row in enumerate(answering):
        rates = tuple(float(one.values[place]) for one in worst)
        life = float(lives.values[place])
        parts[row.part_id] = PartAtUse(
            rates if all(np.isfinite(rates)) else (),
            life if np.isfinite(life) else None,
            bool(worst[-1].extrapolated[place] or (np.isfinite(life) and lives.extrapolated[place])),
        )
    return Reckoning(parts, _whole(list(answering), parts, pieces))


def _whole(
    rows: Sequence[PublishedPart], parts: Mapping[uuid.UUID, PartAtUse], pieces: Mapping[uuid.UUID, int]
) -> WholeRate | None:
    together: dict[tuple[uuid.UUID, str], np.ndarray] = defaultdict(lambda: np.zeros(len(CONFIDENCES)))
    counted = 0
    for row in rows:
        if parts[row.part_id].rates:
            many = pieces[row.part_id]
            together[row.maker_id, row.series] += many * np.array(parts[row.part_id].rates)
            counted += many
    if not together:
        return None
    bounds = np.array(list(together.values())).T
    failures, weights = counts_behind(*bounds)
    return WholeRate(
        {one: sum_of_rates_bound(failures, weights, one) for one in CONFIDENCES},
        dict(zip(CONFIDENCES, bounds.sum(axis=1).tolist(), strict=True)),
        len(together),
        counted,
    )
