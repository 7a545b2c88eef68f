"""What a grade asks of each axis, read from the rule set."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.protocols import Family

from ..dossier import Part
from ..life_axis import LifeTarget, life_targets
from ..rule_set import GRADES, QualityClass, RuleSet, RunTarget, Target


@dataclass(frozen=True)
class Asked:
    grade: str
    quality_class: int  # the loosest that suffices; index into the rule set's classes
    quality: QualityClass
    evidence_class: str  # the loosest that suffices
    rate: Target | None  # None: of a group that is rated by success runs
    run: RunTarget | None
    life: LifeTarget | None  # None: no life is asked for


def better_grade(grade: str) -> str | None:
    """The next better one; None of the best."""
    place = GRADES.index(grade[0] if grade.startswith("U") else grade)
    return GRADES[place - 1] if place else None


def suffices(cap: str, grade: str) -> bool:
    return GRADES.index(cap) <= GRADES.index(grade)


def asked_for(grade: str, family: Family, part: Part, rules: RuleSet) -> Asked:
    classes = [index for index, one in enumerate(rules.quality_classes) if suffices(one.cap, grade)]
    evidence = [name for name, cap in rules.evidence_caps.items() if suffices(cap, grade)]
    by_run = family.group in rules.run_targets
    rates = [] if by_run else [one for one in rules.targets[family.group] if one.grade == grade]
    runs = [one for one in rules.run_targets[family.group] if one.grade == grade] if by_run else []
    lives = () if by_run else life_targets(rules, part.design_life_hours)
    return Asked(
        grade,
        max(classes),
        rules.quality_classes[max(classes)],
        max(evidence, key=lambda name: GRADES.index(rules.evidence_caps[name])),
        rates[0] if rates else None,
        runs[0] if runs else None,
        next((one for one in lives if one.grade == grade), None),
    )
