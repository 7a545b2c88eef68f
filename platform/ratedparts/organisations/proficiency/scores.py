"""How each laboratory of a round did, by ISO 13528."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError
from ratedparts.reliability.proficiency import (
    VERDICTS,
    Verdict,
    algorithm_a,
    difference,
    e_n_score,
    e_n_verdict,
    z_prime_score,
    z_score,
    z_verdict,
)

from .models import ProficiencyResult, ProficiencyRound

NEGLIGIBLE = 0.3  # of σ_pt: a larger uncertainty of the assigned value counts in the score (ISO 13528, 9.5)


@dataclass(frozen=True)
class Assigned:
    """What results are held against.  ``spread``: robust, of the participants; None by a reference value."""

    value: float
    expanded: float
    spread: float | None


@dataclass(frozen=True)
class Score:
    """``z``: z', where the uncertainty of the assigned value counts."""

    result: ProficiencyResult
    difference: float
    z: float
    e_n: float
    z_verdict: Verdict
    e_n_verdict: Verdict

    @property
    def verdict(self) -> Verdict:
        """The worse of the two."""
        return max(self.z_verdict, self.e_n_verdict, key=VERDICTS.index)


@dataclass(frozen=True)
class ScoredRound:
    round: ProficiencyRound
    assigned: Assigned
    primed: bool
    scores: tuple[Score, ...]  # in the order of the codes


def scored(round_: ProficiencyRound) -> ScoredRound:
    """The scores of a round; the same records give the same scores."""
    assigned = _assigned(round_)
    primed = assigned.expanded / 2 > NEGLIGIBLE * round_.sigma_pt
    scores = tuple(_score(one, round_, assigned, primed) for one in round_.results)
    return ScoredRound(round_, assigned, primed, scores)


def _assigned(round_: ProficiencyRound) -> Assigned:
    if round_.reference_value is not None and round_.reference_expanded is not None:
        return Assigned(round_.reference_value, round_.reference_expanded, None)
    # In one order, whatever the order of the rows: sums of doubles depend on it.
    values = sorted(one.value for one in round_.results)
    try:
        consensus = algorithm_a(values)
    except RatedPartsError as error:
        if error.code != "standard_deviation_not_positive":
            raise
        return Assigned(float(np.median(values)), 0.0, 0.0)  # all but a few report the very same value
    return Assigned(consensus.mean, 2 * consensus.uncertainty, consensus.standard_deviation)


def _score(result: ProficiencyResult, round_: ProficiencyRound, assigned: Assigned, primed: bool) -> Score:
    if primed:
        z = z_prime_score(
            result.value,
            assigned.value,
            standard_deviation=round_.sigma_pt,
            assigned_uncertainty=assigned.expanded / 2,
        )
    else:
        z = z_score(result.value, assigned.value, standard_deviation=round_.sigma_pt)
    e_n = e_n_score(
        result.value,
        assigned.value,
        result_expanded=result.expanded_uncertainty,
        assigned_expanded=assigned.expanded,
    )
    away = difference(result.value, assigned.value)
    return Score(result, away, z, e_n, z_verdict(z), e_n_verdict(e_n))
