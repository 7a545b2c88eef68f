"""Many laws at once: how fast life is used up at a use, against each law's own condition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .law import Law, kelvin
from .question import UseQuestion

Array = npt.NDArray[np.float64]


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
        total = None
        for phase in question.phases:
            if phase.share == 0.0:
                continue
            at_rating = phase.temperature_c is None
            absolute = self.rated_k if phase.temperature_c is None else kelvin(phase.temperature_c)
            constant = self.rated_constant if at_rating else self.constant
            ratio = self.log_factors(absolute, constant, phase.voltage_ratio, math.log(phase.voltage_ratio))
            np.subtract(self.own, ratio, out=ratio)
            np.exp(ratio, out=ratio)
            if phase.share != 1.0:
                ratio *= phase.share
            total = ratio if total is None else np.add(total, ratio, out=total)
        assert total is not None  # the shares add up to one
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
    numbers = (
        "constant",
        "energy_k",
        "exponent",
        "cooling",
        "rise_k",
        "cap",
        "rated_k",
        "rated_constant",
    )
    columns = {name: np.array([getattr(law, name) for law in laws], dtype=float) for name in numbers}
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
