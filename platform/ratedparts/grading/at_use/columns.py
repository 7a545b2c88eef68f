"""All parts at once at any use: rates and lives as arrays, one entry a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ratedparts.errors import Fault, RatedPartsError

from .law_columns import Array, TwoLaws, two_laws
from .limit_columns import Bits, LimitColumns, limit_columns, longer_bit
from .limits import BAND, CODES
from .particular import Answered, ParticularParts, particular_parts
from .question import UseQuestion
from .response import UseResponse
from .situation import Situation, answers_nothing, situation_of

CONFIDENCES, SHARES = (0.60, 0.90), (0.01, 0.10)
NONE = -1  # of a part that is in no situation: it answers nothing, or is a particular one


class ValuesAtUse(NamedTuple):
    """``values``: NaN where there is no answer.  ``beyond``: bits in the order of `limits.CODES`."""

    values: Array
    beyond: Bits

    @property
    def extrapolated(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.beyond != 0)


@dataclass(frozen=True, eq=False)
class UseColumns:
    """Made by `from_responses`, or by `from_arrays` of columns that are kept."""

    situations: tuple[Situation, ...]
    situation: npt.NDArray[np.intp]  # of each part, or `NONE`
    numbers: Mapping[str, Array]  # by the names in `NUMBERS`
    places: npt.NDArray[np.intp]  # of the particular parts
    particular: ParticularParts | None

    @classmethod
    def from_responses(cls, responses: Sequence[UseResponse | None]) -> UseColumns:
        """One a part, in the order of the answers; None for a part of which nothing is kept."""
        known: dict[Situation, int] = {}
        codes, particular = [], {}
        numbers = np.full((len(NUMBERS), len(responses)), np.nan)
        for place, one in enumerate(responses):
            found = None if one is None else situation_of(one)
            codes.append(NONE if found is None else known.setdefault(found, len(known)))
            if one is not None and found is not None:
                numbers[:, place] = list(numbers_of(one).values())
            elif one is not None and not answers_nothing(one):
                particular[place] = one
        columns = dict(zip(NUMBERS, numbers, strict=True))
        return cls.from_arrays(tuple(known), np.array(codes, dtype=np.intp), columns, particular)

    @classmethod
    def from_arrays(
        cls,
        situations: Sequence[Situation],
        situation: npt.ArrayLike,
        numbers: Mapping[str, Array],
        particular: Mapping[int, UseResponse],
    ) -> UseColumns:
        """``situation``: of each part its place in ``situations``, or -1; ``numbers``: as `numbers_of`.

        ``particular``: place → response of each part that answers and is in no situation.
        """
        places = np.array(sorted(particular), dtype=np.intp)
        for one in particular.values():
            require_known(one)
        return cls(
            tuple(situations),
            np.asarray(situation, dtype=np.intp),
            {name: np.asarray(numbers[name], dtype=float) for name in NUMBERS},
            places,
            particular_parts([particular[int(place)] for place in places]),
        )

    def at(self, question: UseQuestion) -> AnswersAtUse:
        """Nothing is computed before it is asked for, and nothing twice."""
        return AnswersAtUse(self, question)

    def rates_at(self, question: UseQuestion, confidence: float) -> ValuesAtUse:
        """Upper bounds of the constant failure rate per hour, as ``failure_rate_90`` of a certificate."""
        return self.at(question).rates(confidence)

    def worst_rates_at(self, question: UseQuestion, confidence: float) -> ValuesAtUse:
        """With wear-out over the life and the rate of the first year where they apply: what is graded."""
        return self.at(question).worst_rates(confidence)

    def lives_at(self, question: UseQuestion, share: float) -> ValuesAtUse:
        """Lower bounds in hours of the life by which that share has failed: 0.01 for B1, 0.10 for B10."""
        return self.at(question).lives(share)

    @cached_property
    def laws(self) -> TwoLaws:
        own = [(one.own_temperature_c, one.own_voltage_ratio) for one in self.situations]
        entries = [(one.law, one.life_law, its) for one, its in zip(self.situations, own, strict=True)]
        return two_laws(entries, self.situation)

    @cached_property
    def limits(self) -> LimitColumns:
        rated = [one.law.rated_k for one in self.situations]
        return limit_columns([one.limits for one in self.situations], rated)

    @cached_property
    def shown_hours(self) -> Array:
        """Up to which hours are not longer than tested, at the own condition."""
        return self.numbers["longest_hours"] * (1.0 + BAND)


NUMBERS = ("rate_60", "rate_90", "b1", "b10", "declared_hours", "longest_hours")


def numbers_of(response: UseResponse) -> dict[str, float]:
    """What a part has of its own, beside its situation: the columns of a file of many parts."""
    require_known(response)
    nothing = (np.nan, np.nan)
    own = (*(response.rates or nothing), *(response.lives or nothing), response.hours, response.longest_hours)
    return dict(zip(NUMBERS, own, strict=True))


def require_known(response: UseResponse) -> None:
    """LookupError of a response at other confidences or shares than these columns have."""
    if response.confidences != CONFIDENCES or response.shares != SHARES:
        raise LookupError(f"no columns for {response.confidences} and {response.shares}")


@dataclass(frozen=True, eq=False)
class AnswersAtUse:
    """What `UseColumns` says at one use."""

    columns: UseColumns
    question: UseQuestion

    def rates(self, confidence: float) -> ValuesAtUse:
        index = _index(confidence, CONFIDENCES, "confidence")
        found = self._used_up[0] * self.columns.numbers[f"rate_{round(100 * confidence)}"]
        if self.columns.particular is not None:
            found[self.columns.places] = self.columns.particular.rates_at(self._answered, index)
        return ValuesAtUse(found, self._rates_beyond)

    def worst_rates(self, confidence: float) -> ValuesAtUse:
        index = _index(confidence, CONFIDENCES, "confidence")
        found, beyond = self.rates(confidence)
        if self.columns.particular is not None:
            particular = self.columns.particular
            found[self.columns.places] = particular.worst_rates_at(self._answered, self.question, index)
        return ValuesAtUse(found, beyond)

    def lives(self, share: float) -> ValuesAtUse:
        index = _index(share, SHARES, "share")
        own = self.columns.numbers[("b1", "b10")[index]]
        found = own / self._used_up[1]
        beyond = self._spread_bits(self._stress_beyond)
        beyond |= longer_bit(own > self.columns.shown_hours)
        if self.columns.particular is not None:
            some = self.columns.particular.lives_at(self._answered, index)
            found[self.columns.places] = some
            beyond[self.columns.places] = self.columns.particular.lives_beyond(
                self.question, self._answered, some
            )
        return ValuesAtUse(found, beyond)

    @cached_property
    def _answered(self) -> Answered:
        assert self.columns.particular is not None
        return self.columns.particular.answered(self.question)

    @cached_property
    def _used_up(self) -> tuple[Array, Array]:
        """By random failures and by wear-out."""
        return self.columns.laws.used_up(self.question)

    @cached_property
    def _stress_beyond(self) -> Bits:
        return self.columns.limits.beyond(self.question)

    @cached_property
    def _rates_beyond(self) -> Bits:
        numbers = self.columns.numbers
        asked = numbers["declared_hours"] if self.question.hours is None else self.question.hours
        found = self._spread_bits(self._stress_beyond)
        found |= longer_bit(asked * self._used_up[1] > self.columns.shown_hours)
        if self.columns.particular is not None:
            some = self.columns.particular.beyond(self.question, self._answered)
            found[self.columns.places] = some
        return found

    def _spread_bits(self, of_situations: Bits) -> Bits:
        """To the parts; the last entry is that of a part in no situation."""
        return np.append(of_situations, np.uint8(0))[self.columns.situation]


def _index(value: float, known: tuple[float, ...], column: str) -> int:
    if value not in known:
        fault = Fault("not_a_choice", column=column, given=f"{value:g}", parameters={"expected": list(known)})
        raise RatedPartsError("use_refused", items=[fault])
    return known.index(value)


def codes_of(bits: int) -> tuple[str, ...]:
    """What the bits of one part say."""
    return tuple(code for place, code in enumerate(CODES) if bits >> place & 1)
