"""The families that a rule set grades, each with its tests and with what is particular in its grading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ratedparts.grading import RuleSet, can_rate
from ratedparts.grading.rule_set import EnvironmentRule
from ratedparts.protocols import Degradation, Family, Protocol, ProtocolLibrary, Range

from .language import named


@dataclass(frozen=True)
class GradedAlike:
    """Families with the same tests; ``particular``: clauses that say what is done differently for them."""

    families: tuple[Family, ...]
    reliability: Protocol
    others: tuple[Protocol, ...]
    particular: tuple[str, ...]

    @property
    def titles(self) -> list[str]:
        return [named(family.title) for family in self.families]


@dataclass(frozen=True)
class EnvironmentOf:
    """``of``: groups of families, or protocols, that share their rules."""

    of: tuple[str, ...]
    classes: tuple[EnvironmentRule, ...]


def graded_families(library: ProtocolLibrary, rules: RuleSet) -> list[GradedAlike]:
    """In the order of the library, those that are graded alike together."""
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Family]] = {}
    for family in library.families.values():
        if can_rate(family, library, rules):
            alike.setdefault(_graded_by(family, library, rules), []).append(family)
    return [
        GradedAlike(
            tuple(families),
            library.latest(reliability),
            tuple(library.latest(name) for name in others),
            particular,
        )
        for (reliability, others, particular), families in alike.items()
    ]


def of_group(found: Iterable[GradedAlike]) -> dict[str, list[str]]:
    """The titles of the families by their group."""
    groups: dict[str, list[str]] = {}
    for one in found:
        for family in one.families:
            groups.setdefault(family.group, []).append(named(family.title))
    return groups


def environments(rules: RuleSet) -> list[EnvironmentOf]:
    """The environment rules that stand instead of the usual ones, those that are the same together."""
    alike: dict[tuple[EnvironmentRule, ...], list[str]] = {}
    for of, classes in rules.environment_of.items():
        alike.setdefault(tuple(classes), []).append(of)
    return [EnvironmentOf(tuple(of), classes) for classes, of in alike.items()]


def _graded_by(
    family: Family, library: ProtocolLibrary, rules: RuleSet
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    reliability = family.reliability_protocol
    names = dict.fromkeys(slot.partition(":")[0] for slot in (*family.mandatory, *family.also_counted))
    others = tuple(name for name in names if name != reliability)
    particular = []
    if family.group in rules.run_targets:
        particular.append("6.10.6")
    elif any(_drifts(family, rule) for rule in library.latest(reliability).degradation):
        particular.append("L3")
    if reliability in rules.environment_of:
        particular.append("6.10.8")
    if any(library.latest(name).weibull_grade for name in others):
        particular.append("6.10.11")
    return reliability, others, tuple(particular)


def _drifts(family: Family, rule: Degradation) -> bool:
    named_families = [values for name, values in rule.applies_to if name == "family"]
    return all(not isinstance(values, Range) and family.code in values for values in named_families)
