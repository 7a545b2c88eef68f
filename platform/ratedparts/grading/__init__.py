"""Grading: from a dossier to a decision by an open rule set.  Pure: no clock, no file, no database."""

from .ceg_2026_1 import CEG_2026_1, RULE_SETS
from .decide import decide, decide_json
from .decision import Decision, Reason
from .dossier import Dossier
from .dossier_contradictions import can_rate
from .dossier_shape import read_dossier
from .failure_rate_levels import LEVELS, FailureRateLevel, level_of
from .rule_set import GRADES, RuleSet

__all__ = [
    "CEG_2026_1",
    "GRADES",
    "LEVELS",
    "RULE_SETS",
    "Decision",
    "Dossier",
    "FailureRateLevel",
    "Reason",
    "RuleSet",
    "can_rate",
    "decide",
    "decide_json",
    "level_of",
    "read_dossier",
]
