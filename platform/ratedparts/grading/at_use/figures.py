"""The figures of one part at a use that is asked for: computed from the evidence, as a certificate's are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ratedparts.protocols import ProtocolLibrary
from ratedparts.reliability.caution import Caution

from ..dossier import Dossier, Part
from ..dossier_contradictions import require_consistency
from ..evidence import Evidence, gather
from ..exposure import Exposure
from ..figures import LifeFigures, RateFigures
from ..graded import grade_rates, what_is_graded
from ..hazard_shape import find_hazard_shape
from ..life_axis import measure_life
from ..measure import is_screened, shape_range
from ..reliability_axis import measure_reliability
from ..rule_set import RuleSet
from ..success_run import measure_success_run
from ..weibull_grading import graded_lots
from .applied_model import UsedModel, used_models
from .law import law_of
from .limits import cautions, limits_of, longer
from .mission_exposure import expose_over
from .question import UseQuestion


@dataclass(frozen=True)
class UseFigures:
    """Rates per hour, lives in hours of use, under the names that a decision's figures have.

    ``rates``: confidence → the worst bound, with wear-out over ``hours`` or the first year where they apply;
    None where the evidence has no hours.  ``by_units``: the part passes or fails, so it has neither rate nor
    life, and the reliability shown does not move with the condition.  ``extrapolated`` speaks of the rates,
    ``life_extrapolated`` of the two lives.
    """

    question: UseQuestion
    hours: float
    by_units: bool
    figures: Mapping[str, float]
    rates: Mapping[float, float] | None
    lives: LifeFigures | None
    life_confidence: float
    models: tuple[UsedModel, ...]
    extrapolated: tuple[Caution, ...]
    life_extrapolated: Mapping[str, tuple[Caution, ...]]

    @property
    def capped(self) -> bool:
        return any(model.capped for model in self.models)


def figures_at_use(
    dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet, question: UseQuestion
) -> UseFigures:
    """At the certificate's own condition these are its figures, to the last bit.

    Raises
    ------
    RatedPartsError
        ``dossier_refused`` with every contradiction.
    """
    require_consistency(dossier, library, rule_set)
    part, evidence = dossier.part, gather(dossier, library, rule_set)
    hours = part.design_life_hours if question.hours is None else question.hours
    if evidence.family.group in rule_set.run_targets:
        return _of_a_run(evidence, part, rule_set, question, hours)
    rated = rule_set.use_conditions[rule_set.rated_condition]
    everything = expose_over(evidence.reliability, part, question.phases, rated)
    exposure = grade_rates(everything, rule_set).exposure
    rates, life = measure_exposure(exposure, everything, evidence, part, rule_set, hours)
    return UseFigures(
        question,
        hours,
        False,
        _printed(exposure, rates, life),
        rates.rates,
        life,
        rule_set.life_confidence,
        used_models(everything, part),
        *_extrapolated(everything, part, question, rates, life, hours),
    )


def measure_exposure(
    exposure: Exposure,
    everything: Exposure,
    evidence: Evidence,
    part: Part,
    rule_set: RuleSet,
    hours: float,
) -> tuple[RateFigures, LifeFigures | None]:
    """Rates and lives of what is graded, as `measure` has them."""
    shape = find_hazard_shape(exposure, rule_set) if exposure.unit_hours > 0 else None
    screened = screened_by(evidence, part, rule_set)
    rates = measure_reliability(exposure, everything, shape, rule_set, hours, screened)
    fit = shape.fit if shape is not None else None
    return rates, measure_life(exposure, rule_set, fit, shape_range(evidence), part)


def screened_by(evidence: Evidence, part: Part, rule_set: RuleSet) -> bool:
    rated = rule_set.use_conditions[rule_set.rated_condition]
    live = [report for report in evidence.reports if report.live]
    return is_screened(evidence, part, graded_lots(live, part, rated))


def longest_hours(exposure: Exposure) -> float:
    """The longest time that any unit was on test, brought to the use."""
    return max((one.test.duration * one.life_factor.value for one in exposure.lots), default=0.0)


def _printed(exposure: Exposure, rates: RateFigures, life: LifeFigures | None) -> dict[str, float]:
    printed = dict(rates.printed or {})
    factor = exposure.acceleration_factor
    if factor is not None:
        printed.update(acceleration_factor=factor, unit_hours=exposure.unit_hours)
    if life is not None:
        printed.update(b1_lower_90=life.b1, b10_lower_90=life.b10)
    return printed


def _extrapolated(
    everything: Exposure,
    part: Part,
    question: UseQuestion,
    rates: RateFigures,
    life: LifeFigures | None,
    hours: float,
) -> tuple[tuple[Caution, ...], dict[str, tuple[Caution, ...]]]:
    if not everything.lots:
        return (), {}
    first, shown = everything.lots[0], longest_hours(everything)
    rated_use_k = law_of(first.test, first.protocol, part, random=True).rated_k
    found = tuple(cautions(limits_of(everything, part), question, rated_use_k))
    of_rates = (*found, *longer(hours, shown)) if rates.rates is not None else ()
    lives: Sequence[tuple[str, float]] = ()
    if life is not None:
        lives = (("b1_lower_90", life.b1), ("b10_lower_90", life.b10))
    return of_rates, {name: (*found, *longer(bound, shown)) for name, bound in lives}


def _of_a_run(
    evidence: Evidence, part: Part, rule_set: RuleSet, question: UseQuestion, hours: float
) -> UseFigures:
    graded = what_is_graded(evidence, part, rule_set)
    run = measure_success_run(graded.exposure, graded.everything, rule_set)
    return UseFigures(question, hours, True, run.printed, None, None, rule_set.life_confidence, (), (), {})
