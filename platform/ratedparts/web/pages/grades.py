"""How grades are decided: the rule set as a page, a page for each rule, and the curves of its risk."""

from __future__ import annotations

from typing import Any

from flask import render_template

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.grading import CEG_2026_1, GRADES, LEVELS

from ..downloads import download
from ..drawn_curves import CURVES, curve, risk_at_limit
from ..graded_families import environments, graded_families, of_group
from ..operating_curves import MULTIPLES, grade_chances, rate_plans, run_limit, run_plans
from ..requests import installation
from ..rule_clauses import (
    CHAPTERS,
    PLACES,
    chapter_name,
    clauses,
    environment_in_words,
    group_name,
    has_clause,
    units_without_failure,
)
from .public import pages

# The example of facts 6.8: one test, and what comes of it at several true rates.
EXAMPLE_GROUP, EXAMPLE_UNIT_HOURS = "passive", 2.4e7
EXAMPLE_RATES = (1e-9, 1e-8, 3e-8, 1e-7, 5e-7, 1e-6, 3e-6, 1e-5)


@pages.app_template_test("a_rule_with_a_page")
def a_rule_with_a_page(rule: str) -> bool:
    return has_clause(rule)


@pages.get("/grades")
def grades() -> Any:
    library = installation().library
    families = graded_families(library, CEG_2026_1)
    rules = CEG_2026_1
    return render_template(
        "public/grades.html",
        rules=rules,
        levels={level.code: level for level in LEVELS},
        grades=GRADES,
        families=families,
        of_group=of_group(families),
        environments=environments(rules),
        group_name=group_name,
        environment_in_words=environment_in_words,
        units_without_failure=units_without_failure,
        multiples=MULTIPLES,
        rate_plans={confidence: rate_plans(confidence) for confidence in rules.levels_confidences},
        run_plans={group: run_plans(rules, group) for group in rules.run_targets},
        run_limit={group: run_limit(rules, group) for group in rules.run_targets},
        risk_at_limit=risk_at_limit,
        example_group=EXAMPLE_GROUP,
        example_unit_hours=EXAMPLE_UNIT_HOURS,
        example=grade_chances(rules, EXAMPLE_GROUP, EXAMPLE_UNIT_HOURS, EXAMPLE_RATES),
        curves=[curve(name) for name in CURVES],
    )


@pages.get("/grades/rules")
def grade_rules() -> Any:
    return render_template(
        "public/rules.html",
        rules=CEG_2026_1,
        clauses=clauses(CEG_2026_1),
        chapters=CHAPTERS,
        chapter_name=chapter_name,
    )


@pages.get("/grades/rules/<clause>")
def grade_rule(clause: str) -> Any:
    found = clauses(CEG_2026_1)
    if clause not in found:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given=clause)
    names = [name for _, members in CHAPTERS for name in members]
    turn = names.index(clause)
    return render_template(
        "public/rule.html",
        rules=CEG_2026_1,
        clause=found[clause],
        place=PLACES.get(clause),
        before=found[names[turn - 1]] if turn else None,
        after=found[names[turn + 1]] if turn + 1 < len(names) else None,
    )


@pages.get("/grades/curves/<name>.svg")
def grade_curve(name: str) -> Any:
    if name not in CURVES:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="page", given=name)
    return download(curve(name).drawing(), f"curve-{name}.svg", "image/svg+xml", inline=True)
