"""One part under two rule sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.grading import GRADES, Figures, RuleSet, changed_rules, judge

DIRECTIONS = ("risen", "fallen", "other_reasons", "not_regraded", "unchanged")


@dataclass(frozen=True)
class ShadowVerdict:
    """``direction``: one of `DIRECTIONS`; ``problem``: the code of what kept a part from being regraded."""

    direction: str
    new_grade: str | None = None
    rules: Sequence[dict[str, Any]] = ()
    problem: str | None = None


def not_regraded(problem: str) -> ShadowVerdict:
    return ShadowVerdict("not_regraded", problem=problem)


def compare(
    stood: str, old_figures: Figures, old: RuleSet, new_figures: Figures, new: RuleSet
) -> ShadowVerdict:
    """``stood``: the grade that was decided.

    Raises
    ------
    RatedPartsError
        ``engine_decides_otherwise`` where this engine no longer decides that grade: nothing can be compared.
    """
    before = judge(old_figures, old)
    if before.grade != stood:
        raise RatedPartsError("engine_decides_otherwise")
    after = judge(new_figures, new)
    rules = changed_rules(before, after)
    direction = _direction(before.grade, after.grade)
    if direction == "unchanged" and (rules or after.binding != before.binding):
        direction = "other_reasons"
    return ShadowVerdict(direction, after.grade, rules)


def _direction(old: str, new: str) -> str:
    """The kinds of U are one place in the order: another of them is another reason."""
    before, after = (GRADES.index(_place(grade)) for grade in (old, new))
    if before == after:
        return "unchanged" if old == new else "other_reasons"
    return "risen" if after < before else "fallen"


def _place(grade: str) -> str:
    return "U" if grade.startswith("U") else grade
