"""Many laws at once: how fast life is used up at a use, against each law's own condition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .law import Law, kelvin
from .question import UseQuestion

Array = npt.NDArray[np.float64]
NUMBERS = ("constant", "energy_k", "exponent", "cooling", "rise_k", "cap", "rated_k", "rated_constant")
BLOCK = 8192


@dataclass(frozen=True, eq=False)
class LawColumns:
    """One entry a law; made by `law_columns`.  ``own`` is ln AF at the own condition."""

    constant: Array
    energy_k: Array
    exponent: Array
    cooling: Array
    rise_k: Array
    cap: Array
    rated_k: Array
    rated_constant: Array
    error: Array  # (6, n), as the fields of `StandardError`
    has_error: bool
    own: Array

    def used_up(self, question: UseQuestion) -> Array:
        """Life used up in an hour of the use over that in an hour of the own condition, shape (n,).

        Both logarithms come from the same operations in the same order, so that at the own condition their
        difference is zero and the ratio is one, exactly.
        """
        found = np.empty_like(self.own)
        for start, block in self._blocks:
            found[start : start + BLOCK] = block._used_up(question)
        return found

    @cached_property
    def _blocks(self) -> tuple[tuple[int, LawColumns], ...]:
        """Views so short that what is computed of one stays in the processor's cache."""
        starts = range(0, len(self.own), BLOCK)
        return tuple((start, self._cut(slice(start, start + BLOCK))) for start in starts)

    def _cut(self, part: slice) -> LawColumns:
        columns = {name: getattr(self, name)[part] for name in (*NUMBERS, "own")}
        return LawColumns(**columns, error=self.error[:, part], has_error=bool(self.error[5, part].any()))

    def _used_up(self, question: UseQuestion) -> Array:
        total = np.zeros_like(self.own)
        for phase in question.phases:
            if phase.share == 0.0:
                continue
            given, voltage = phase.temperature_c, phase.voltage_ratio
            absolute = self.rated_k if given is None else kelvin(given)
            constant = self.rated_constant if given is None else self.constant
            ratio = self.log_factors(absolute, constant, voltage, math.log(voltage))
            np.subtract(self.own, ratio, out=ratio)
            np.exp(ratio, out=ratio)
            ratio *= phase.share
            total += ratio
        return total

    def log_factors(
        self, absolute: Array | float, constant: Array, voltage: Array | float, log_voltage: Array | float
    ) -> Array:
        found = self.rise_k * (voltage * voltage)
        found += absolute
        np.divide(self.energy_k, found, out=found)
        found += constant
        found -= self.exponent * log_voltage
        found -= self.cooling * absolute
        if self.has_error:
            inverse_test, log_test, temperature, both, by_voltage, deviations = self.error
            far, more = 1.0 / absolute - inverse_test, log_voltage - log_test
            variance = temperature * far * far + 2.0 * both * far * more + by_voltage * more * more
            found -= deviations * np.sqrt(np.maximum(variance, 0.0))
        return np.minimum(found, self.cap, out=found)


def law_columns(laws: Sequence[Law], own: Sequence[tuple[float | None, float]]) -> LawColumns:
    """``own``: temperature (None: the own rating) and voltage ratio of each law's own condition."""
    columns = {name: np.array([getattr(law, name) for law in laws], dtype=float) for name in NUMBERS}
    error = np.array([_error(law) for law in laws], dtype=float).reshape(len(laws), 6).T
    unfinished = LawColumns(**columns, error=error, has_error=bool(error[5:].any()), own=columns["cap"])
    at_rating = np.array([temperature is None for temperature, _ in own], dtype=bool)
    stated = np.array([kelvin(temperature or 0.0) for temperature, _ in own], dtype=float)
    voltage = np.array([ratio for _, ratio in own], dtype=float)
    found = unfinished.log_factors(
        np.where(at_rating, columns["rated_k"], stated),
        np.where(at_rating, columns["rated_constant"], columns["constant"]),
        voltage,
        np.array([math.log(ratio) for _, ratio in own], dtype=float),
    )
    return LawColumns(**columns, error=error, has_error=unfinished.has_error, own=found)


def _error(law: Law) -> tuple[float, ...]:
    error = law.error
    if error is None:
        return (0.0,) * 6
    return (
        error.inverse_test_k,
        error.log_test_voltage,
        error.temperature,
        error.both,
        error.voltage,
        error.deviations,
    )


@dataclass(frozen=True, eq=False)
class TwoLaws:
    """Of random failures and of wear-out, which are mostly the same; each different pair is computed once."""

    random: LawColumns
    life: LawColumns  # of the pairs that differ
    differing: npt.NDArray[np.intp]
    pair: npt.NDArray[np.intp]  # of each entry; -1 for one that has none

    def used_up(self, question: UseQuestion) -> tuple[Array, Array]:
        """By random failures and by wear-out, one entry for each of ``pair``; NaN where there is none."""
        random = np.append(self.random.used_up(question), np.nan)
        spread = random[self.pair]
        if not len(self.differing):
            return spread, spread
        random[self.differing] = self.life.used_up(question)
        return spread, random[self.pair]


Own = tuple[float | None, float]  # temperature, or None for the own rating; voltage ratio


def two_laws(entries: Sequence[tuple[Law, Law, Own]], pair: npt.ArrayLike | None = None) -> TwoLaws:
    """``pair``: of each entry of an array its place among ``entries``; without it they are told apart."""
    if pair is None:
        places: dict[tuple[Law, Law, Own], int] = {}
        pair = [places.setdefault(entry, len(places)) for entry in entries]
        entries = list(places)
    differing = [place for place, (random, life, _) in enumerate(entries) if random != life]
    return TwoLaws(
        law_columns([random for random, _, _ in entries], [own for _, _, own in entries]),
        law_columns([entries[place][1] for place in differing], [entries[place][2] for place in differing]),
        np.array(differing, dtype=np.intp),
        np.asarray(pair, dtype=np.intp),
    )
