"""Many limits at once: which of them a use goes beyond, as bits in the order of `limits.CODES`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .law import kelvin
from .law_columns import Array
from .limits import BAND, CODES, FULL_VOLTAGE, LONGER, Limits
from .question import Phase, UseQuestion

Bits = npt.NDArray[np.uint8]
BIT = {code: np.uint8(1 << place) for place, code in enumerate(CODES)}


@dataclass(frozen=True, eq=False)
class LimitColumns:
    """As `Limits`, one entry a part; the band is already put to them."""

    hottest_k: Array
    highest_voltage: Array
    rated_k: Array
    coldest_k: Array
    lowest_voltage: Array
    stated_k: Array
    rise_k: Array
    rated_use_k: Array  # where a phase is at each part's own rating

    def beyond(self, question: UseQuestion) -> Bits:
        found = np.zeros(self.hottest_k.shape, dtype=np.uint8)
        for phase in question.phases:
            if phase.share > 0.0:
                self._add(found, phase)
        return found

    def _add(self, found: Bits, phase: Phase) -> None:
        given, voltage = phase.temperature_c, phase.voltage_ratio
        absolute = self.rated_use_k if given is None else kelvin(given)
        film = self.rise_k * (voltage * voltage)
        film += absolute
        found |= BIT["hotter_than_tested"] * (film > self.hottest_k)
        found |= BIT["more_voltage_than_tested"] * (voltage > self.highest_voltage)
        found |= BIT["hotter_than_rated"] * (absolute > self.rated_k)
        if voltage > FULL_VOLTAGE * (1.0 + BAND):
            found |= BIT["more_voltage_than_rated"]
        found |= BIT["far_from_fitted"] * ((film < self.coldest_k) | (voltage < self.lowest_voltage))
        if given is not None:
            found |= BIT["hotter_than_stated"] * (absolute > self.stated_k)


def limit_columns(limits: Sequence[Limits], rated_use_k: Sequence[float]) -> LimitColumns:
    columns = {
        field.name: np.array([getattr(one, field.name) for one in limits], dtype=float)
        for field in fields(Limits)
    }
    for name in ("hottest_k", "highest_voltage", "rated_k", "stated_k"):
        columns[name] *= 1.0 + BAND
    for name in ("coldest_k", "lowest_voltage"):
        columns[name] /= 1.0 + BAND
    return LimitColumns(**columns, rated_use_k=np.array(rated_use_k, dtype=float))


def longer_bit(longer: npt.NDArray[np.bool_]) -> Bits:
    return np.uint8(LONGER) * longer
