"""Units that read alike in every column at every readout.

Rule: the readings of two units are the same to the last digit, all of them.

False alarms: what is expected by chance comes from how often each first reading, and each change from one
readout to the next, agree between the units of the file; the agreements found have to be rarer than the
alarm rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .coincidence import beyond_chance, chance_of_agreement, expected_agreements
from .finding import ALARM, EXAMPLES, Finding
from .measured import Measured


def copied_units(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    if measured.units.height < 2 or not measured.columns:
        return
    readings = np.hstack([one.values for one in measured.columns.values()]) + 0.0  # no minus before a zero
    keys = np.hstack([_in_steps(one.values, one.steps) for one in measured.columns.values()])
    known = keys != _MISSING
    chances = [
        chance_of_agreement(keys[known[:, column], column]) if known[:, column].sum() > 1 else 1.0
        for column in range(keys.shape[1])
    ]
    patterns = _groups(np.isfinite(readings))
    groups: list[list[int]] = []
    for members in patterns:
        there = known[members[0]]
        pairs = len(members) * (len(members) - 1) / 2
        expected = expected_agreements(
            pairs, [c for c, is_there in zip(chances, there, strict=True) if is_there]
        )
        alike = [[members[i] for i in group] for group in _groups(readings[members]) if len(group) > 1]
        found = sum(len(group) * (len(group) - 1) // 2 for group in alike)
        if expected is not None and found and beyond_chance(found, expected, alarm / len(patterns)):
            groups += alike
    if groups:
        lots = measured.units["lot_code"].to_list()
        parameters = {
            "units": sum(len(group) for group in groups),
            "across_lots": any(len({lots[unit] for unit in group}) > 1 for group in groups),
            "examples": [
                " = ".join(measured.unit(unit) for unit in group[:3]) for group in groups[:EXAMPLES]
            ],
            "line": min(measured.line(unit) for group in groups for unit in group[1:]),
        }
        yield Finding("finding_same_readings", parameters)


_MISSING = np.iinfo(np.int64).min


def _in_steps(values: npt.NDArray[np.float64], steps: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The first reading and every change after it, each counted in last digits."""
    step = np.nanmedian(steps)
    counted = np.round(np.hstack([values[:, :1], np.diff(values, axis=1)]) / step)
    return np.where(np.isfinite(counted), counted, _MISSING).astype(np.int64)


def _groups(rows: npt.NDArray[Any]) -> list[list[int]]:
    """Which rows are the same, in the order of their first."""
    found: dict[bytes, list[int]] = defaultdict(list)
    for index, row in enumerate(np.ascontiguousarray(rows)):
        found[row.tobytes()].append(index)
    return list(found.values())
