"""What axis Q is judged on: units and failures of each test, capability of each lot, lot samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ratedparts.protocols import Family
from ratedparts.reliability import cpk, cpk_from_percentiles, cpk_lower_bound

from .dossier import Capability
from .evidence import Evidence, Report
from .figures import (
    EnvironmentFigures,
    OwnRateFigures,
    ParameterFigures,
    QualityFigures,
    ShownParameter,
)
from .rule_set import RuleSet
from .weibull_grading import GradedLot

LOT_SAMPLE = "PAR-CPK"

Shown = tuple[Capability, Report]


def measure_quality(evidence: Evidence, rule_set: RuleSet, own_rates: Sequence[GradedLot]) -> QualityFigures:
    """Of every mandatory protocol, every key parameter and the lot samples.

    ``own_rates``: the lots that were graded by a failure rate of their own.
    """
    family = evidence.family
    tests: list[EnvironmentFigures | OwnRateFigures] = []
    for slot in (*family.mandatory, *family.also_counted):
        reports = evidence.live_in(slot)
        if slot == LOT_SAMPLE or (slot in family.also_counted and not _any_failed(reports)):
            continue
        if any(report.protocol.weibull_grade for report in reports):
            tests.append(_own_rates(slot, reports, own_rates))
        else:
            tests.append(_environment(slot, reports))
    lot_samples = [report for report in evidence.live_in(LOT_SAMPLE) if report.test.registered]
    # An unregistered lot sample can only count against the part, as everything unregistered does.
    unregistered = [report for report in evidence.live_in(LOT_SAMPLE) if not report.test.registered]
    parameters = tuple(
        _parameter(
            name,
            shown_lots(name, lot_samples, family),
            any(all_inside(one) is False for one, _ in shown_lots(name, unregistered, family)),
            rule_set,
        )
        for name in family.key_parameters
    )
    found = sum(r.test.conformity.nonconforming for r in unregistered if r.test.conformity is not None)
    given = [r.test.conformity for r in lot_samples if r.test.conformity is not None]
    samples = (replace(one, nonconforming=min(one.nonconforming + found, one.sampled)) for one in given)
    return QualityFigures(tuple(tests), parameters, tuple(samples))


def _any_failed(reports: Iterable[Report]) -> bool:
    return any(lot.failures for report in reports for lot in report.test.lots)


def _own_rates(slot: str, reports: Sequence[Report], lots: Sequence[GradedLot]) -> OwnRateFigures:
    """Clause 6.10.11: such a test expects failures, and every lot passes or fails by its rate."""
    if not any(report.test.registered for report in reports):
        return OwnRateFigures(slot, None, None, False)
    worst = max(lots, key=lambda lot: lot.rate)
    return OwnRateFigures(slot, worst.rate, worst.limit, worst.passed)


def _environment(slot: str, reports: Sequence[Report]) -> EnvironmentFigures:
    """Clause 6.10.10: lots of one protocol pooled; an unregistered test adds its failures and no units."""
    lots = [lot for report in reports if report.test.registered for lot in report.test.lots]
    failures = sum(lot.failures for report in reports for lot in report.test.lots)
    by_code: dict[str, int] = {}
    for lot in lots:
        by_code[lot.lot_code] = by_code.get(lot.lot_code, 0) + lot.tested_units
    return EnvironmentFigures(slot, failures, sum(by_code.values()), tuple(by_code.values()))


def shown_lots(parameter: str, reports: Iterable[Report], family: Family) -> list[Shown]:
    """The lots in which reports show the parameter, by the name that it has or once had."""
    names = family.names_of(parameter)
    return [(one, report) for report in reports for one in report.test.capability if one.parameter in names]


def _parameter(name: str, found: Sequence[Shown], outside: bool, rule_set: RuleSet) -> ParameterFigures:
    lots = {one.lot_code for one, _ in found}
    produced = [one.produced_on for one, _ in found if one.produced_on is not None]
    distinct = len(set(produced)) >= len(lots) or len(produced) < len(found)
    applied = all(report.test.part_average_testing for _, report in found)
    shown = tuple(shown_parameter(one, rule_set) for one, _ in found)
    return ParameterFigures(name, outside, distinct, applied, shown)


def shown_parameter(one: Capability, rule_set: RuleSet) -> ShownParameter:
    """Cpk, its lower bound, and whether the parameter may be taken as normal; no bound where it may not."""
    p = one.anderson_darling_p
    normal = p is None or p >= rule_set.normality_p or one.n < rule_set.normality_units
    bound: float | None = None
    if normal:
        estimate = cpk(one.mean, one.standard_deviation, one.lower_limit, one.upper_limit)
        bound = cpk_lower_bound(estimate, one.n, rule_set.cpk_confidence)
    elif one.percentiles is None:
        estimate = 0.0
    else:
        estimate = cpk_from_percentiles(*one.percentiles, one.lower_limit, one.upper_limit)
    return ShownParameter(one.lot_code, one.n, estimate, bound, normal, all_inside(one))


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
