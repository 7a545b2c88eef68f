"""Units that an environmental test still lacks for a quality class (clauses 6.3 and 6.10.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ratedparts.reliability import ltpd_sample_size

from ..decision import Reason
from ..quality_axis import environment_rules
from ..quality_figures import LOT_SAMPLE
from ..weibull_grading import graded_lots
from .asked import Asked
from .situation import Situation

CONFIDENCE = 0.90  # of the Clopper-Pearson bound in clause 6.10.10


@dataclass(frozen=True)
class Lacking:
    """So many lots of so many units each, without a failure; none where nothing is lacking."""

    lots: int = 0
    units: int = 0


def lacking(situation: Situation, asked: Asked, failing_in: str = "", failing: int = 0) -> dict[str, Lacking]:
    """By slot, the reliability test's included; only where something is lacking and units can cure it.

    ``failing``: further failures that are reckoned with in the slot ``failing_in``.
    """
    found = {}
    for slot in _slots(situation):
        if failed_for_good(situation, slot, asked) is not None:
            continue
        one = _lacking(situation, slot, asked, failing if slot == failing_in else 0)
        if one.lots:
            found[slot] = one
    return found


def _slots(situation: Situation) -> tuple[str, ...]:
    family = situation.family
    failed = tuple(slot for slot in family.also_counted if _failures(situation, slot))
    return (*(slot for slot in family.mandatory if slot != LOT_SAMPLE), *failed)


def failures_in_the_way(situation: Situation, asked: Asked) -> list[Reason]:
    """Failures after which no number of good units brings the class, until their report has expired."""
    found = [failed_for_good(situation, slot, asked) for slot in _slots(situation)]
    return [one for one in found if one is not None]


def failed_for_good(situation: Situation, slot: str, asked: Asked) -> Reason | None:
    reports = situation.evidence.live_in(slot)
    if any(report.protocol.weibull_grade for report in reports):
        rated = situation.rules.use_conditions[situation.rules.rated_condition]
        lots = graded_lots(reports, situation.dossier.part, rated)
        worst = max(lots, key=lambda lot: lot.rate)
        if worst.passed:
            return None
        parameters: dict[str, Any] = {
            "protocol": slot,
            "lot": worst.lot_code,
            "until": _until(situation, slot),
        }
        margin = worst.limit / worst.rate
        return Reason("NEXT_LOT_RATE", "6.10.11", False, worst.rate, worst.limit, margin, parameters)
    failures = _failures(situation, slot)
    rules = environment_rules(slot, situation.family.group, situation.rules)
    if not failures or rules[asked.quality_class].failing_fraction is not None:
        return None
    parameters = {"protocol": slot, "failures": failures, "until": _until(situation, slot)}
    return Reason("NEXT_FAILED", "6.3", False, parameters=parameters)


def _failures(situation: Situation, slot: str) -> int:
    reports = situation.evidence.live_in(slot)
    return sum(lot.failures for report in reports for lot in report.test.lots)


def _until(situation: Situation, slot: str) -> str:
    reports = situation.evidence.live_in(slot)
    failed = [one for one in reports if any(lot.failures for lot in one.test.lots)] or list(reports)
    return max(report.valid_through for report in failed).isoformat()


def _lacking(situation: Situation, slot: str, asked: Asked, failing: int) -> Lacking:
    reports = [one for one in situation.evidence.live_in(slot) if one.test.registered]
    protocol = situation.library.latest(slot.partition(":")[0])
    if protocol.weibull_grade is not None:
        return Lacking() if reports else Lacking(protocol.sample.lots, protocol.sample.units_per_lot)
    lots = [lot for report in reports for lot in report.test.lots]
    units = sum(lot.tested_units for lot in lots)
    failures = _failures(situation, slot) + failing
    by_code: dict[str, int] = {}
    for lot in lots:
        by_code[lot.lot_code] = by_code.get(lot.lot_code, 0) + lot.tested_units
    rules = environment_rules(slot, situation.family.group, situation.rules)
    ways = []
    # A better class includes the worse: whichever of those that suffice lacks the fewest units.
    for rule in rules[: asked.quality_class + 1]:
        if rule.failing_fraction is not None:
            more = ltpd_sample_size(rule.failing_fraction, failures, CONFIDENCE) - units
            ways.append(Lacking(1, more) if more > 0 else Lacking())
        elif failures:
            continue
        elif rule.lots is not None:
            wanted = rule.units or 0
            more = rule.lots - sum(1 for count in by_code.values() if count >= wanted)
            ways.append(Lacking(more, wanted) if more > 0 else Lacking())
        else:
            more = (rule.units or 0) - units
            ways.append(Lacking(1, more) if more > 0 else Lacking())
    return min(ways, key=lambda way: way.lots * way.units)
