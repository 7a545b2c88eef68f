"""What stands beside a constant rate, of many parts at once; minus infinity where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .ageing import STEP, STEPS
from .law_columns import Array
from .response import UseResponse

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FurtherRates:
    """``own``: (confidences, parts).  Each kind of part with its places among them, and its tables."""

    own: Array
    declared_hours: Array
    unknown_elsewhere: Places
    scaling: Places
    wearing_out: Places
    log_hazards: Array  # (confidences, parts that wear out, ages)
    flattest: Array
    steepest: Array
    first_year: Places
    edges: Array  # (parts, pieces - 1), infinite beyond the last
    bounds: Array  # (confidences, parts, pieces)
    slopes: Array
    constants: Array

    def at(self, random: Array, life: Array, hours: float | None, confidence: int) -> Array:
        """``random``, ``life``: how fast life is used up, against the own condition; ``hours``: as asked."""
        own = self.own[confidence]
        found = own.copy()
        found[self.unknown_elsewhere] = np.nan
        found[self.scaling] = own[self.scaling] * life[self.scaling]
        places = self.first_year
        found[places] = self._in_the_first_year(1.0 / random[places], confidence)
        places = self.wearing_out
        asked = self.declared_hours[places] if hours is None else np.full(len(places), hours)
        found[places] = self._of_wearout(asked, life[places], confidence)
        # At the own condition it is the certificate's, whatever a table would round.
        same = (random == 1.0) & (life == 1.0)
        if hours is not None:
            same &= self.declared_hours == hours
        return np.asarray(np.where(same, own, found))

    def _of_wearout(self, hours: Array, used_up: Array, confidence: int) -> Array:
        place = np.log(hours / self.declared_hours[self.wearing_out] * used_up) / STEP + STEPS
        last = 2 * STEPS
        left = np.clip(np.floor(place).astype(np.intp), 0, last - 1)
        table = self.log_hazards[confidence]
        row = np.arange(len(place))
        low, high = table[row, left], table[row, left + 1]
        inside = low + (high - low) * (place - left)
        before = table[:, 0] + self.flattest[confidence] * STEP * place
        after = table[:, last] + self.steepest[confidence] * STEP * (place - last)
        found = np.where(place < 0.0, before, np.where(place > last, after, inside))
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(found) / hours)

    def _in_the_first_year(self, longer: Array, confidence: int) -> Array:
        piece = (self.edges <= longer[:, None]).sum(axis=1)
        row = np.arange(len(longer))
        hours = self.slopes[row, piece] * longer + self.constants[row, piece]
        unbounded = np.full(len(longer), np.inf)
        np.divide(self.bounds[confidence][row, piece], hours, out=unbounded, where=hours > 0)
        return unbounded


def further_rates(responses: Sequence[UseResponse]) -> FurtherRates:
    confidences = len(responses[0].confidences)
    nothing = (-np.inf,) * confidences
    own = np.array([one.further or nothing for one in responses], dtype=float).T
    worn = [(place, one.wearout) for place, one in enumerate(responses) if one.wearout is not None]
    young = [(place, one.first_year) for place, one in enumerate(responses) if one.first_year is not None]
    scaling = [place for place, one in enumerate(responses) if one.scales]
    known = {*scaling, *(place for place, _ in worn), *(place for place, _ in young)}
    unknown = [place for place, one in enumerate(responses) if one.further is not None and place not in known]
    widest = max((len(one.slopes) for _, one in young), default=1)

    def padded(rows: Sequence[Sequence[float]], width: int, by: float) -> Array:
        return np.array([[*row, *[by] * (width - len(row))] for row in rows], dtype=float).reshape(
            len(rows), width
        )

    return FurtherRates(
        own,
        np.array([one.hours for one in responses]),
        np.array(unknown, dtype=np.intp),
        np.array(scaling, dtype=np.intp),
        np.array([place for place, _ in worn], dtype=np.intp),
        np.array([one.log_hazards for _, one in worn], dtype=float)
        .reshape(-1, confidences, 2 * STEPS + 1)
        .swapaxes(0, 1),
        np.array([one.flattest for _, one in worn], dtype=float).reshape(-1, confidences).T,
        np.array([one.steepest for _, one in worn], dtype=float).reshape(-1, confidences).T,
        np.array([place for place, _ in young], dtype=np.intp),
        padded([one.edges for _, one in young], widest - 1, np.inf),
        np.array([padded([one.bounds[c] for _, one in young], widest, np.nan) for c in range(confidences)]),
        padded([one.slopes for _, one in young], widest, np.nan),
        padded([one.constants for _, one in young], widest, np.nan),
    )
