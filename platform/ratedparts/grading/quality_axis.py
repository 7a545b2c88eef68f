"""Axis Q: environmental tests, parametric capability and lot conformity (clause 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ratedparts.protocols import Family
from ratedparts.reliability import (
    cpk,
    cpk_from_percentiles,
    cpk_lower_bound,
    demonstrated_ltpd,
    iso2859_single_plan,
    proportion_upper_bound,
)

from .decision import Reason
from .dossier import Capability, Conformity
from .evidence import Evidence, Report
from .failure_rate_levels import at_least, at_most
from .rule_set import EnvironmentRule, QualityClass, RuleSet
from .weibull_grading import GradedLot

LOT_SAMPLE = "PAR-CPK"
FAILED, MISSING = "Q_FAIL", "Q_MISSING"


@dataclass(frozen=True)
class QualityResult:
    name: str  # Q3 | Q2 | Q1 | Q0
    cap: str
    failed: bool  # something was tested and did not pass
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Verdict:
    """The best class that one piece of evidence supports; None: none, and ``code`` says why."""

    best: int | None  # index into the rule set's classes
    code: str
    subject: str
    number: float | None = None
    limit: float | None = None
    larger_is_better: bool = False

    def as_reason(self, rule_set: RuleSet) -> Reason:
        code = f"{self.code}:{self.subject}" if self.best is None else f"Q_CLASS:{self.subject}"
        margin = None
        if self.number is not None and self.limit and self.number > 0:
            margin = self.number / self.limit if self.larger_is_better else self.limit / self.number
        name = "Q0" if self.best is None else rule_set.quality_classes[self.best].name
        parameters = {"subject": self.subject, "class": name}
        return Reason(code, "6.3", self.best is not None, self.number, self.limit, margin, parameters)


Shown = tuple[Capability, Report]


def judge_quality(evidence: Evidence, rule_set: RuleSet, own_rates: Sequence[GradedLot]) -> QualityResult:
    """The worst class over every mandatory protocol, every key parameter and the lot sample.

    ``own_rates``: the lots that were graded by a failure rate of their own.
    """
    family = evidence.family
    verdicts = []
    for slot in (*family.mandatory, *family.also_counted):
        reports = evidence.live_in(slot)
        if slot == LOT_SAMPLE or (slot in family.also_counted and not _any_failed(reports)):
            continue
        if any(report.protocol.weibull_grade for report in reports):
            verdicts.append(_by_their_rates(slot, reports, own_rates))
        else:
            verdicts.append(_environment(slot, reports, rule_set, family.group))
    lot_samples = [report for report in evidence.live_in(LOT_SAMPLE) if report.test.registered]
    # An unregistered lot sample can only count against the part, as everything unregistered does.
    unregistered = [report for report in evidence.live_in(LOT_SAMPLE) if not report.test.registered]
    for parameter in family.key_parameters:
        if any(all_inside(one) is False for one, _ in shown_lots(parameter, unregistered, family)):
            verdicts.append(_Verdict(None, FAILED, parameter))
        else:
            verdicts.append(_capability(parameter, shown_lots(parameter, lot_samples, family), rule_set))
    found = sum(r.test.conformity.nonconforming for r in unregistered if r.test.conformity is not None)
    verdicts.append(_conformity(lot_samples, rule_set, found))
    reasons = [verdict.as_reason(rule_set) for verdict in verdicts]
    reasons += [
        reason
        for parameter in family.key_parameters
        for reason in _low_capability(parameter, shown_lots(parameter, lot_samples, family), rule_set)
    ]
    if any(verdict.best is None for verdict in verdicts):
        failed = any(verdict.best is None and verdict.code == FAILED for verdict in verdicts)
        return QualityResult("Q0", "U", failed, tuple(reasons))
    worst = max(verdict.best for verdict in verdicts if verdict.best is not None)
    chosen = rule_set.quality_classes[worst]
    return QualityResult(chosen.name, chosen.cap, False, tuple(reasons))


def _any_failed(reports: Iterable[Report]) -> bool:
    return any(lot.failures for report in reports for lot in report.test.lots)


def _by_their_rates(slot: str, reports: Sequence[Report], lots: Sequence[GradedLot]) -> _Verdict:
    """Clause 6.10.11: such a test expects failures, and every lot passes or fails by its rate."""
    if not any(report.test.registered for report in reports):
        return _Verdict(None, MISSING, slot)
    worst = max(lots, key=lambda lot: lot.rate)
    return _Verdict(
        0 if worst.passed else None, "" if worst.passed else FAILED, slot, worst.rate, worst.limit
    )


def environment_rules(slot: str, group: str, rule_set: RuleSet) -> Sequence[EnvironmentRule]:
    """What an environmental test of the family's group must show, one rule a quality class, best first."""
    return rule_set.environment_of.get(slot) or rule_set.environment_of.get(group, rule_set.environment)


def _environment(slot: str, reports: Iterable[Report], rule_set: RuleSet, group: str) -> _Verdict:
    """Clause 6.10.10: lots of one protocol pooled; an unregistered test adds its failures and no units."""
    reports = list(reports)
    registered = [report for report in reports if report.test.registered]
    lots = [lot for report in registered for lot in report.test.lots]
    failures = sum(lot.failures for report in reports for lot in report.test.lots)
    units = sum(lot.tested_units for lot in lots)
    by_code: dict[str, int] = {}
    for lot in lots:
        by_code[lot.lot_code] = by_code.get(lot.lot_code, 0) + lot.tested_units
    fraction = proportion_upper_bound(min(failures, units), units, 0.90) if units else 1.0
    rules = environment_rules(slot, group, rule_set)
    loosest = rules[-1].failing_fraction or 1.0
    for index, wanted in enumerate(rules):
        if wanted.failing_fraction is not None:
            met = units > 0 and at_most(fraction, wanted.failing_fraction)
        elif wanted.lots is not None:
            large = [n for n in by_code.values() if n >= (wanted.units or 0)]
            met = failures == 0 and len(large) >= wanted.lots
        else:
            met = failures == 0 and units >= (wanted.units or 0)
        if met:
            return _Verdict(index, "", slot, fraction, loosest)
    return _Verdict(None, FAILED if failures else MISSING, slot, fraction, loosest)


def shown_lots(parameter: str, reports: Iterable[Report], family: Family) -> list[Shown]:
    """The lots in which reports show the parameter, by the name that it has or once had."""
    names = family.names_of(parameter)
    return [(one, report) for report in reports for one in report.test.capability if one.parameter in names]


def _capability(parameter: str, found: Sequence[Shown], rule_set: RuleSet) -> _Verdict:
    """Clause 6.3: the parameter in each lot; PAT must have been applied for the best class."""
    if not found:
        return _Verdict(None, MISSING, parameter)
    lots = {one.lot_code for one, _ in found}
    produced = [one.produced_on for one, _ in found if one.produced_on is not None]
    distinct = len(set(produced)) >= len(lots) or len(produced) < len(found)
    estimates = [(one, *cpk_and_bound(one, rule_set)) for one, _ in found]
    lowest = min((estimate for _, estimate, _, _ in estimates), default=0.0)
    for index, wanted in enumerate(rule_set.quality_classes):
        if wanted.cpk is None:
            break
        applied = all(report.test.part_average_testing for _, report in found)
        if (
            len(lots) >= wanted.capability_lots
            and (distinct or wanted.capability_lots == 1)
            and (applied or not wanted.part_average_testing)
            and all(
                capable(one, estimate, bound, normal, wanted) for one, estimate, bound, normal in estimates
            )
        ):
            return _Verdict(index, "", parameter, lowest, wanted.cpk, True)
    last = len(rule_set.quality_classes) - 1
    inside = [all_inside(one) for one, _ in found]
    lowest_cpk = next((c.cpk for c in reversed(rule_set.quality_classes) if c.cpk is not None), None)
    if any(one is False for one in inside):
        return _Verdict(None, FAILED, parameter, lowest, lowest_cpk, True)
    if all(inside):
        return _Verdict(last, "", parameter, lowest, lowest_cpk, True)
    return _Verdict(None, MISSING, parameter, lowest, lowest_cpk, True)


def _low_capability(parameter: str, found: Sequence[Shown], rule_set: RuleSet) -> Iterable[Reason]:
    """Where Cpk, or its lower bound, keeps a parameter out of the best class: the lowest over the lots."""
    best = rule_set.quality_classes[0]
    measured = [(*cpk_and_bound(one, rule_set)[:2], one.lot_code) for one, _ in found]
    limits = ((best.cpk or 0.0, "estimate"), (best.cpk_lower or 0.0, "lower_bound"))
    for index, (limit, kind) in enumerate(limits):
        values = [(entry[index], entry[2]) for entry in measured if entry[index] is not None]
        if not values:
            continue
        value, lot = min((float(v), lot) for v, lot in values if v is not None)
        if not at_least(value, limit):
            parameters = {"subject": parameter, "lot": lot, "of": kind}
            yield Reason(f"CPK_LOW:{parameter}", "6.3", False, value, limit, value / limit, parameters)


def cpk_and_bound(one: Capability, rule_set: RuleSet) -> tuple[float, float | None, bool]:
    """Cpk, its lower bound, and whether the parameter may be taken as normal; no bound where it may not."""
    p = one.anderson_darling_p
    normal = p is None or p >= rule_set.normality_p or one.n < rule_set.normality_units
    if normal:
        estimate = cpk(one.mean, one.standard_deviation, one.lower_limit, one.upper_limit)
        return estimate, cpk_lower_bound(estimate, one.n, rule_set.cpk_confidence), True
    if one.percentiles is None:
        return 0.0, None, False
    return cpk_from_percentiles(*one.percentiles, one.lower_limit, one.upper_limit), None, False


def capable(
    one: Capability, estimate: float, bound: float | None, normal: bool, wanted: QualityClass
) -> bool:
    if one.n < wanted.capability_units or not at_least(estimate, wanted.cpk or 0.0):
        return False
    if (one.outside_limits or 0) > 0 or all_inside(one) is False:
        return False
    if not normal:  # no lower bound exists, so not the best class
        return not wanted.part_average_testing
    return bound is not None and at_least(bound, wanted.cpk_lower or 0.0)


def all_inside(one: Capability) -> bool | None:
    """Whether all measured units are inside the limits; None where the dossier does not say."""
    if one.outside_limits is not None:
        return one.outside_limits == 0
    low_known = one.lower_limit is None or one.minimum is not None
    high_known = one.upper_limit is None or one.maximum is not None
    below = one.lower_limit is not None and one.minimum is not None and one.minimum < one.lower_limit
    above = one.upper_limit is not None and one.maximum is not None and one.maximum > one.upper_limit
    if below or above:
        return False
    return True if low_known and high_known else None


def _conformity(reports: Iterable[Report], rule_set: RuleSet, unregistered: int = 0) -> _Verdict:
    """Clause 6.10.12: the fraction that the sample excludes, or the single plan recomputed from the lot."""
    given = [report.test.conformity for report in reports if report.test.conformity is not None]
    samples = [
        replace(one, nonconforming=min(one.nonconforming + unregistered, one.sampled)) for one in given
    ]
    if not samples:
        return _Verdict(None, MISSING, LOT_SAMPLE)
    worst = max(best_conformity(sample, rule_set) for sample in samples)
    number = max(demonstrated_ltpd(sample.nonconforming, sample.sampled) for sample in samples)
    limit = rule_set.quality_classes[min(worst, len(rule_set.quality_classes) - 1)].conformity_ltpd
    if worst < len(rule_set.quality_classes):
        return _Verdict(worst, "", LOT_SAMPLE, number, limit)
    nonconforming = any(sample.nonconforming for sample in samples)
    return _Verdict(None, FAILED if nonconforming else MISSING, LOT_SAMPLE, number, limit)


def best_conformity(sample: Conformity, rule_set: RuleSet) -> int:
    fraction = demonstrated_ltpd(sample.nonconforming, sample.sampled)
    for index, wanted in enumerate(rule_set.quality_classes):
        if at_most(fraction, wanted.conformity_ltpd):
            return index
        if wanted.conformity_aql is not None and _passes_single_plan(sample, wanted.conformity_aql):
            return index
    return len(rule_set.quality_classes)


def _passes_single_plan(sample: Conformity, aql: float) -> bool:
    """Level II of the wanted limit, or a stated plan that is stricter: level III, or a lower limit."""
    if sample.lot_size is None or sample.lot_size < 2:
        return False
    level = "III" if sample.level == "III" else "II"
    limits = {aql}
    if sample.aql is not None and sample.aql < aql and sample.level in (None, "II", "III"):
        limits.add(sample.aql)
    for limit in limits:
        plan = iso2859_single_plan(sample.lot_size, level, limit)
        if sample.sampled >= plan.units and sample.nonconforming <= plan.accept:
            return True
    return False
