"""A readout that says what the one before it said.

Rule: between two readouts at least half of the units repeat every finely written column to the last
digit. Finely written: the units spread over at least 100 last digits.

False alarms: where no unit has changed at all, an instrument that scatters by at least the last digit
repeats it in 28 % of the readings, ``P(round(x) = round(x'))`` of a normal scatter; the number of units
that do has to be rarer than the alarm rate under 30 %, shared out among the pairs of readouts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import binom

from .finding import ALARM, Finding
from .measured import Measured

SPAN = 100.0
REPEATING = 0.3


def repeated_readouts(measured: Measured, alarm: float = ALARM) -> Iterator[Finding]:
    fine = {name: one.values for name, one in measured.columns.items() if one.span() >= SPAN}
    if not fine:
        return
    for place in range(1, len(measured.readouts)):
        both = measured.good[:, place - 1] & measured.good[:, place]
        for values in fine.values():
            both &= np.isfinite(values[:, place - 1]) & np.isfinite(values[:, place])
        same = both.copy()
        for values in fine.values():
            same &= values[:, place - 1] == values[:, place]
        units, repeated = int(both.sum()), int(same.sum())
        rarity = float(binom.sf(repeated - 1, units, REPEATING)) * (len(measured.readouts) - 1)
        if 2 * repeated >= units and repeated and rarity <= alarm:
            parameters = {
                "earlier": measured.readouts[place - 1],
                "later": measured.readouts[place],
                "repeated": repeated,
                "units": units,
                "columns": sorted(fine),
            }
            yield Finding("finding_repeated_readout", parameters)
