"""How many units would agree in all their readings by chance.

Two readings agree by chance as often as the readings of the file agree among themselves. Columns of one
unit are not independent, so that only the most telling counts in full, and each other by the square root
of its chance.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson

TELLING = 0.05  # readings that agree more often by chance say nothing about who is who
BEYOND_CHANCE = 10  # times what is expected: agreements come in clusters


def chance_of_agreement(keys: npt.NDArray[np.int64]) -> float:
    """The share of pairs that agree; a pair more is counted, so that it is never nothing."""
    _, counts = np.unique(keys, return_counts=True)
    pairs = len(keys) * (len(keys) - 1) / 2
    return float(((counts * (counts - 1.0) / 2).sum() + 1) / (pairs + 1))


def expected_agreements(pairs: float, chances: Iterable[float]) -> float | None:
    """How many of the pairs agree in everything; None where fewer than two readings tell units apart."""
    telling = sorted(chance for chance in chances if chance <= TELLING)
    if len(telling) < 2:
        return None
    return float(pairs * telling[0] * np.prod(np.sqrt(telling[1:])))


def beyond_chance(found: int, expected: float, alarm: float) -> bool:
    """Whether so many agreements are rarer than ``alarm``."""
    return found > BEYOND_CHANCE * expected and float(poisson.sf(found - 1, expected)) <= alarm
