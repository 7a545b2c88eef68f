"""Capability of a process from its subgroups: short-term (Cp, Cpk) beside long-term (Pp, Ppk)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratedparts.errors import RatedPartsError

from ..arguments import ArrayLike, vector
from .indices import cp, cpk
from .intervals import cp_interval, cpk_interval, one_sided_capability_lower_bound
from .subgroup_spread import Spread, SpreadMethod, overall_spread, within_subgroup_spread


@dataclass(frozen=True)
class Capability:
    """Mean and spread of a process against its limits; a limit that does not exist is None.

    Under the within-subgroup spread the figures are called Cp and Cpk, under the overall one Pp and Ppk.
    """

    mean: float
    n: int
    spread: Spread
    lower_limit: float | None
    upper_limit: float | None

    @property
    def cp(self) -> float | None:
        """None with a single limit: there is no tolerance to compare with."""
        if self.lower_limit is None or self.upper_limit is None:
            return None
        return cp(self.spread.standard_deviation, self.lower_limit, self.upper_limit)

    @property
    def cpl(self) -> float | None:
        if self.lower_limit is None:
            return None
        return cpk(self.mean, self.spread.standard_deviation, lower_limit=self.lower_limit)

    @property
    def cpu(self) -> float | None:
        if self.upper_limit is None:
            return None
        return cpk(self.mean, self.spread.standard_deviation, upper_limit=self.upper_limit)

    @property
    def cpk(self) -> float:
        return cpk(self.mean, self.spread.standard_deviation, self.lower_limit, self.upper_limit)

    def cp_interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Two-sided, chi-square; None with a single limit."""
        estimate = self.cp
        if estimate is None:
            return None
        return cp_interval(estimate, confidence, degrees_of_freedom=self.spread.degrees_of_freedom)

    def cpk_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Two-sided, Bissell's approximation."""
        freedom = self.spread.degrees_of_freedom
        return cpk_interval(self.cpk, self.n, confidence, degrees_of_freedom=freedom)

    def cpk_lower_bound(self, confidence: float = 0.90) -> float:
        """One-sided, noncentral t: exact with one limit, on the safe side with two."""
        return one_sided_capability_lower_bound(
            self.cpk, self.n, confidence, degrees_of_freedom=self.spread.degrees_of_freedom
        )


@dataclass(frozen=True)
class CapabilityStudy:
    """The same values under both spreads; ``within`` far above ``overall`` means an unstable process."""

    within: Capability
    overall: Capability

    @property
    def cp(self) -> float | None:
        return self.within.cp

    @property
    def cpk(self) -> float:
        return self.within.cpk

    @property
    def pp(self) -> float | None:
        return self.overall.cp

    @property
    def ppk(self) -> float:
        return self.overall.cpk


def capability_study(
    subgroups: Sequence[ArrayLike],
    *,
    lower_limit: float | None = None,
    upper_limit: float | None = None,
    within: SpreadMethod = "pooled",
) -> CapabilityStudy:
    """Capability and performance of a process from subgroups in the order of production.

    Parameters
    ----------
    subgroups : sequence of array_like
        Values of each subgroup, in the unit of the limits; at least one has two.
    lower_limit, upper_limit : float, optional
        At least one.
    within : {"pooled", "ranges", "deviations"}
        How the spread within subgroups is estimated; see ``within_subgroup_spread``.

    Raises
    ------
    RatedPartsError
        ``limits_missing``, ``limits_reversed``, and what ``within_subgroup_spread`` raises.

    References
    ----------
    ISO 22514-2:2017; ISO 22514-4:2016; AIAG, *Statistical Process Control*, 2nd ed. (2005).
    """
    if lower_limit is None and upper_limit is None:
        raise RatedPartsError("limits_missing")
    if lower_limit is not None and upper_limit is not None and not upper_limit > lower_limit:
        raise RatedPartsError("limits_reversed", given=upper_limit)
    short = within_subgroup_spread(subgroups, within)
    values = np.concatenate([vector("subgroups", one) for one in subgroups])
    mean, n = float(values.mean()), values.size
    return CapabilityStudy(
        Capability(mean, n, short, lower_limit, upper_limit),
        Capability(mean, n, overall_spread(values), lower_limit, upper_limit),
    )
