"""One exposure for a mission: the factor of each test is the harmonic mean of those of the phases.

What a phase uses up is its share of the time over its factor, and the phases add up whatever their order
(linear cumulative exposure, as in `reliability.mission_profile`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..dossier import Part
from ..evidence import Report
from ..exposure import Exposure, LotOnTest, expose
from ..rule_set import UseCondition
from ..stress import AccelerationFactor
from .question import Phase


def expose_over(
    reports: Iterable[Report], part: Part, phases: Sequence[Phase], rated: UseCondition
) -> Exposure:
    reports = list(reports)
    used = [phase for phase in phases if phase.share > 0.0]
    exposures = [expose(reports, part, phase.condition, rated) for phase in used]
    if len(used) == 1:
        return exposures[0]
    shares = [phase.share for phase in used]
    lots = zip(*(one.lots for one in exposures), strict=True)
    return replace(exposures[0], lots=tuple(_over(lot, shares) for lot in lots))


def _over(phases: Sequence[LotOnTest], shares: Sequence[float]) -> LotOnTest:
    return replace(
        phases[0],
        factor=_mean([one.factor for one in phases], shares),
        life_factor=_mean([one.life_factor for one in phases], shares),
    )


def _mean(factors: Sequence[AccelerationFactor], shares: Sequence[float]) -> AccelerationFactor:
    """Both means: where no phase is cut off they are the same number."""
    used_up = math.fsum(share / one.value for share, one in zip(shares, factors, strict=True))
    before = math.fsum(share / one.before_cap for share, one in zip(shares, factors, strict=True))
    return AccelerationFactor(1.0 / used_up, 1.0 / before)
