"""Every unit drifting along one exact curve.

Rule: in all good units, a later reading is the first one times a constant, or plus a constant; or the
change up to a readout is one constant fraction of the change to the last readout, though the units change
by different amounts. Each to the last digit, the units (or their changes) being spread over at least 20
last digits and changed by 5.

False alarms: as for copied columns, ``0.7 ** (n - 1)`` for n units, times the relations tried.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .exact_relations import Numbers, exact_multiple, exact_offset
from .finding import AGREEING, ALARM, Finding
from .measured import Measured, Readings

SPAN = 20.0
CHANGED = 5.0


def one_curve(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    tried = len(measured.columns) * len(measured.readouts) * 3
    columns: dict[tuple[str, tuple[int, ...], int], list[str]] = {}
    for name, readings in measured.columns.items():
        for found in _curves(measured, readings, tried, alarm):
            columns.setdefault(found, []).append(name)
    for (law, places, units), names in columns.items():
        parameters = {
            "columns": names,
            "law": law,
            "readouts": [measured.readouts[place] for place in places],
            "units": units,
        }
        yield Finding("finding_one_curve", parameters)


def _curves(
    measured: Measured, readings: Readings, tried: int, alarm: float
) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """The plainest law that holds, at which readouts, and for how many units at least."""
    there = [p for p in range(len(measured.readouts)) if np.isfinite(readings.values[:, p]).sum() > 1]
    if len(there) < 2:
        return
    first, last = there[0], there[-1]
    found: dict[str, list[tuple[int, int]]] = {}
    for place in there[1:]:
        used = measured.good[:, [first, place, last]].all(axis=1)
        used &= np.isfinite(readings.values[:, [first, place, last]]).all(axis=1)
        if tried * AGREEING ** (int(used.sum()) - 1) > alarm:
            continue
        start, now, end = (readings.values[used, p] for p in (first, place, last))
        for law in _laws(start, now, end, readings.steps[used, first]):
            if law != "fraction" or place != last:
                found.setdefault(law, []).append((place, int(used.sum())))
    # A constant factor or summand is a constant fraction as well: the plainest is told.
    for law in ("multiple", "offset", "fraction"):
        if law in found:
            yield law, tuple(place for place, _ in found[law]), min(units for _, units in found[law])
            return


def _laws(start: Numbers, now: Numbers, end: Numbers, steps: Numbers) -> Iterator[str]:
    step, half = float(np.median(steps)), steps / 2
    if abs(float(np.median(now - start))) < CHANGED * step:
        return
    if _span(start, step) >= SPAN:
        if exact_multiple(start, now, half, half) is not None:
            yield "multiple"
        if exact_offset(start, now, half, half) is not None:
            yield "offset"
    changes = end - start
    if _span(changes, step) >= SPAN and exact_multiple(changes, now - start, steps, steps) is not None:
        yield "fraction"


def _span(values: Numbers, step: float) -> float:
    low, high = np.percentile(values, [10, 90])
    return float((high - low) / step)
