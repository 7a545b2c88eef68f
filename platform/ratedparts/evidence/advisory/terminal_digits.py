"""Last digits that are not as likely as each other.

Rule: at one readout, the last digits of at least 100 different values of a column, chi-square with nine
degrees of freedom against all ten alike. Different values only: an instrument at the end of its range
repeats one.

False alarms: the last digit is as good as uniform where the units spread over 20 last digits or more; the
p-value has to be below the alarm rate, shared out among columns and readouts. At most five last digits
that keep a distance from each other, such as 0 and 5, are those of an instrument that rounds, and are
said to be.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from .finding import ALARM, Finding
from .measured import Measured, Readings

SPAN = 20.0
FEWEST = 100


def terminal_digits(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    tests = max(len(measured.columns) * len(measured.readouts), 1)
    for name, readings in measured.columns.items():
        worst: tuple[float, int, npt.NDArray[np.int64], bool] | None = None
        for place in range(len(measured.readouts)):
            if readings.span(place) < SPAN:
                continue
            counted = _counts(readings, place)
            if counted is None:
                continue
            counts, rounded = counted
            expected = counts.sum() / 10
            p_value = float(chi2.sf(((counts - expected) ** 2 / expected).sum(), 9))
            if p_value * tests <= alarm and (worst is None or p_value < worst[0]):
                worst = (p_value, place, counts, rounded)
        if worst is not None:
            _, place, counts, rounded = worst
            parameters = {
                "column": name,
                "readout": measured.readouts[place],
                "values": int(counts.sum()),
                "digits": {str(digit): int(count) for digit, count in enumerate(counts) if count},
            }
            yield Finding("finding_rounded_digits" if rounded else "finding_terminal_digits", parameters)


def _counts(readings: Readings, place: int) -> tuple[npt.NDArray[np.int64], bool] | None:
    """How often each last digit ends a value with the usual decimals, and whether they are rounded."""
    steps, values = readings.steps[:, place], readings.values[:, place]
    usual = np.nanmedian(steps)
    used = (np.abs(steps - usual) <= 1e-9 * usual) & (readings.digits[:, place] >= 0)
    _, first = np.unique(values[used], return_index=True)
    if len(first) < FEWEST:
        return None
    digits = readings.digits[used, place][first]
    gaps = np.diff(values[used][first]) / usual
    counts = np.bincount(digits, minlength=10).astype(np.int64)
    return counts, bool(gaps.min() > 1.5 and (counts > 0).sum() <= 5)
