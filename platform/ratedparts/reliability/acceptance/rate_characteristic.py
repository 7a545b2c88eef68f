"""How likely a failure-rate test is passed, against how high the rate really is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, require_confidence, require_count
from ..few_failures import poisson_bound


@dataclass(frozen=True)
class RateCharacteristic:
    """The curve of a test that runs exactly as long as its level needs with ``accept`` failures.

    The failures of such a test are Poisson.  Measured in multiples of the level's limit the curve is the
    same for every level: at a true rate of ``x`` limits ``x * poisson_bound(accept, confidence)`` failures
    are expected.

    Parameters
    ----------
    accept : int
        Failures with which the test is still passed, zero included.
    confidence : float
        One-sided, in (0, 1), at which the level is shown.

    Raises
    ------
    RatedPartsError
        ``count_negative`` or ``confidence_outside_unit_interval``.

    References
    ----------
    MIL-STD-690D 6.2 and table III.
    """

    accept: int
    confidence: float

    def __post_init__(self) -> None:
        require_count("accept", self.accept)
        require_confidence(self.confidence)

    @property
    def consumers_risk(self) -> float:
        """The probability that a product exactly at the limit is granted the level."""
        return 1.0 - self.confidence

    def acceptance(self, multiples: ArrayLike) -> Array:
        """Probability of passing at each multiple of the level's limit; the shape of ``multiples``."""
        at = np.asarray(multiples, dtype=float)
        outside = ~(np.isfinite(at) & (at >= 0.0))
        if outside.any():
            raise RatedPartsError("failure_rate_not_positive", given=float(at[outside][0]))
        return np.asarray(pdtr(float(self.accept), at * poisson_bound(self.accept, self.confidence)))
