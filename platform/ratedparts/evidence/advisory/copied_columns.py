"""Two measured columns of which one follows from the other.

Rule: in every reading of every good unit, ``b = a``, ``b = k a`` or ``b = a + c`` with one ``k`` or ``c``
for the whole file, to the last digit, while both columns spread over at least 20 last digits between
units.

False alarms: readings that scatter about a relation by the last digit agree with it in at most 0.7 of the
units, so n units do in ``0.7 ** (n - 1)``; that, times the relations tried, has to be below the alarm
rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from .exact_relations import exact_multiple, exact_offset
from .finding import AGREEING, ALARM, Finding
from .measured import Measured

SPAN = 20.0


def copied_columns(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    names = [name for name, readings in measured.columns.items() if readings.span() >= SPAN]
    tried = 3 * len(names) * (len(names) - 1) / 2
    for first, second in combinations(names, 2):
        a, b = measured.columns[first], measured.columns[second]
        both = np.isfinite(a.values) & np.isfinite(b.values) & measured.good
        units = int(both.any(axis=1).sum())
        if tried * AGREEING ** (units - 1) > alarm:
            continue
        x, y, slack_x, slack_y = (one[both] for one in (a.values, b.values, a.steps / 2, b.steps / 2))
        relation, constant = "", 0.0
        if bool((np.abs(x - y) <= 1e-9 * np.abs(x)).all()):
            relation = "equal"
        elif (factor := exact_multiple(x, y, slack_x, slack_y)) is not None:
            relation, constant = "multiple", factor
        elif (offset := exact_offset(x, y, slack_x, slack_y)) is not None:
            relation, constant = "offset", offset
        if relation:
            parameters = {
                "first": first,
                "second": second,
                "relation": relation,
                "constant": constant,
                "rows": int(both.sum()),
                "units": units,
            }
            yield Finding("finding_copied_column", parameters)
