"""The stresses and durations at which a further reliability test may be run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ratedparts.protocols import Degradation, Protocol, Scalar, StressCondition

from ..acceleration_models import MODELS, RATED_TEMPERATURE, stresses_of, temperature_of
from ..degradation_life import applies
from ..dossier import Part, Test
from ..evidence import Report
from ..stress import NOT_ACCELERATED, AccelerationFactor, acceleration_factor, random_factor, stress_of
from .situation import Situation

# A tolerance beyond this share of a target is a range to choose from, not an inaccuracy of the chamber.
A_CHOICE = 0.25
HIGHEST_TEMPERATURE = "maximum_operating_temperature_c"
ANY_DAY = date(2026, 1, 1)  # an acceleration factor does not depend on the day
# Photodiodes age under reverse bias; all else that nothing was tested at is what the protocol names first.
USUAL: Mapping[str, Mapping[str, Scalar]] = {"photodiode": {"drive_mode": "reverse_bias"}}


@dataclass(frozen=True)
class Setting:
    """A stress and a duration, with the factors of random failures and of wear-out to the use condition."""

    stress: Mapping[str, Scalar]
    duration: float
    before: float  # the readout before the last
    factor: AccelerationFactor
    life_factor: AccelerationFactor
    drift: tuple[Degradation, ...] = ()  # rules by which the part's drift may be continued


def durations(protocol: Protocol) -> tuple[float, ...]:
    """The scheduled readouts at which a test may end: the last that is mandatory, and any later one."""
    if protocol.readouts is None:
        return ()
    first = max(protocol.readouts.mandatory, default=0.0)
    return tuple(at for at in protocol.readouts.at if at >= max(first, 1e-9))


def settings(situation: Situation, protocol: Protocol) -> Iterator[Setting]:
    """Every duration, at the stress that was used last and at the strongest, where that earns more.

    What only passes or fails earns nothing by going on.
    """
    schedule = [at for at in (protocol.readouts.at if protocol.readouts else ()) if at > 0]
    known = {**situation.dossier.part.attributes, "family": situation.family.code}
    rules = protocol.degradation if protocol.lives_from_drift else ()
    drift = tuple(rule for rule in rules if applies(rule.applies_to, known))
    for stress in _stresses(situation, protocol):
        factor, life_factor = _factors(situation, protocol, stress)
        ends = durations(protocol)
        for duration in ends[:1] if situation.graded.by_units else ends:
            before = max((at for at in schedule if at < duration), default=0.0)
            yield Setting(stress, duration, before, factor, life_factor, drift)


def usual_stress(protocol: Protocol, slot: str, reports: tuple[Report, ...]) -> dict[str, Scalar]:
    """That of the latest report in the slot; else what the protocol names first."""
    for report in reversed(reports):
        if report.protocol.name == protocol.name:
            return stress_of(report.test, protocol)[0]
    variant = slot.partition(":")[2]
    found: dict[str, Scalar] = {}
    for condition in protocol.stress:
        if variant and variant in condition.targets:
            found[condition.name] = variant
        elif condition.required and condition.targets:
            found[condition.name] = condition.targets[0]
    return found


def strongest(protocol: Protocol, part: Part, usual: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Each condition of the acceleration as far as the protocol allows and the part is rated for it.

    Weibull grading takes the highest voltage: a lot passes by a rate that only stress can show.
    """
    return {
        **usual,
        **{
            one.name: max(_options(one, protocol, part))
            for one in protocol.stress
            if one.required and _options(one, protocol, part)
        },
    }


def _stresses(situation: Situation, protocol: Protocol) -> list[dict[str, Scalar]]:
    part = situation.dossier.part
    reports = situation.evidence.in_slot(situation.family.reliability_protocol)
    used = [stress_of(one.test, protocol)[0] for one in reports if one.protocol.name == protocol.name]
    usual = {**usual_stress(protocol, protocol.id, ()), **USUAL.get(part.family, {})}
    if situation.graded.by_units:
        return [_long_enough(used[-1] if used else usual, protocol, part)]
    acceleration, _ = protocol.life_of(part.family)
    names = stresses_of(protocol, acceleration.model) if acceleration and acceleration.model in MODELS else ()
    chosen = [one for one in protocol.stress if one.name in names]
    basis = used[-1] if used else usual
    tried = [
        {**basis, **dict(zip((one.name for one in chosen), values, strict=True))}
        for values in itertools.product(*(_options(one, protocol, part) for one in chosen))
    ]
    # Beyond the protocol's maximum a stronger stress earns nothing: then the mildest that reaches it.
    best = max(
        tried,
        key=lambda stress: (
            _factors(situation, protocol, stress)[0].value,
            -_factors(situation, protocol, stress)[0].before_cap,
        ),
        default=basis,
    )
    if (
        not used
        or _factors(situation, protocol, best)[0].value > _factors(situation, protocol, basis)[0].value
    ):
        return [basis, best] if used else [best]
    return [basis]


def _long_enough(stress: dict[str, Scalar], protocol: Protocol, part: Part) -> dict[str, Scalar]:
    """A run of fewer matings than the part is rated for shows nothing (clause 6.10.6)."""
    rated = part.attributes.get("rated_matings")
    condition = next((one for one in protocol.stress if one.name == "matings"), None)
    if condition is None or rated is None or isinstance(rated, bool | str):
        return stress
    enough = [target for target in condition.targets if isinstance(target, float) and target >= rated]
    return {**stress, "matings": min(enough)} if enough else stress


def _factors(
    situation: Situation, protocol: Protocol, stress: Mapping[str, Scalar]
) -> tuple[AccelerationFactor, AccelerationFactor]:
    part = situation.dossier.part
    if situation.graded.by_units:
        return NOT_ACCELERATED, NOT_ACCELERATED
    use = situation.rules.use_conditions[part.use_condition]
    test = Test(protocol.name, ANY_DAY, ANY_DAY, "E3", stress=stress)
    fitted = situation.graded.exposure.fitted
    if fitted is not None:
        factor = fitted.factor_of(test, protocol, part, use)
        return factor, factor
    return random_factor(test, protocol, part, use), acceleration_factor(test, protocol, part, use)


def _options(condition: StressCondition, protocol: Protocol, part: Part) -> list[float]:
    """Numbers that the protocol allows, and temperatures only as far as the part is rated."""
    values: list[float] = []
    for target in condition.targets:
        if isinstance(target, bool | str):
            continue
        values.append(target)
        if condition.tolerance_above > A_CHOICE * abs(target):
            values.append(target + condition.tolerance_above)
    if condition.name != temperature_of(protocol):
        return values
    rated = part.attributes.get(RATED_TEMPERATURE.get(protocol.id, HIGHEST_TEMPERATURE))
    if rated is None or isinstance(rated, bool | str) or not values:
        return values
    within = [value for value in values if value <= rated]
    if within and min(values) < rated < max(values) and condition.tolerance_above > A_CHOICE * min(values):
        within.append(rated)
    return sorted(set(within)) or [min(values)]
