"""The band around a fitted line: for each fraction the bounds of the life by which it has failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ratedparts.reliability import WeibullFit, can_be_calibrated, sketched_life_bound

from .plotted_lives import CONFIDENCE

PLACES = 9  # the band is smooth: straight between so many heights it cannot be told from the true one
DRAWS = 1_000  # enough for a line as wide as a pen's; a figure that decides takes ten times as many
# Simulating takes longer with every failure, and no line shows the difference from the likelihood ratio.
MOST_SIMULATED_FAILURES = 500


@dataclass(frozen=True, slots=True)
class LifeBand:
    """``lower`` and ``upper`` at heights on Weibull paper; ``method`` is that of the bounds."""

    heights: Any
    lower: Any
    upper: Any
    method: str


def life_band(fit: WeibullFit, bottom: float, top: float) -> LifeBand:
    """The band between two heights ``ln(-ln(1 - F))``: calibrated unless the sample is large."""
    heights = np.linspace(bottom, top, PLACES)
    fractions = (-np.expm1(-np.exp(heights))).tolist()
    if fit.sample.failures <= MOST_SIMULATED_FAILURES and can_be_calibrated(fit.sample):
        method = "calibrated"
        lower, upper = (
            [sketched_life_bound(fit.sample, part, CONFIDENCE, side, draws=DRAWS) for part in fractions]
            for side in ("lower", "upper")
        )
    else:
        method = "likelihood_ratio"
        lower, upper = (
            [fit.life_bound(part, CONFIDENCE, side) for part in fractions] for side in ("lower", "upper")
        )
    return LifeBand(heights, np.array(lower), np.array(upper), method)
