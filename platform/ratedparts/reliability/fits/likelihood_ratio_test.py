"""Two nested models compared by their likelihoods."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import gammaincc


@dataclass(frozen=True)
class LikelihoodRatioTest:
    """Twice the difference of two log-likelihoods against chi-square; a small ``p_value``: the models differ.

    The approximation wants several failures in every group; with few it rejects a true model too often.
    """

    statistic: float
    degrees_of_freedom: int

    @property
    def p_value(self) -> float:
        return float(gammaincc(self.degrees_of_freedom / 2.0, max(self.statistic, 0.0) / 2.0))
