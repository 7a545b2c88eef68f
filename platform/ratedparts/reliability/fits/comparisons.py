"""Whether lots, or stresses, share a spread and a location.

The most general model gives each group its own location and spread, the next one spread to all, the last one
location too or locations on a line.  Groups without an estimate of their own take no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ratedparts.errors import RatedPartsError

from ..estimation_errors import NoFiniteEstimate
from ..life_sample import LifeSample
from .existence import require_finite_maximum
from .life_stress import LifeStressFit, fit_life_stress
from .likelihood_ratio_test import LikelihoodRatioTest
from .one_population import fit


@dataclass(frozen=True)
class LotComparison:
    """``common_spread``: one shape for all lots?  ``common_location``: given that, one scale for all?

    ``lots``: positions of the lots that took part.
    """

    common_spread: LikelihoodRatioTest
    common_location: LikelihoodRatioTest
    lots: tuple[int, ...]


def compare_lots(samples: Sequence[LifeSample], distribution: str = "weibull") -> LotComparison:
    """Likelihood-ratio tests of a common spread and then a common location.

    Raises
    ------
    RatedPartsError
        ``groups_not_comparable``: fewer than two lots have an estimate of their own.

    References
    ----------
    Lawless (2003), 5.4; Nelson, *Applied Life Data Analysis* (1982), chapter 12.
    """
    lots = tuple(number for number, sample in enumerate(samples) if _has_estimate(sample))
    _require_groups(len(lots))
    chosen = [samples[number] for number in lots]
    together = _joined(chosen)
    group = np.repeat(np.arange(len(chosen)), [sample.lower.size for sample in chosen])
    separate = sum(fit(sample, distribution).log_likelihood for sample in chosen)
    one_spread = fit_life_stress(together, _dummies(group), distribution).log_likelihood
    one_location = fit(together, distribution).log_likelihood
    freedom = len(chosen) - 1
    return LotComparison(
        LikelihoodRatioTest(2.0 * (separate - one_spread), freedom),
        LikelihoodRatioTest(2.0 * (one_spread - one_location), freedom),
        lots,
    )


def common_spread_test(relation: LifeStressFit) -> LikelihoodRatioTest:
    """Whether the spread is the same at every stress of a life-stress relation.

    Each stress keeps its own location.  Raises ``groups_not_comparable`` where fewer than two stresses have
    an estimate of their own.
    """
    rows, group = _estimable(relation)
    part = _rows_of(relation.sample, rows)
    separate = sum(
        fit(_rows_of(part, np.flatnonzero(group == number)), relation.distribution).log_likelihood
        for number in range(group.max() + 1)
    )
    one_spread = fit_life_stress(part, _dummies(group), relation.distribution).log_likelihood
    return LikelihoodRatioTest(2.0 * (separate - one_spread), int(group.max()))


def linearity_test(relation: LifeStressFit) -> LikelihoodRatioTest:
    """Whether the locations of the stresses lie on the relation, given one spread.

    Raises ``groups_not_comparable`` where the stresses that have an estimate of their own are no more than
    the relation has coefficients.
    """
    rows, group = _estimable(relation)
    part = _rows_of(relation.sample, rows)
    freedom = int(group.max()) - len(relation.names)
    if freedom < 1:
        raise RatedPartsError("groups_not_comparable", groups=int(group.max()) + 1)
    covariates = dict(zip(relation.names, relation.given_covariates()[rows].T, strict=True))
    apart = fit_life_stress(part, _dummies(group), relation.distribution).log_likelihood
    line = fit_life_stress(part, covariates, relation.distribution).log_likelihood
    return LikelihoodRatioTest(2.0 * (apart - line), freedom)


def _estimable(relation: LifeStressFit) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows at stresses that have an estimate of their own, and the number of each row's stress."""
    _, stress = np.unique(relation.given_covariates(), axis=0, return_inverse=True)
    stress = stress.ravel()
    kept = [
        number
        for number in range(stress.max() + 1)
        if _has_estimate(_rows_of(relation.sample, np.flatnonzero(stress == number)))
    ]
    _require_groups(len(kept))
    rows = np.flatnonzero(np.isin(stress, kept))
    return rows, np.searchsorted(np.array(kept), stress[rows])


def _has_estimate(sample: LifeSample) -> bool:
    try:
        require_finite_maximum(sample)
    except NoFiniteEstimate:
        return False
    return True


def _require_groups(groups: int) -> None:
    if groups < 2:
        raise RatedPartsError("groups_not_comparable", groups=groups)


def _dummies(group: npt.NDArray[np.intp]) -> dict[str, npt.NDArray[np.float64]]:
    return {f"group {number}": (group == number).astype(float) for number in range(1, group.max() + 1)}


def _rows_of(sample: LifeSample, rows: npt.NDArray[np.intp]) -> LifeSample:
    return LifeSample(sample.lower[rows], sample.upper[rows], sample.count[rows])


def _joined(samples: Sequence[LifeSample]) -> LifeSample:
    return LifeSample(
        np.concatenate([sample.lower for sample in samples]),
        np.concatenate([sample.upper for sample in samples]),
        np.concatenate([sample.count for sample in samples]),
    )
