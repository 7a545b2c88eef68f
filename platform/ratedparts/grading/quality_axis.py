"""Axis Q: environmental tests, parametric capability and lot conformity (clause 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ratedparts.reliability import iso2859_single_plan, proportion_upper_bound

from .decision import Reason
from .dossier import Conformity
from .failure_rate_levels import at_least, at_most
from .figures import EnvironmentFigures, OwnRateFigures, ParameterFigures, QualityFigures, ShownParameter
from .quality_figures import LOT_SAMPLE
from .rule_set import EnvironmentRule, QualityClass, RuleSet

EXCLUDED_AT = 0.90  # confidence of the Clopper-Pearson bounds (clauses 6.10.10 and 6.10.12)
FAILED, MISSING = "Q_FAIL", "Q_MISSING"


@dataclass(frozen=True)
class QualityResult:
    name: str  # Q3 | Q2 | Q1 | Q0
    cap: str
    failed: bool  # something was tested and did not pass
    reasons: tuple[Reason, ...]


class _Verdict(NamedTuple):
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


def judge_quality(figures: QualityFigures, rule_set: RuleSet, group: str) -> QualityResult:
    """The worst class over every mandatory protocol, every key parameter and the lot sample."""
    verdicts = [
        _by_their_rates(test) if isinstance(test, OwnRateFigures) else _environment(test, rule_set, group)
        for test in figures.tests
    ]
    for parameter in figures.parameters:
        if parameter.outside_unregistered:
            verdicts.append(_Verdict(None, FAILED, parameter.parameter))
        else:
            verdicts.append(_capability(parameter, rule_set))
    verdicts.append(_conformity(figures.lot_samples, rule_set))
    reasons = [verdict.as_reason(rule_set) for verdict in verdicts]
    reasons += [reason for one in figures.parameters for reason in _low_capability(one, rule_set)]
    if any(verdict.best is None for verdict in verdicts):
        failed = any(verdict.best is None and verdict.code == FAILED for verdict in verdicts)
        return QualityResult("Q0", "U", failed, tuple(reasons))
    worst = max(verdict.best for verdict in verdicts if verdict.best is not None)
    chosen = rule_set.quality_classes[worst]
    return QualityResult(chosen.name, chosen.cap, False, tuple(reasons))


def _by_their_rates(figures: OwnRateFigures) -> _Verdict:
    """Clause 6.10.11: such a test expects failures, and every lot passes or fails by its rate."""
    if figures.rate is None:
        return _Verdict(None, MISSING, figures.slot)
    best, code = (0, "") if figures.passed else (None, FAILED)
    return _Verdict(best, code, figures.slot, figures.rate, figures.limit)


def environment_rules(slot: str, group: str, rule_set: RuleSet) -> Sequence[EnvironmentRule]:
    """What an environmental test of the family's group must show, one rule a quality class, best first."""
    return rule_set.environment_of.get(slot) or rule_set.environment_of.get(group, rule_set.environment)


def _environment(figures: EnvironmentFigures, rule_set: RuleSet, group: str) -> _Verdict:
    """Clause 6.10.10: lots of one protocol pooled."""
    slot, failures, units = figures.slot, figures.failures, figures.units
    fraction = _excluded(min(failures, units), units) if units else 1.0
    rules = environment_rules(slot, group, rule_set)
    loosest = rules[-1].failing_fraction or 1.0
    for index, wanted in enumerate(rules):
        if wanted.failing_fraction is not None:
            met = units > 0 and at_most(fraction, wanted.failing_fraction)
        elif wanted.lots is not None:
            large = [n for n in figures.lots if n >= (wanted.units or 0)]
            met = failures == 0 and len(large) >= wanted.lots
        else:
            met = failures == 0 and units >= (wanted.units or 0)
        if met:
            return _Verdict(index, "", slot, fraction, loosest)
    return _Verdict(None, FAILED if failures else MISSING, slot, fraction, loosest)


@lru_cache(maxsize=4096)  # in a register it is the same few samples again and again
def _excluded(failures: int, units: int) -> float:
    """The failing fraction that a sample excludes."""
    return proportion_upper_bound(failures, units, EXCLUDED_AT)


def _capability(figures: ParameterFigures, rule_set: RuleSet) -> _Verdict:
    """Clause 6.3: the parameter in each lot; PAT must have been applied for the best class."""
    name, shown = figures.parameter, figures.lots
    if not shown:
        return _Verdict(None, MISSING, name)
    lots = len({one.lot_code for one in shown})
    lowest = min(one.cpk for one in shown)
    for index, wanted in enumerate(rule_set.quality_classes):
        if wanted.cpk is None:
            break
        if (
            lots >= wanted.capability_lots
            and (figures.distinct_lots or wanted.capability_lots == 1)
            and (figures.part_average_testing or not wanted.part_average_testing)
            and all(capable(one, wanted) for one in shown)
        ):
            return _Verdict(index, "", name, lowest, wanted.cpk, True)
    last = len(rule_set.quality_classes) - 1
    lowest_cpk = next((c.cpk for c in reversed(rule_set.quality_classes) if c.cpk is not None), None)
    if any(one.inside is False for one in shown):
        return _Verdict(None, FAILED, name, lowest, lowest_cpk, True)
    if all(one.inside for one in shown):
        return _Verdict(last, "", name, lowest, lowest_cpk, True)
    return _Verdict(None, MISSING, name, lowest, lowest_cpk, True)


def _low_capability(figures: ParameterFigures, rule_set: RuleSet) -> Iterable[Reason]:
    """Where Cpk, or its lower bound, keeps a parameter out of the best class: the lowest over the lots."""
    best = rule_set.quality_classes[0]
    estimates = [(one.cpk, one.lot_code) for one in figures.lots]
    bounds = [(one.cpk_lower, one.lot_code) for one in figures.lots if one.cpk_lower is not None]
    for values, limit, kind in (
        (estimates, best.cpk or 0.0, "estimate"),
        (bounds, best.cpk_lower or 0.0, "lower_bound"),
    ):
        if not values:
            continue
        value, lot = min(values)
        if not at_least(value, limit):
            subject = figures.parameter
            parameters = {"subject": subject, "lot": lot, "of": kind}
            yield Reason(f"CPK_LOW:{subject}", "6.3", False, value, limit, value / limit, parameters)


def capable(one: ShownParameter, wanted: QualityClass) -> bool:
    if one.units < wanted.capability_units or not at_least(one.cpk, wanted.cpk or 0.0):
        return False
    if one.inside is False:
        return False
    if not one.normal:  # no lower bound exists, so not the best class
        return not wanted.part_average_testing
    return one.cpk_lower is not None and at_least(one.cpk_lower, wanted.cpk_lower or 0.0)


def _conformity(samples: Sequence[Conformity], rule_set: RuleSet) -> _Verdict:
    """Clause 6.10.12: the fraction that the sample excludes, or the single plan recomputed from the lot."""
    if not samples:
        return _Verdict(None, MISSING, LOT_SAMPLE)
    worst = max(best_conformity(sample, rule_set) for sample in samples)
    number = max(_excluded(sample.nonconforming, sample.sampled) for sample in samples)
    limit = rule_set.quality_classes[min(worst, len(rule_set.quality_classes) - 1)].conformity_ltpd
    if worst < len(rule_set.quality_classes):
        return _Verdict(worst, "", LOT_SAMPLE, number, limit)
    nonconforming = any(sample.nonconforming for sample in samples)
    return _Verdict(None, FAILED if nonconforming else MISSING, LOT_SAMPLE, number, limit)


def best_conformity(sample: Conformity, rule_set: RuleSet) -> int:
    fraction = _excluded(sample.nonconforming, sample.sampled)
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
