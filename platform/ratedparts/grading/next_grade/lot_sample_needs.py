"""The lot sample that a quality class still lacks, and what of the earlier ones stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ratedparts.reliability import cpk_lower_bound, demonstrated_ltpd, ltpd_sample_size

from ..decision import Reason
from ..dossier import Capability
from ..evidence import Report
from ..failure_rate_levels import at_least
from ..quality_axis import best_conformity, capable
from ..quality_figures import LOT_SAMPLE, shown_lots, shown_parameter
from ..rule_set import QualityClass, RuleSet
from .asked import Asked
from .situation import Situation

CONFIDENCE = 0.90  # of the fraction that a lot sample excludes (clause 6.10.12)
MOST_UNITS = 100_000


@dataclass(frozen=True)
class LotSample:
    lots: int
    units_per_lot: int
    cpk: float | None
    part_average_testing: bool


def lacking_sample(situation: Situation, asked: Asked) -> LotSample | None:
    """The smallest sample that brings the class where nothing earlier holds it; None: none is lacking."""
    live = [one for one in situation.evidence.live_in(LOT_SAMPLE) if one.test.registered]
    wanted = asked.quality
    lots = [0]
    for parameter in situation.family.key_parameters:
        shown = {one.lot_code for one, _ in shown_lots(parameter, live, situation.family)}
        lots.append(max(wanted.capability_lots - len(shown), 0 if shown else 1))
    samples = [one for one in live if one.test.conformity is not None]
    if max(lots) == 0 and samples:
        return None
    count = max(*lots, 1)
    together = ltpd_sample_size(wanted.conformity_ltpd, 0, CONFIDENCE)
    units = max(-(-together // count), wanted.capability_units, _units_for(wanted, situation.rules))
    return LotSample(count, units, wanted.cpk, wanted.part_average_testing)


def _units_for(wanted: QualityClass, rules: RuleSet, estimate: float | None = None) -> int:
    """Units with which a Cpk just good enough, or the given one, has a lower bound good enough too."""
    cpk = estimate if estimate is not None else wanted.cpk
    if cpk is None or wanted.cpk_lower is None:
        return 2
    low, high = 2, MOST_UNITS
    while low < high:
        middle = (low + high) // 2
        if at_least(cpk_lower_bound(cpk, middle, rules.cpk_confidence), wanted.cpk_lower):
            high = middle
        else:
            low = middle + 1
    return low


def samples_in_the_way(situation: Situation, asked: Asked) -> Iterator[Reason]:
    """Every live lot sample must show the class; one that does not holds it until it has expired."""
    reports = situation.evidence.live_in(LOT_SAMPLE)
    for parameter in situation.family.key_parameters:
        for one, report in shown_lots(parameter, reports, situation.family):
            reason = _capability(parameter, one, report, asked, situation.rules)
            if reason is not None:
                yield reason
    for report in reports:
        sample = report.test.conformity
        if sample is None or (not report.test.registered and not sample.nonconforming):
            continue
        if best_conformity(sample, situation.rules) > asked.quality_class:
            number = demonstrated_ltpd(sample.nonconforming, sample.sampled)
            limit = asked.quality.conformity_ltpd
            parameters = {
                "protocol": report.protocol.name,
                "sampled": sample.sampled,
                "nonconforming": sample.nonconforming,
                "until": report.valid_through.isoformat(),
            }
            yield Reason("NEXT_CONFORMITY", "6.3", False, number, limit, limit / number, parameters)


def _capability(
    parameter: str, one: Capability, report: Report, asked: Asked, rules: RuleSet
) -> Reason | None:
    wanted = asked.quality
    parameters: dict[str, Any] = {
        "parameter": parameter,
        "protocol": report.protocol.name,
        "lot": one.lot_code,
        "until": report.valid_through.isoformat(),
    }
    shown = shown_parameter(one, rules)
    if shown.inside is False:
        return Reason("NEXT_OUTSIDE", "6.3", False, parameters=parameters)
    if not report.test.registered:
        return None
    if wanted.cpk is None:
        enough = shown.inside or any(
            capable(shown, better) for better in rules.quality_classes if better.cpk is not None
        )
        return None if enough else Reason("NEXT_NOT_STATED", "6.3", False, parameters=parameters)
    if wanted.part_average_testing and not report.test.part_average_testing:
        return Reason("NEXT_PAT", "6.3", False, parameters=parameters)
    if capable(shown, wanted):
        return None
    estimate = shown.cpk
    if not at_least(estimate, wanted.cpk):
        # No number of units makes a process capable, so nothing passes with time.
        lasting = {"parameter": parameter, "lot": one.lot_code}
        margin = estimate / wanted.cpk
        return Reason("NEXT_CAPABILITY", "6.3", False, estimate, wanted.cpk, margin, lasting)
    if not shown.normal:
        return Reason("NEXT_NOT_NORMAL", "6.3", False, parameters=parameters)
    sized = {
        "parameter": parameter,
        "lot": one.lot_code,
        "until": report.valid_through.isoformat(),
        "sampled": one.n,
        "cpk": estimate,
        "units": max(wanted.capability_units, _units_for(wanted, rules, estimate)),
    }
    return Reason("NEXT_CAPABILITY_UNITS", "6.3", False, shown.cpk_lower, wanted.cpk_lower, parameters=sized)
