"""Grading: from a dossier to a decision by an open rule set.  Pure: no clock, no file, no database."""

from .ceg_2026_1 import CEG_2026_1, RULE_SETS
from .decide import decide, decide_json, judge, released
from .decision import Decision, Reason
from .decision_differences import changed_rules
from .dossier import Dossier
from .dossier_contradictions import can_rate
from .dossier_shape import read_dossier
from .failure_rate_levels import LEVELS, FailureRateLevel, level_of
from .figures import Figures
from .kept_figures import figures_of, figures_text
from .measure import measure
from .rule_set import GRADES, RuleSet
from .rule_set_reading import read_rule_set, rule_set_as_json

__all__ = [
    "CEG_2026_1",
    "GRADES",
    "LEVELS",
    "RULE_SETS",
    "Decision",
    "Dossier",
    "FailureRateLevel",
    "Figures",
    "Reason",
    "RuleSet",
    "can_rate",
    "changed_rules",
    "decide",
    "decide_json",
    "figures_of",
    "figures_text",
    "judge",
    "level_of",
    "measure",
    "read_dossier",
    "read_rule_set",
    "released",
    "rule_set_as_json",
]
