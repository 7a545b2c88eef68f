"""The clauses of a rule set as pages show them: texts with their numbers, and the codes that they give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ratedparts.grading import RuleSet
from ratedparts.grading.rule_set import EnvironmentRule
from ratedparts.reliability import ltpd_sample_size
from ratedparts.wording.rule_texts import RuleText, rule_texts

from .formatting import number, share
from .language import language, text

# Which reason codes a clause gives.  A test holds this against the decisions and the source of the grading.
CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "P1": ("PLAN_UNREGISTERED",),
        "P4": ("PCN",),
        "P5": ("R_SAMPLE", "R_MINIMUM_HOURS"),
        "R2": ("AF_CAPPED", "AF_FITTED"),
        "R4": ("R_EARLY_FAILURES",),
        "R5": ("R_SHAPE", "R_SHAPE_UNTESTED"),
        "R7": ("R_DFR",),
        "R9": ("R_LOTS_ALIKE", "R_HETERO"),
        "L4": ("L_LIFE", "L_SHORT"),
        "6.3": ("Q_CLASS", "Q_MISSING", "Q_FAIL", "CPK_LOW"),
        "6.4": ("E_CLASS",),
        "6.5": ("R_TARGET", "R_HOURS"),
        "6.7": ("EXPIRED", "R_KEPT", "R_REGAINED", "R_UPGRADE"),
        "6.9": ("PLAN_INCOMPLETE",),
        "6.10": ("NOT_GRADED",),
        "6.10.6": ("R_RUN", "R_UNITS"),
    }
)
# Where on the page of the grades the numbers of a clause stand.
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "P3": "conditions",
        "P5": "targets",
        "R3": "levels",
        "6.3": "quality",
        "6.4": "evidence",
        "6.5": "targets",
        "6.6": "caps",
        "6.7": "validity",
        "6.8": "risk",
        "6.10.5": "families",
        "6.10.6": "targets",
        "6.10.8": "quality",
        "6.10.11": "families",
    }
)
# By what they decide.
CHAPTERS = (
    ("P", ("P1", "P2", "P3", "P4", "P5")),
    ("R", ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "6.5", "6.10.6")),
    ("L", ("L1", "L2", "L3", "L4")),
    ("Q", ("6.3", "6.10.8", "6.10.11")),
    ("E", ("6.4", "6.7")),
    ("all", ("6.6", "6.8", "6.9", "6.10", "6.10.5")),
)


@dataclass(frozen=True)
class Clause:
    """``codes``: each with its title."""

    name: str
    text: RuleText
    codes: tuple[tuple[str, str], ...]


def clauses(rules: RuleSet) -> dict[str, Clause]:
    """All clauses with their numbers, in the reader's language and in the order in which they are read."""
    texts = rule_texts(language())
    values = rule_values(rules)
    return {
        name: Clause(
            name,
            found.filled(values),
            tuple((code, texts.codes[code]) for code in CODES.get(name, ())),
        )
        for name, found in texts.rules.items()
    }


def has_clause(name: str) -> bool:
    """Whether there is a page for the rule that a reason names."""
    return name in rule_texts("en").rules


def rule_values(rules: RuleSet) -> dict[str, str]:
    """The numbers of a rule set as its texts name them, in the reader's language."""
    few = sorted(set(rules.minimum_units_of.values()))
    # The usual example of a run: grade A of connectors.
    run = next(target for target in rules.run_targets["connector"] if target.grade == "A")
    return {
        "minimum_units": str(rules.minimum_units),
        "minimum_units_few": " / ".join(map(str, few)),
        "few_groups": _listed(group_name(group) for group in rules.minimum_units_of),
        "minimum_hours": number(math.ceil(rules.minimum_unit_hours)),
        "use_conditions": _listed(rules.use_conditions),
        "confidences": _listed(share(one) for one in rules.levels_confidences),
        "significance": number(rules.significance),
        "fit_failures": str(rules.fit_failures),
        "shape_confidence": share(rules.shape_confidence),
        "life_confidence": share(rules.life_confidence),
        "cpk_confidence": share(rules.cpk_confidence),
        "half_life_share": share(rules.half_life_share),
        "first_year_hours": number(rules.first_year_hours),
        "decreasing_cap": rules.decreasing_rate_cap,
        "incomplete_cap": rules.incomplete_cap,
        "quality_classes": _listed(one.name for one in rules.quality_classes),
        "evidence_caps": _listed(f"{code}: {cap}" for code, cap in rules.evidence_caps.items()),
        "life_months": str(rules.life_evidence_months),
        "lot_months": str(rules.lot_evidence_months),
        "certificate_months": str(rules.certificate_months),
        "maintenance_months": str(rules.maintenance.period_months),
        "maintenance_confidence": share(rules.maintenance.confidence),
        "risk_low": share(1 - rules.levels_confidences[0]),
        "risk_high": share(1 - rules.levels_confidences[1]),
        "run_example_units": str(units_without_failure(1 - run.reliability, run.confidence)),
        "run_example_share": share(run.reliability),
        "filter_rules": ("；" if language() == "zh_CN" else "; ").join(
            f"{one.name}: {environment_in_words(rule)}"
            for one, rule in zip(rules.quality_classes, rules.environment_of["RFF-PWR"], strict=True)
        ),
    }


def _listed(names: Iterable[str]) -> str:
    return ("、" if language() == "zh_CN" else ", ").join(names)


def units_without_failure(failing: float, confidence: float) -> int:
    return ltpd_sample_size(failing, 0, confidence)


def environment_in_words(rule: EnvironmentRule) -> str:
    """What an environmental test must show, for one quality class."""
    if rule.failing_fraction is not None:
        return text(
            "with 90 % confidence at most {percent} % fail; without a failure {units} units show that",
            percent=round(100 * rule.failing_fraction),
            units=units_without_failure(rule.failing_fraction, 0.90),
        )
    if rule.lots is not None:
        return text("{lots} lots of {units} units without a failure", lots=rule.lots, units=rule.units)
    return text("{units} units without a failure", units=rule.units)


def group_name(group: str) -> str:
    """A group of families, as the pages call it."""
    names = {
        "passive": text("ceramic capacitors, resistors and magnetic parts"),
        "active": text("semiconductors, sensors, filters, aluminium and tantalum capacitors"),
        "optical": text("lasers, photodiodes and transceivers"),
        "connector": text("connectors"),
        "board": text("printed boards"),
    }
    return names.get(group, group)


def chapter_name(chapter: str) -> str:
    return {
        "P": text("Before anything is graded"),
        "R": text("Reliability"),
        "L": text("Life"),
        "Q": text("Quality"),
        "E": text("Evidence"),
        "all": text("The whole"),
    }[chapter]
