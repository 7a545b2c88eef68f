"""Parts with several tests of different stress, fitted accelerations, or rates that change with age.

They are few; each has its rows, and all rows of all parts are computed together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from .ageing_columns import FurtherRates, further_rates
from .law_columns import Array, Own, TwoLaws, two_laws
from .limit_columns import Bits, LimitColumns, limit_columns, longer_bit
from .limits import BAND
from .question import UseQuestion
from .response import LotRows, Row, UseResponse

# Ratios of several rows that differ by no more than rounding: the hours keep their proportions.
SAME = 1e-11


@dataclass(frozen=True, eq=False)
class Answered:
    """``steady``: the hours of all tests keep their proportions, so that every figure only scales.

    ``alike``: all lots together are graded, as at the own condition.
    """

    steady: np.ndarray
    alike: np.ndarray
    rate_used_up: Array  # of what is graded, the mean over its hours
    random_used_up: Array  # of the row that is used up fastest, as are the next
    life_used_up: Array
    lots_used_up: Array  # of each segment


@dataclass(frozen=True, eq=False)
class ParticularParts:
    """Rows stand in segments, what is graded first and then each lot by itself; segments stand in parts."""

    responses: tuple[UseResponse, ...]
    laws: TwoLaws  # of each row
    hours: Array
    hours_to_the_end: Array  # of lots by themselves alone
    segment_failures: Array
    segments_each: np.ndarray
    log_orders: Array  # of a multinomial outcome
    log_significance: Array
    pooled: np.ndarray
    segment_starts: np.ndarray
    part_starts: np.ndarray
    segment_rates: Array  # (confidences, segments)
    rates: Array  # (confidences, parts)
    lives: Array  # (shares, parts)
    least_lives: Array
    contested: np.ndarray
    worst_is_rate: np.ndarray
    declared_hours: Array
    longest_hours: Array
    limits: LimitColumns
    further: FurtherRates

    def answered(self, question: UseQuestion) -> Answered:
        random, life = self.laws.used_up(question)
        row_starts = self.segment_starts[self.part_starts]
        steady = np.ones(len(self.responses), dtype=bool)
        fastest = []
        for ratio in (random, life):
            most = np.maximum.reduceat(ratio, row_starts)
            steady &= most <= np.minimum.reduceat(ratio, row_starts) * (1.0 + SAME)
            fastest.append(most)
        at_own = np.add.reduceat(self.hours, self.segment_starts)
        here = np.add.reduceat(self.hours / random, self.segment_starts)
        # A lot that was lost at once has no hours anywhere.
        segments = np.divide(at_own, here, out=np.ones_like(here), where=here > 0)
        alike = ~self.contested | (self.pooled & self._alike(random))
        return Answered(steady, alike, segments[self.part_starts], fastest[0], fastest[1], segments)

    def _alike(self, random: Array) -> np.ndarray:
        """Where the outcome that was observed is itself as probable as the significance.

        The exact test adds to it all outcomes that are no more probable, so it cannot reject then.
        """
        hours = np.add.reduceat(self.hours_to_the_end / random, self.segment_starts)
        together = np.repeat(np.add.reduceat(hours, self.part_starts), self.segments_each)
        shares = np.divide(hours, together, out=np.zeros_like(hours), where=together > 0)
        log_probability = np.add.reduceat(xlogy(self.segment_failures, shares), self.part_starts)
        return np.asarray(self.log_orders + log_probability >= self.log_significance + SAME)

    def rates_at(self, answered: Answered, confidence: int) -> Array:
        """Where the comparison of lots may turn out otherwise, that of the worst lot: never too good."""
        found = self.rates[confidence] * answered.rate_used_up
        open_again = ~(answered.steady | answered.alike)
        if open_again.any():
            each = self.segment_rates[confidence] * answered.lots_used_up
            worst = np.maximum.reduceat(each, self.part_starts)
            found = np.where(open_again, np.maximum(found, worst), found)
        return np.asarray(found)

    def worst_rates_at(self, answered: Answered, question: UseQuestion, confidence: int) -> Array:
        """NaN where the hours lost their proportions and a fit might show something else than it did."""
        found = self.rates_at(answered, confidence)
        further = self.further.at(answered.random_used_up, answered.life_used_up, question.hours, confidence)
        found = np.where(answered.steady, np.maximum(found, further), found)
        return np.asarray(np.where(answered.steady | self.worst_is_rate, found, np.nan))

    def lives_at(self, answered: Answered, share: int) -> Array:
        """NaN where the hours lost their proportions and a fit might turn out otherwise."""
        least = self.least_lives[share]
        pooled = np.where(answered.alike & np.isfinite(least), self.lives[share], least)
        known = np.where(answered.steady, self.lives[share], pooled)
        return np.asarray(known / answered.life_used_up)

    def beyond(self, question: UseQuestion, answered: Answered) -> Bits:
        asked = self.declared_hours if question.hours is None else question.hours
        shown = self.longest_hours * (1.0 + BAND)
        known = np.isfinite(self.rates[0])
        return self.limits.beyond(question) | longer_bit(known & (asked * answered.life_used_up > shown))

    def lives_beyond(self, question: UseQuestion, answered: Answered, lives: Array) -> Bits:
        shown = self.longest_hours * (1.0 + BAND)
        return self.limits.beyond(question) | longer_bit(lives * answered.life_used_up > shown)


def particular_parts(responses: Sequence[UseResponse]) -> ParticularParts | None:
    """None for none."""
    if not responses:
        return None
    rows: list[Row] = []
    own: list[Own] = []
    segment_starts: list[int] = []
    part_starts: list[int] = []
    segment_rates: list[tuple[float, ...]] = []
    to_the_end: list[float] = []
    failures: list[int] = []
    unknown = (np.nan, np.nan)
    for one in responses:
        part_starts.append(len(segment_starts))
        graded = LotRows(0, one.rates or unknown, one.rows)
        for lot in (graded, *one.lots):
            segment_starts.append(len(rows))
            segment_rates.append(lot.rates)
            failures.append(lot.failures)
            rows += lot.rows
            to_the_end += [0.0 if lot is graded else row.hours_to_the_end for row in lot.rows]
            own += [(one.own_temperature_c, one.own_voltage_ratio)] * len(lot.rows)
    each = np.diff([*part_starts, len(segment_starts)])
    return ParticularParts(
        tuple(responses),
        two_laws([(row.law, row.life_law, one) for row, one in zip(rows, own, strict=True)]),
        np.array([row.hours for row in rows]),
        np.array(to_the_end),
        np.array(failures, dtype=float),
        each,
        _log_orders(np.array(failures, dtype=float), np.array(part_starts)),
        np.log([one.significance for one in responses]),
        np.array([one.pooled for one in responses]),
        np.array(segment_starts),
        np.array(part_starts),
        np.array(segment_rates, dtype=float).T,
        np.array([one.rates or unknown for one in responses], dtype=float).T,
        np.array([one.lives or unknown for one in responses], dtype=float).T,
        np.array([one.least_lives or unknown for one in responses], dtype=float).T,
        np.array([bool(one.lots) for one in responses]),
        np.array([one.worst_is_rate for one in responses]),
        np.array([one.hours for one in responses]),
        np.array([one.longest_hours for one in responses]),
        limit_columns([one.limits for one in responses], [one.rows[0].law.rated_k for one in responses]),
        further_rates(responses),
    )


def _log_orders(failures: Array, part_starts: np.ndarray) -> Array:
    """In how many orders the failures may have fallen into the lots of each part, as a logarithm."""
    together = np.add.reduceat(failures, part_starts)
    return np.asarray(gammaln(together + 1.0) - np.add.reduceat(gammaln(failures + 1.0), part_starts))
