"""How likely a sampling plan accepts, against how bad the parts are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, betainccinv

from ratedparts.errors import RatedPartsError

from ..arguments import Array, ArrayLike, require_count, require_fraction


@dataclass(frozen=True)
class OperatingCharacteristic:
    """The curve of a single plan: inspect ``units``, accept with at most ``accept`` nonconforming.

    The curve is of type B: ``fraction`` is that of the process, each unit fails independently, and the
    number nonconforming is binomial.  For a sample that is a large part of its lot it is a little too strict.

    Parameters
    ----------
    units : int
        Sample size, more than ``accept``: a plan that accepts whatever it finds has no curve.
    accept : int
        Acceptance number, zero included.

    Raises
    ------
    RatedPartsError
        ``count_negative`` or ``sample_too_small``.

    References
    ----------
    ISO 2859-1:1999, clause 12 and tables 10 (operating characteristics); MIL-STD-690D.
    """

    units: int
    accept: int

    def __post_init__(self) -> None:
        require_count("accept", self.accept)
        require_count("units", self.units)
        if self.units <= self.accept:
            raise RatedPartsError("sample_too_small", given=self.units, needed=self.accept + 1)

    def acceptance(self, fractions: ArrayLike) -> Array:
        """Probability of acceptance at each nonconforming fraction in [0, 1]; the shape of ``fractions``."""
        at = np.asarray(fractions, dtype=float)
        outside = ~((at >= 0.0) & (at <= 1.0))
        if outside.any():
            raise RatedPartsError("fraction_outside_unit_interval", given=float(at[outside][0]))
        return np.asarray(bdtr(float(self.accept), self.units, at))

    def fraction_accepted_with(self, probability: float) -> float:
        """The nonconforming fraction that is accepted with that probability, in (0, 1).

        Exact: acceptance is a tail of a beta distribution with ``accept + 1`` and ``units - accept``.
        """
        require_fraction(probability)
        return float(betainccinv(self.accept + 1.0, float(self.units - self.accept), probability))

    def producers_risk_point(self, risk: float = 0.05) -> float:
        """The fraction at which a lot is rejected with probability ``risk`` although it is that good."""
        return self.fraction_accepted_with(1.0 - risk)

    def consumers_risk_point(self, risk: float = 0.10) -> float:
        """The fraction at which a lot is still accepted with probability ``risk``: the limiting quality."""
        return self.fraction_accepted_with(risk)

    def curve(self, points: int = 101, smallest_acceptance: float = 0.001) -> tuple[Array, Array]:
        """Fractions and acceptance probabilities to draw, from zero to where almost nothing is accepted.

        Both of shape ``(points,)``; the last fraction has acceptance ``smallest_acceptance``.
        """
        if points < 2:
            raise RatedPartsError("sample_too_small", given=points, needed=2)
        fractions = np.linspace(0.0, self.fraction_accepted_with(smallest_acceptance), points)
        return fractions, self.acceptance(fractions)
