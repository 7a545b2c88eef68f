"""From a dossier to the response of its figures to the use."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ratedparts.protocols import ProtocolLibrary
from ratedparts.reliability import failure_rate_bound

from ..degradation_life import degradation_lives
from ..dossier import Dossier, Part
from ..dossier_contradictions import require_consistency
from ..evidence import Evidence, gather
from ..exposure import Exposure, LotOnTest, by_lot, expose
from ..graded import grade_rates
from ..hazard_shape import Hazard, find_hazard_shape, rate_at_the_end
from ..life_axis import measure_life
from ..measure import shape_range
from ..rule_set import RuleSet, UseCondition
from .ageing import first_year_of, wearout_of
from .applied_model import applied_models
from .figures import longest_hours, measure_exposure, screened_by
from .law import Law, fitted_law_of, law_of
from .limits import Limits, limits_of
from .response import LotRows, Row, UseResponse

SHARES = (0.01, 0.10)  # of the parts that have failed: B1 and B10


def use_response(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> UseResponse:
    """What a published part keeps, so that it can be asked for any use.

    Raises
    ------
    RatedPartsError
        ``dossier_refused`` with every contradiction.
    """
    require_consistency(dossier, library, rule_set)
    part, evidence = dossier.part, gather(dossier, library, rule_set)
    use = rule_set.use_conditions[part.use_condition]
    if evidence.family.group in rule_set.run_targets:
        return _nothing(part, use, rule_set, by_units=True)
    rated = rule_set.use_conditions[rule_set.rated_condition]
    everything = expose(evidence.reliability, part, use, rated)
    if not everything.unit_hours > 0:
        return _nothing(part, use, rule_set, by_units=False)
    return _response(everything, evidence, part, use, rule_set)


def _nothing(part: Part, use: UseCondition, rule_set: RuleSet, *, by_units: bool) -> UseResponse:
    """Neither rate nor life."""
    return UseResponse(
        by_units,
        use.temperature_c,
        use.voltage_ratio,
        part.design_life_hours,
        0.0,
        rule_set.levels_confidences,
        SHARES,
        None,
        None,
        None,
        (),
        Limits(),
    )


def _response(
    everything: Exposure, evidence: Evidence, part: Part, use: UseCondition, rule_set: RuleSet
) -> UseResponse:
    exposure = grade_rates(everything, rule_set).exposure
    hours, confidences = part.design_life_hours, rule_set.levels_confidences
    rates, life = measure_exposure(exposure, everything, evidence, part, rule_set, hours)
    candidates = _candidates(everything, part)
    found = replace(
        _nothing(part, use, rule_set, by_units=False),
        longest_hours=longest_hours(everything),
        lives=None if life is None else (life.b1, life.b10),
        rows=_rows(exposure, part),
        limits=limits_of(everything, part),
        models=applied_models(everything, part),
        significance=rule_set.significance,
        pooled=exposure is everything,
        lots=tuple(_alone(lot, part, rule_set) for lot in candidates[1:]),
        least_lives=_least_lives(candidates, evidence, part, rule_set),
    )
    if rates.rates is None or rates.printed is None:
        return found
    printed = rates.printed
    found = replace(
        found,
        rates=tuple(printed[f"failure_rate_{round(100 * one)}"] for one in confidences),
        worst=tuple(rates.rates[one] for one in confidences),
        worst_is_rate=_worst_is_rate(candidates, rule_set),
    )
    screened = screened_by(evidence, part, rule_set)
    return _with_ageing(found, exposure, printed, rule_set, screened=screened)


def _with_ageing(
    found: UseResponse, exposure: Exposure, printed: Mapping[str, float], rule_set: RuleSet, *, screened: bool
) -> UseResponse:
    """What stands beside the constant rate, as `measure_reliability` takes it; its own rule for each kind."""
    shape = find_hazard_shape(exposure, rule_set)
    percents = [round(100 * one) for one in rule_set.levels_confidences]
    if shape.hazard is Hazard.WEAROUT and shape.fit is not None:
        return replace(
            found,
            further=tuple(printed[f"wearout_failure_rate_{percent}"] for percent in percents),
            wearout=wearout_of(shape.fit, found.hours, rule_set.levels_confidences),
        )
    if shape.hazard is not Hazard.DECREASING:
        return found
    if screened:
        return replace(found, further=(rate_at_the_end(exposure, shape.fit),) * len(percents), scales=True)
    first = tuple(printed[f"first_year_failure_rate_{percent}"] for percent in percents)
    return replace(found, further=first, first_year=first_year_of(exposure, rule_set))


def _candidates(everything: Exposure, part: Part) -> tuple[Exposure, ...]:
    """What may be graded at some use: everything; or each lot, where their comparison may turn out otherwise.

    It cannot where no unit of a registered test failed, nor where all hours have the same factor everywhere.
    """
    lots = by_lot(everything)
    failed = everything.failures > everything.unregistered_failures
    if len(lots) < 2 or not failed or len({(row.law, row.life_law) for row in _rows(everything, part)}) == 1:
        return (everything,)
    return (everything, *lots)


def _alone(lot: Exposure, part: Part, rule_set: RuleSet) -> LotRows:
    rates = tuple(
        failure_rate_bound(lot.failures, lot.unit_hours, confidence) if lot.unit_hours > 0 else math.inf
        for confidence in rule_set.levels_confidences
    )
    rows = _rows(lot, part)
    # Clause R9 leaves out a lot that was never on test.
    compared = any(row.hours_to_the_end > 0 for row in rows)
    return LotRows(lot.failures - lot.unregistered_failures if compared else 0, rates, rows)


def _rows(exposure: Exposure, part: Part) -> tuple[Row, ...]:
    """Tests with the same laws are one row: their hours move together."""
    found: dict[tuple[Law, Law], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in exposure.lots:
        hours = found[_laws(one, exposure, part)]
        hours[0] += one.factor.value * one.hours()
        hours[1] += one.factor.value * one.hours(to_the_end=True)
    return tuple(Row(hours, to_the_end, *laws) for laws, (hours, to_the_end) in found.items())


def _laws(one: LotOnTest, exposure: Exposure, part: Part) -> tuple[Law, Law]:
    if exposure.fitted is not None:
        law = fitted_law_of(exposure.fitted, one.test, one.protocol, part)
        return law, law
    tested = one.test, one.protocol, part
    return law_of(*tested, random=True), law_of(*tested, random=False)


def _least_lives(
    candidates: Sequence[Exposure], evidence: Evidence, part: Part, rule_set: RuleSet
) -> tuple[float, ...] | None:
    """Bounds that only rise where any time on test does: Weibayes, and what survivors show."""
    everything, shapes = candidates[0], shape_range(evidence)
    if shapes is None:
        if sum(math.isfinite(end) for end in degradation_lives(everything, part).upper) > 1:
            return None
    elif _can_be_fitted(everything, rule_set):
        return None
    found = [measure_life(one, rule_set, None, shapes, part) for one in candidates]
    if any(one is None for one in found):
        return (0.0,) * len(SHARES)
    lives = [one for one in found if one is not None]
    return min(one.b1 for one in lives), min(one.b10 for one in lives)


def _can_be_fitted(exposure: Exposure, rule_set: RuleSet) -> bool:
    sample = exposure.life_sample()
    return sample is not None and sample.failures >= rule_set.fit_failures


def _worst_is_rate(candidates: Sequence[Exposure], rule_set: RuleSet) -> bool:
    if _can_be_fitted(candidates[0], rule_set):
        return False
    on_test = (one for one in candidates if one.unit_hours > 0)
    return all(find_hazard_shape(one, rule_set).hazard is Hazard.UNTESTED for one in on_test)
