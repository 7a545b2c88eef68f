"""Exact bounds of complete and failure-terminated samples.

Their estimates depend on the true location and spread in one way only: ``(location estimate - location) /
spread`` and ``spread estimate / spread`` have a distribution that knows nothing but the number of units and
of failures (Thoman, Bain & Antle 1969; Billmann, Antle & Bain 1972; Lawless 2003, chapter 5).  It is
simulated once, from standard samples, and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arguments import Array
from ..lots.maxima import CHUNK
from ..lots.right_censored import CensoredLots
from .order_statistics import OrderStatistics

LIVES_DRAWN = 4_000_000
FEWEST_DRAWS, MOST_DRAWS = 2_000, 400_000


@dataclass(frozen=True, eq=False)
class PivotalTable:
    """Estimates of ``location`` and ``spread`` in standard samples, both (draws,)."""

    location: Array
    spread: Array

    def life(self, k: float, level: float) -> float:
        """Quantile of ``(log life estimate - log life) / spread estimate`` at standardised log life ``k``."""
        return float(np.quantile((self.location + self.spread * k - k) / self.spread, level))

    def log_hazard(self, standardised_age: float, level: float) -> float:
        """Quantile of the log cumulative hazards that explain an estimated one (a generalised pivot)."""
        return float(np.quantile(self.location + self.spread * standardised_age, level))

    def shape_ratio(self, level: float) -> float:
        """Quantile of shape estimate over shape."""
        return float(1.0 / np.quantile(self.spread, 1.0 - level))

    @property
    def mean_shape_ratio(self) -> float:
        """Mean of shape estimate over shape: the factor by which small samples overstate a shape."""
        return float(np.mean(1.0 / self.spread))


@lru_cache(maxsize=64)
def pivotal_table(units: int, failures: int, seed: int) -> PivotalTable:
    """The table for a test of ``units`` stopped at failure number ``failures`` (at least two)."""
    draws = min(max(LIVES_DRAWN // failures, FEWEST_DRAWS), MOST_DRAWS)
    size = max(1, CHUNK // failures)
    locations, spreads = [], []
    seeds = np.random.SeedSequence(seed).generate_state(-(-draws // size))
    for part in seeds:
        y = OrderStatistics(size, units, int(part)).first(failures)
        weight = np.ones_like(y)
        weight[:, -1] += units - failures
        maxima = CensoredLots(y, np.ones_like(y), weight).maxima(1e-6)
        locations.append(maxima.location)
        spreads.append(maxima.spread)
    return PivotalTable(np.concatenate(locations)[:draws], np.concatenate(spreads)[:draws])
