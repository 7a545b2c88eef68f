"""Scores of a laboratory in a proficiency test, and the value and spread that its participants agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ratedparts.errors import RatedPartsError

from .arguments import (
    ArrayLike,
    require_finite,
    require_not_negative,
    require_positive,
    require_sample,
    vector,
)

Verdict = Literal["satisfactory", "questionable", "unsatisfactory"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # the worst last

LARGEST_NUMBER_OF_ROUNDS = 10_000


def difference(result: float, assigned: float) -> float:
    """``D = x - X``, in the unit of the result (ISO 13528:2022, 9.3)."""
    require_finite(result, assigned)
    return result - assigned


def percent_difference(result: float, assigned: float) -> float:
    """``D% = 100 (x - X) / X`` (ISO 13528:2022, 9.3); ``X`` is not zero."""
    if assigned == 0:
        raise RatedPartsError("assigned_value_zero")
    return 100.0 * difference(result, assigned) / assigned


def z_score(result: float, assigned: float, *, standard_deviation: float) -> float:
    """``(x - X) / σ_pt``: deviation in standard deviations for proficiency assessment (ISO 13528:2022, 9.4).

    Raises
    ------
    RatedPartsError
        ``not_finite`` or ``number_not_positive``; so in all scores.
    """
    require_positive(standard_deviation)
    return difference(result, assigned) / standard_deviation


def z_prime_score(
    result: float, assigned: float, *, standard_deviation: float, assigned_uncertainty: float
) -> float:
    """``(x - X) / sqrt(σ_pt² + u_X²)``, where ``u_X`` exceeds ``0.3 σ_pt`` (ISO 13528:2022, 9.5).

    ``assigned_uncertainty`` is the standard uncertainty of the assigned value, not the expanded one.
    """
    require_positive(standard_deviation)
    require_not_negative(assigned_uncertainty)
    return difference(result, assigned) / float(np.hypot(standard_deviation, assigned_uncertainty))


def zeta_score(
    result: float, assigned: float, *, result_uncertainty: float, assigned_uncertainty: float
) -> float:
    """``(x - X) / sqrt(u_x² + u_X²)``, both standard uncertainties (ISO 13528:2022, 9.6)."""
    return difference(result, assigned) / _combined(result_uncertainty, assigned_uncertainty)


def e_n_score(result: float, assigned: float, *, result_expanded: float, assigned_expanded: float) -> float:
    """``(x - X) / sqrt(U_x² + U_X²)``, both expanded uncertainties, k = 2 (ISO 13528:2022, 9.7)."""
    return difference(result, assigned) / _combined(result_expanded, assigned_expanded)


def z_verdict(score: float) -> Verdict:
    """What z, z' or zeta means: ``|z| <= 2``, ``2 < |z| < 3``, ``|z| >= 3`` (ISO 13528:2022, 9.4.2)."""
    require_finite(score)
    if abs(score) <= 2.0:
        return "satisfactory"
    return "questionable" if abs(score) < 3.0 else "unsatisfactory"


def e_n_verdict(score: float) -> Verdict:
    """What E_n means: satisfactory where ``|E_n| <= 1``; there is nothing between (ISO 13528:2022, 9.7)."""
    require_finite(score)
    return "satisfactory" if abs(score) <= 1.0 else "unsatisfactory"


@dataclass(frozen=True)
class Consensus:
    """Robust mean and standard deviation of the participants' results.

    Attributes
    ----------
    mean, standard_deviation : float
        ``x*`` and ``s*``, in the unit of the results.
    participants : int
        Results behind them.
    rounds : int
        How often the results were winsorised until nothing moved.
    """

    mean: float
    standard_deviation: float
    participants: int
    rounds: int

    @property
    def uncertainty(self) -> float:
        """Of the mean as assigned value, standard: ``1.25 s* / sqrt(p)`` (ISO 13528:2022, 7.7)."""
        return 1.25 * self.standard_deviation / float(np.sqrt(self.participants))


def algorithm_a(results: ArrayLike, *, tolerance: float = 1e-12) -> Consensus:
    """Robust mean and standard deviation by Algorithm A with iterated scale.

    From the median and ``1.483 MAD``, results beyond ``x* ± 1.5 s*`` are drawn in to that limit; ``x*`` is
    their new mean, ``s*`` their standard deviation times 1.134; again, until nothing moves.

    Parameters
    ----------
    results : array_like, shape (p,)
        One of each participant, at least three, in one unit.
    tolerance : float
        Ends when mean and standard deviation move by no more than this share of the standard deviation.
        The standard stops at the third significant figure; to the end the answer depends on nothing else.

    Raises
    ------
    RatedPartsError
        ``sample_too_small``, ``not_finite``, ``life_sample_shape``, ``standard_deviation_not_positive`` where
        so many results are equal that the robust spread vanishes, or ``robust_estimate_did_not_converge``.

    Notes
    -----
    Where more than half of the results are equal the MAD is zero; then the ordinary standard deviation
    starts the rounds.

    References
    ----------
    ISO 13528:2022, C.3; Analytical Methods Committee, *Analyst* 114 (1989) 1693.
    """
    x = vector("results", results)
    require_sample(x.size, 3)
    require_positive(tolerance)
    mean = float(np.median(x))
    spread = 1.483 * float(np.median(np.abs(x - mean))) or float(x.std(ddof=1))
    vanished = 1e-9 * spread
    for rounds in range(1, LARGEST_NUMBER_OF_ROUNDS + 1):
        if not spread > vanished:
            raise RatedPartsError("standard_deviation_not_positive", given=0.0)
        drawn_in = np.clip(x, mean - 1.5 * spread, mean + 1.5 * spread)
        before = (mean, spread)
        mean, spread = float(drawn_in.mean()), 1.134 * float(drawn_in.std(ddof=1))
        if max(abs(mean - before[0]), abs(spread - before[1])) <= tolerance * spread:
            return Consensus(mean, spread, x.size, rounds)
    raise RatedPartsError("robust_estimate_did_not_converge", rounds=LARGEST_NUMBER_OF_ROUNDS)


def _combined(one: float, other: float) -> float:
    require_not_negative(one)
    require_not_negative(other)
    both = float(np.hypot(one, other))
    require_positive(both)
    return both
