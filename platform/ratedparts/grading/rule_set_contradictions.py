"""What a rule set of the right form may still get wrong: limits that no check could be made with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ratedparts.errors import Fault
from ratedparts.protocols import ProtocolLibrary
from ratedparts.reliability.acceptance.sampling import LIMITS as ACCEPTANCE_QUALITY_LIMITS

from .ceg_2026_1 import CEG_2026_1, RULE_SETS
from .failure_rate_levels import BY_CODE
from .rule_set import GRADES, EnvironmentRule, RuleSet

GROUPS = (*CEG_2026_1.targets, *CEG_2026_1.run_targets)
SHARES = (
    "life_confidence",
    "half_life_share",
    "shape_confidence",
    "significance",
    "cpk_confidence",
    "normality_p",
)
POSITIVE = (
    "fit_failures",
    "first_year_hours",
    "minimum_units",
    "minimum_unit_hours",
    "normality_units",
    "life_evidence_months",
    "lot_evidence_months",
    "certificate_months",
)
ABSOLUTE_ZERO_C = -273.15
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,39}")


def contradictions(rules: RuleSet, library: ProtocolLibrary) -> Iterator[Fault]:
    """Every one of them, with the path of its key."""
    if not NAME.fullmatch(rules.id):
        yield Fault("rule_set_name", column="id", given=rules.id[:80])
    elif rules.id in RULE_SETS and rules != RULE_SETS[rules.id]:
        yield Fault("rule_set_is_released", column="id", given=rules.id)
    for name in SHARES:
        yield from _share(getattr(rules, name), name)
    for name in POSITIVE:
        yield from _positive(getattr(rules, name), name)
    for index, confidence in enumerate(rules.levels_confidences):
        yield from _share(confidence, f"levels_confidences.{index}")
    yield from _share(rules.maintenance.confidence, "maintenance.confidence")
    yield from _positive(rules.maintenance.period_months, "maintenance.period_months")
    for name in ("decreasing_rate_cap", "incomplete_cap"):
        yield from _choice(getattr(rules, name), GRADES, name)
    yield from _complete(rules.evidence_caps, ("E3", "E2", "E1", "E0"), "evidence_caps")
    for code, cap in rules.evidence_caps.items():
        yield from _choice(cap, GRADES, f"evidence_caps.{code}")
    yield from _use_conditions(rules)
    yield from _targets(rules)
    yield from _quality(rules, library)


def _use_conditions(rules: RuleSet) -> Iterator[Fault]:
    yield from _choice(rules.rated_condition, tuple(rules.use_conditions), "rated_condition")
    # Parts are registered under these.
    yield from _complete(rules.use_conditions, tuple(CEG_2026_1.use_conditions), "use_conditions")
    for code, one in rules.use_conditions.items():
        yield from _positive(one.voltage_ratio, f"use_conditions.{code}.voltage_ratio")
        if one.temperature_c is None and code != rules.rated_condition:
            yield Fault("key_missing", column=f"use_conditions.{code}.temperature_c")
        elif one.temperature_c is not None and one.temperature_c <= ABSOLUTE_ZERO_C:
            path = f"use_conditions.{code}.temperature_c"
            yield Fault("temperature_below_absolute_zero", column=path, given=f"{one.temperature_c:g}")


def _targets(rules: RuleSet) -> Iterator[Fault]:
    paid = GRADES[:-1]
    yield from _complete(rules.targets, tuple(CEG_2026_1.targets), "targets")
    yield from _complete(rules.run_targets, tuple(CEG_2026_1.run_targets), "run_targets")
    for group, targets in rules.targets.items():
        yield from _grades([one.grade for one in targets], paid, f"targets.{group}")
        for index, target in enumerate(targets):
            path = f"targets.{group}.{index}"
            yield from _choice(target.level, tuple(BY_CODE), f"{path}.level")
            yield from _choice(target.confidence, rules.levels_confidences, f"{path}.confidence")
    for group, runs in rules.run_targets.items():
        yield from _grades([one.grade for one in runs], paid, f"run_targets.{group}")
        for index, run in enumerate(runs):
            path = f"run_targets.{group}.{index}"
            yield from _share(run.reliability, f"{path}.reliability")
            yield from _share(run.confidence, f"{path}.confidence")
    yield from _known(rules.minimum_units_of, GROUPS, "minimum_units_of")
    for group, units in rules.minimum_units_of.items():
        yield from _positive(units, f"minimum_units_of.{group}")


def _quality(rules: RuleSet, library: ProtocolLibrary) -> Iterator[Fault]:
    for index, one in enumerate(rules.quality_classes):
        path = f"quality_classes.{index}"
        yield from _choice(one.cap, GRADES, f"{path}.cap")
        yield from _share(one.conformity_ltpd, f"{path}.conformity_ltpd")
        for name in ("cpk", "cpk_lower", "capability_units", "capability_lots"):
            yield from _positive(getattr(one, name), f"{path}.{name}")
        if one.conformity_aql is not None:
            yield from _choice(one.conformity_aql, ACCEPTANCE_QUALITY_LIMITS, f"{path}.conformity_aql")
    yield from _environment(rules, rules.environment, "environment")
    protocols = {protocol.id for protocol in library.protocols.values()}
    known = (*GROUPS, *sorted(protocols))
    yield from _known(rules.environment_of, known, "environment_of")
    for name, tests in rules.environment_of.items():
        yield from _environment(rules, tests, f"environment_of.{name}")


def _environment(rules: RuleSet, tests: Sequence[EnvironmentRule], path: str) -> Iterator[Fault]:
    if len(tests) != len(rules.quality_classes):
        expected = {"expected": len(rules.quality_classes)}
        yield Fault("one_a_class", column=path, given=str(len(tests)), parameters=expected)
    for index, one in enumerate(tests):
        if one.failing_fraction is not None:
            yield from _share(one.failing_fraction, f"{path}.{index}.failing_fraction")
        elif one.units is None:
            yield Fault("key_missing", column=f"{path}.{index}.units")
        for name in ("units", "lots"):
            yield from _positive(getattr(one, name), f"{path}.{index}.{name}")


def _share(value: float, path: str) -> Iterator[Fault]:
    if not 0.0 < value < 1.0:
        yield Fault("fraction_outside_unit_interval", column=path, given=f"{value:g}")


def _positive(value: float | None, path: str) -> Iterator[Fault]:
    if value is not None and value <= 0:
        yield Fault("number_not_positive", column=path, given=f"{value:g}")


def _choice(value: str | float, choices: Sequence[str | float], path: str) -> Iterator[Fault]:
    if value not in choices:
        expected = {"expected": [str(one) for one in choices]}
        yield Fault("not_a_choice", column=path, given=str(value)[:80], parameters=expected)


def _grades(given: Sequence[str], wanted: Sequence[str], path: str) -> Iterator[Fault]:
    if list(given) != list(wanted):
        expected = {"expected": list(wanted)}
        yield Fault("grades_in_order", column=path, given=", ".join(given)[:80], parameters=expected)


def _complete(given: Mapping[str, object], wanted: Sequence[str], path: str) -> Iterator[Fault]:
    for name in wanted:
        if name not in given:
            yield Fault("key_missing", column=f"{path}.{name}")
    yield from _known(given, wanted, path)


def _known(given: Mapping[str, object], known: Sequence[str], path: str) -> Iterator[Fault]:
    for name in given:
        if name not in known:
            yield Fault("unknown_key", column=f"{path}.{name}")
