"""Rule set CEG-2026.1: the platform's own, not an official standard.

Published once and never edited: a change of any number here is a new rule set in a new module.
The clauses named in the axes' comments are those of ``docs/rule-set-CEG-2026.1.md``.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from ratedparts.reliability import required_unit_hours

from .rule_set import QualityClass, RuleSet, Target, UseCondition

USE_CONDITIONS = MappingProxyType(
    {
        "UC-R": UseCondition("UC-R", temperature_c=None, humidity_rh=None, voltage_ratio=1.0),
        "UC-C": UseCondition("UC-C", temperature_c=40.0, humidity_rh=60.0, voltage_ratio=0.5),
        "UC-I": UseCondition("UC-I", temperature_c=55.0, humidity_rh=60.0, voltage_ratio=0.5),
        "UC-A": UseCondition("UC-A", temperature_c=85.0, humidity_rh=60.0, voltage_ratio=0.5),
    }
)

# Clause 6.5.  The groups are those of test_protocols/families.toml; groups rated by success runs or by
# degradation are not in this table and are refused by name.
TARGETS = MappingProxyType(
    {
        "passive": (
            Target("A+", "FR8", 0.90),
            Target("A", "FR7", 0.90),
            Target("B", "FR6", 0.60),
            Target("C", "FR5", 0.60),
        ),
        "active": (
            Target("A+", "FR7", 0.90),
            Target("A", "FR6", 0.90),
            Target("B", "FR6", 0.60),
            Target("C", "FR5", 0.60),
        ),
    }
)

# Clause 6.3.
QUALITY_CLASSES = (
    QualityClass("Q3", "A+", 3, 77, None, 1.67, 1.33, 50, 3, True, 0.01, None),
    QualityClass("Q2", "A", None, 77, None, 1.33, 1.00, 30, 1, False, 0.03, 0.65),
    QualityClass("Q1", "B", None, None, 0.10, None, None, 1, 1, False, 0.03, 1.0),
)

CEG_2026_1 = RuleSet(
    id="CEG-2026.1",
    in_force_on=date(2026, 1, 1),
    levels_confidences=(0.60, 0.90),
    use_conditions=USE_CONDITIONS,
    rated_condition="UC-R",
    targets=TARGETS,
    quality_classes=QUALITY_CLASSES,
    evidence_caps=MappingProxyType({"E3": "A+", "E2": "A", "E1": "C", "E0": "U"}),
    life_confidence=0.90,
    half_life_share=0.5,
    fit_failures=5,
    shape_confidence=0.90,
    significance=0.05,
    first_year_hours=8760.0,
    minimum_units=22,
    minimum_unit_hours=required_unit_hours(3e-5, 0, 0.60),
    decreasing_rate_cap="C",
    incomplete_cap="B",
    cpk_confidence=0.90,
    normality_p=0.005,
    normality_units=50,
    life_evidence_months=36,
    lot_evidence_months=12,
    certificate_months=24,
)

RULE_SETS = MappingProxyType({CEG_2026_1.id: CEG_2026_1})
