"""Units that are more alike than units are.

Rule: (a) the spread between the same units, by its quartiles, has shrunk at a later readout by more than
chance and to half at most; (b) in a key parameter all of ten units or more read the same five significant
digits.

False alarms: (a) the logarithm of the ratio of two interquartile ranges of n values each has a standard
deviation below ``2.2 / sqrt(n)``, even of distributions with tails as long as Laplace's; the quantile of
the alarm rate is taken. (b) Needs parts whose spread is below 1e-5 of the value: none honest, but for the
end of an instrument's range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from .finding import ALARM, Finding
from .measured import Measured

SPAN = 20.0
FEWEST = 30
FEWEST_ALIKE = 10
FIVE_DIGITS = 1e4


def narrow_spread(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    yield from _shrinking(measured, alarm)
    yield from _none_at_all(measured)


def _shrinking(measured: Measured, alarm: float) -> Iterator[Finding]:
    tests = max(len(measured.columns) * (len(measured.readouts) - 1), 1)
    for name, readings in measured.columns.items():
        if readings.span() < SPAN:
            continue
        smallest: tuple[float, int, int] | None = None
        for place in range(1, len(measured.readouts)):
            both = np.isfinite(readings.values[:, [0, place]]).all(axis=1)
            both &= measured.good[:, [0, place]].all(axis=1)
            units = int(both.sum())
            if units < FEWEST:
                continue
            quartiles = np.percentile(readings.values[both][:, [0, place]], [25, 75], axis=0)
            before, after = quartiles[1] - quartiles[0]
            ratio = float(after / before) if before > 0 else 1.0
            limit = min(0.5, math.exp(float(norm.ppf(alarm / tests)) * 2.2 / math.sqrt(units)))
            if ratio <= limit and (smallest is None or ratio < smallest[0]):
                smallest = (ratio, place, units)
        if smallest is not None:
            ratio, place, units = smallest
            parameters = {"column": name, "readout": measured.readouts[place], "ratio": ratio, "units": units}
            yield Finding("finding_shrinking_spread", parameters)


def _none_at_all(measured: Measured) -> Iterator[Finding]:
    key = set(measured.protocol.key_columns) | {one.name for one in measured.protocol.quantities}
    for name, readings in measured.columns.items():
        if name not in key:
            continue
        for place, readout in enumerate(measured.readouts):
            used = np.isfinite(readings.values[:, place]) & measured.good[:, place]
            values, steps = readings.values[used, place], readings.steps[used, place]
            if len(values) < FEWEST_ALIKE or values.min() != values.max():
                continue
            if abs(values[0]) / steps.max() >= FIVE_DIGITS:
                parameters = {
                    "column": name,
                    "readout": readout,
                    "value": float(values[0]),
                    "units": len(values),
                }
                yield Finding("finding_no_spread", parameters)
                break
