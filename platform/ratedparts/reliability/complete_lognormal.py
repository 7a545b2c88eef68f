"""Lognormal lives of units that have all failed: quantiles with exact bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ratedparts.errors import RatedPartsError

from .arguments import ArrayLike, require_fraction, require_positive, require_sample, vector
from .noncentral_t import tolerance_factor


@dataclass(frozen=True)
class CompleteLognormal:
    """Mean and standard deviation of the log lives (divisor ``n - 1``) of ``n`` units."""

    location: float
    spread: float
    n: int

    def life(self, fraction: float) -> float:
        """The age by which ``fraction`` of the units have failed; 0.5 gives the median."""
        require_fraction(fraction)
        return float(np.exp(self.location + self.spread * ndtri(fraction)))

    def life_lower_bound(self, fraction: float, confidence: float = 0.90) -> float:
        """One-sided lower tolerance bound of ``life(fraction)``: ``exp(location - k spread)``, exact.

        ``k`` is ``tolerance_factor(n, fraction, confidence)`` (ISO 16269-6:2014).
        """
        return float(np.exp(self.location - tolerance_factor(self.n, fraction, confidence) * self.spread))


def fit_complete_lognormal(lives: ArrayLike) -> CompleteLognormal:
    """Lognormal of complete lives, shape ``(n,)``, in one unit, greater than zero.

    Raises
    ------
    RatedPartsError
        ``sample_too_small`` below two, ``not_finite``, ``number_not_positive``, ``life_sample_shape``, or
        ``standard_deviation_not_positive`` where all lives are equal.
    """
    at = vector("lives", lives)
    require_sample(at.size, 2)
    require_positive(float(at.min()))
    logs = np.log(at)
    # Equal lives leave a spread of rounding alone.
    if at.max() == at.min():
        raise RatedPartsError("standard_deviation_not_positive", given=0.0)
    return CompleteLognormal(float(logs.mean()), float(logs.std(ddof=1)), at.size)
