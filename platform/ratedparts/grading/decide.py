"""From a dossier to a decision: the one place where the axes meet (clause 6.6)."""

from __future__ import annotations

from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from .ceg_2026_1 import RULE_SETS
from .decision import Decision, Reason
from .dossier import Dossier
from .dossier_shape import read_dossier
from .evidence import add_months
from .figures import Figures, RateFigures
from .flags import judge_flags
from .life_axis import NOT_ASKED, judge_life
from .measure import measure
from .quality_axis import judge_quality
from .reliability_axis import judge_reliability
from .rule_set import GRADES, RuleSet
from .success_run import judge_success_run


def decide_json(value: Any, library: ProtocolLibrary) -> Decision:
    """Read, check and decide a dossier given as parsed JSON.

    Raises
    ------
    RatedPartsError
        ``dossier_refused`` with every fault, or ``unknown_rule_set``.
    """
    return decide(read_dossier(value), library)


def decide(dossier: Dossier, library: ProtocolLibrary) -> Decision:
    """The grade under the rule set that the dossier names, with every reason."""
    rule_set = released(dossier.rule_set)
    return judge(measure(dossier, library, rule_set), rule_set)


def released(name: str) -> RuleSet:
    """The released rule set of that name.  Raises ``unknown_rule_set``."""
    rule_set = RULE_SETS.get(name)
    if rule_set is None:
        raise RatedPartsError("unknown_rule_set", given=name, known=sorted(RULE_SETS))
    return rule_set


def judge(figures: Figures, rule_set: RuleSet) -> Decision:
    """Compare figures with a rule set's limits: every grade is decided here, from whatever they come."""
    rates = figures.reliability
    if isinstance(rates, RateFigures):
        reliability = judge_reliability(rates, rule_set, figures.group)
        life = judge_life(figures.life, rule_set, figures.design_life_hours)
        decreasing = rates.decreasing
    else:
        reliability = judge_success_run(rates, rule_set, figures.group)
        life, decreasing = NOT_ASKED, False
    quality = judge_quality(figures.quality, rule_set, figures.group)
    evidence_cap, class_reason = _evidence_class(figures.evidence_class, rule_set)
    flags_cap, flag_reasons = judge_flags(figures.flags, decreasing, rule_set)
    caps = {"R": reliability.cap, "L": life.cap, "Q": quality.cap, "E": evidence_cap, "flags": flags_cap}
    reached = max(caps.values(), key=GRADES.index)
    grade = figures.refused_as or reached
    if grade == "U":
        grade = "U-NONCONFORMING" if quality.failed else "U-INSUFFICIENT"
    binding = () if reached == "A+" else tuple(name for name, cap in caps.items() if cap == reached)
    reasons = (
        *figures.refused_reasons,
        *figures.lots_reasons,
        *reliability.reasons,
        *life.reasons,
        *quality.reasons,
        class_reason,
        *flag_reasons,
    )
    latest = add_months(figures.evaluated_on, rule_set.certificate_months)
    valid_until = min(figures.ends_on, latest) if figures.ends_on else latest
    return Decision(
        rule_set.id,
        grade,
        {
            "R": reliability.rests_on,
            "L": life.demonstrated,
            "Q": quality.name,
            "E": figures.evidence_class,
            "use_condition": figures.use_condition,
        },
        caps,
        binding,
        reasons,
        figures.printed,
        None if grade.startswith("U") else valid_until,
        figures.protocols,
    )


def _evidence_class(weakest: str, rule_set: RuleSet) -> tuple[str, Reason]:
    """Clause 6.4."""
    cap = rule_set.evidence_caps[weakest]
    parameters = {"class": weakest, "cap": cap}
    return cap, Reason("E_CLASS", "6.4", cap == "A+", parameters=parameters)
