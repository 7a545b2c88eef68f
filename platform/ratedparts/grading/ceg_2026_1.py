"""Rule set CEG-2026.1: the platform's own, not an official standard.

Published once and never edited: a change of any number here is a new rule set in a new module.
The clauses named in the axes' comments are those of ``docs/rule-set-CEG-2026.1.md``.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from ratedparts.reliability import required_unit_hours

from .rule_set import EnvironmentRule, MaintenanceRule, QualityClass, RuleSet, RunTarget, Target, UseCondition

USE_CONDITIONS = MappingProxyType(
    {
        "UC-R": UseCondition("UC-R", temperature_c=None, humidity_rh=None, voltage_ratio=1.0),
        "UC-C": UseCondition("UC-C", temperature_c=40.0, humidity_rh=60.0, voltage_ratio=0.5),
        "UC-I": UseCondition("UC-I", temperature_c=55.0, humidity_rh=60.0, voltage_ratio=0.5),
        "UC-A": UseCondition("UC-A", temperature_c=85.0, humidity_rh=60.0, voltage_ratio=0.5),
    }
)

# Clause 6.5.  The groups are those of test_protocols/families.toml.
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
        "optical": (
            Target("A+", "FR6", 0.90),
            Target("A", "FR6", 0.60),
            Target("B", "FR5", 0.60),
            Target("C", "FR4.5", 0.60),
        ),
    }
)

# Contacts and nets pass or fail: they are rated by the share of good ones that a success run shows.
RUN_TARGETS = MappingProxyType(
    {
        "connector": (
            RunTarget("A+", 0.999, 0.90),
            RunTarget("A", 0.99, 0.90),
            RunTarget("B", 0.99, 0.60),
            RunTarget("C", 0.95, 0.60),
        ),
        "board": (
            RunTarget("A+", 0.99, 0.90),
            RunTarget("A", 0.97, 0.90),
            RunTarget("B", 0.95, 0.90),
            RunTarget("C", 0.90, 0.90),
        ),
    }
)

# Clause 6.3.
QUALITY_CLASSES = (
    QualityClass("Q3", "A+", 1.67, 1.33, 50, 3, True, 0.01, None),
    QualityClass("Q2", "A", 1.33, 1.00, 30, 1, False, 0.03, 0.65),
    QualityClass("Q1", "B", None, None, 1, 1, False, 0.03, 1.0),
)
ENVIRONMENT = (
    EnvironmentRule(lots=3, units=77),
    EnvironmentRule(units=77),
    EnvironmentRule(failing_fraction=0.10),
)
# Where 77 is not customary the rule is stated as LTPD: 22(0), 11(0) and 7(0).
BY_FRACTION = tuple(EnvironmentRule(failing_fraction=fraction) for fraction in (0.10, 0.20, 0.30))
ENVIRONMENT_OF = MappingProxyType(
    {
        **dict.fromkeys(("optical", "connector", "board"), BY_FRACTION),
        # Clause 6.10.8.
        "RFF-PWR": (
            EnvironmentRule(units=45),
            EnvironmentRule(units=22),
            EnvironmentRule(failing_fraction=0.20),
        ),
    }
)

CEG_2026_1 = RuleSet(
    id="CEG-2026.1",
    in_force_on=date(2026, 1, 1),
    levels_confidences=(0.60, 0.90),
    use_conditions=USE_CONDITIONS,
    rated_condition="UC-R",
    targets=TARGETS,
    run_targets=RUN_TARGETS,
    quality_classes=QUALITY_CLASSES,
    environment=ENVIRONMENT,
    environment_of=ENVIRONMENT_OF,
    evidence_caps=MappingProxyType({"E3": "A+", "E2": "A", "E1": "C", "E0": "U"}),
    life_confidence=0.90,
    half_life_share=0.5,
    fit_failures=5,
    shape_confidence=0.90,
    significance=0.05,
    first_year_hours=8760.0,
    minimum_units=22,
    minimum_units_of=MappingProxyType({"optical": 7, "connector": 7, "board": 7}),
    minimum_unit_hours=required_unit_hours(3e-5, 0, 0.60),
    decreasing_rate_cap="C",
    incomplete_cap="B",
    cpk_confidence=0.90,
    normality_p=0.005,
    normality_units=50,
    life_evidence_months=36,
    lot_evidence_months=12,
    certificate_months=24,
    maintenance=MaintenanceRule(confidence=0.10, period_months=12),
)

RULE_SETS = MappingProxyType({CEG_2026_1.id: CEG_2026_1})
