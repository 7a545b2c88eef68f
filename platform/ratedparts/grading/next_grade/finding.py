"""The search: closed forms propose tests, and a path is offered only if deciding on it gives the grade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from ..ceg_2026_1 import RULE_SETS
from ..decide import decide
from ..decision import Decision, Reason
from ..dossier import Dossier
from ..quality_axis import environment_rules
from ..rule_set import RuleSet
from .asked import Asked, asked_for, better_grade, suffices
from .obstacles import end_of, not_within_reach, standing_in_the_way
from .paths import Allowance, NextGrade, Path
from .planned import planned_tests
from .plans import A_DAY, Plan, Planner
from .reliability_needs import BEYOND, FURTHER_FAILURES, further
from .situation import Situation, situation_on
from .stress_choice import settings

LEAD = timedelta(days=7)  # to register a plan and to have the lots ready
MOST_UNITS = 5000  # of one reliability test: more than anybody would put on test
OFFERED = 6
# Deciding takes some milliseconds, and ten times that where a distribution is fitted to failures.
MOST_DECISIONS, MOST_DECISIONS_WITH_A_FIT = 48, 8


def next_grade(dossier: Dossier, library: ProtocolLibrary, on: date | None = None) -> NextGrade:
    """What would bring the next better grade than that of the day ``on``; by default the dossier's own day.

    Raises
    ------
    RatedPartsError
        What `decide` raises.
    """
    today = max(on or dossier.evaluated_on, dossier.evaluated_on)
    dossier = replace(dossier, evaluated_on=today)
    decision = decide(dossier, library)
    wanted = better_grade(decision.grade)
    if wanted is None:
        return NextGrade(decision.grade, None, today)
    rules = RULE_SETS[dossier.rule_set]
    now = situation_on(today, dossier, library, rules)
    asked = asked_for(wanted, now.family, dossier.part, rules)
    search = _Search(dossier, library, rules, asked, _fitted(decision, now))
    earliest = max([today + LEAD, *(one.effective_on for one in dossier.change_notices)])
    found, obstacles = search.paths(earliest, None)
    gone = end_of(obstacles) if not found else None
    if gone is not None:
        search = _Search(dossier, library, rules, asked, fitted=False)
        found, _ = search.paths(earliest, gone + A_DAY)
    target = asked.rate.level if asked.rate else f"{asked.run.reliability:g}" if asked.run else None
    return NextGrade(
        decision.grade, wanted, today, tuple(found), tuple(obstacles), target, further(now, asked)
    )


def _fitted(decision: Decision, now: Situation) -> bool:
    """Whether deciding takes long: a distribution is fitted, or every unit's drift."""
    drift = now.shape is None and not now.graded.by_units
    return drift or any(one.code in ("R_SHAPE", "AF_FITTED") for one in decision.reasons)


class _Search:
    def __init__(
        self, dossier: Dossier, library: ProtocolLibrary, rules: RuleSet, asked: Asked, fitted: bool
    ) -> None:
        self.dossier = dossier
        self.library = library
        self.rules = rules
        self.asked = asked
        self.planner = Planner(dossier, library, rules, asked)
        self.fitted = fitted
        self.left = MOST_DECISIONS_WITH_A_FIT if fitted else MOST_DECISIONS

    def paths(self, earliest: date, wait: date | None) -> tuple[list[Path], list[Reason]]:
        """The cheapest first; no path: why there is none."""
        situation = self.planner.on(wait or self.dossier.evaluated_on)
        standing = decide(situation.dossier, self.library)
        obstacles = list(standing_in_the_way(situation, self.asked, standing))
        if obstacles:
            return [], obstacles
        enough = suffices(standing.caps["R"], self.asked.grade) and suffices(
            standing.caps["L"], self.asked.grade
        )
        plans: list[Plan] = []
        tried: tuple[Plan, Decision] | None = None
        without = self.planner.plan(None, earliest, wait)
        if enough and without is not None and without.steps:
            decision = self.decided(without)
            if decision is not None and self.reached(decision):
                return [self.path(without, wait)], []
        candidates = sorted(
            (
                plan
                for setting in settings(situation, self.planner.protocol)
                if (plan := self.planner.plan(setting, earliest, wait)) is not None
            ),
            key=lambda plan: sum(step.unit_hours for step in plan.steps),
        )
        refused: Reason | None = None
        for first in candidates:
            if len(plans) >= OFFERED or self.left <= 0:
                break
            try:
                found, last = self.grown(first, earliest, wait)
            except RatedPartsError as error:
                names = [fault.column for fault in error.items]
                refused = Reason("NEXT_REFUSED", "6.10.4", False, parameters={"expected": names})
                break
            if found is not None:
                plans.append(found)
            elif last is not None and (tried is None or last[0].tested >= tried[0].tested):
                tried = last
        if plans:
            plans.sort(key=lambda one: self.path(one, wait).cost)
            found_paths = _undominated([self.path(one, wait) for one in plans])
            found_paths[0] = self.with_allowances(found_paths[0], plans[0], earliest, wait)
            return found_paths, []
        if refused is not None:
            return [], [refused]
        needed = min((plan.tested for plan in candidates if plan.tested < BEYOND), default=None)
        decision = tried[1] if tried is not None else standing
        tested = tried[0].tested if tried is not None else MOST_UNITS
        return [], list(not_within_reach(situation, self.asked, decision, tested, needed))

    def reached(self, decision: Decision) -> bool:
        return not decision.grade.startswith("U") and suffices(decision.grade, self.asked.grade)

    def decided(self, plan: Plan, failing: int = 0) -> Decision | None:
        """None where as many decisions have been made as may be."""
        if self.left <= 0:
            return None
        self.left -= 1
        tests = planned_tests(
            plan.steps,
            self.dossier.part,
            self.library,
            plan.situation.family.key_parameters,
            plan.starts_on,
            failing,
            plan.setting.before if plan.setting else 0.0,
        )
        return decide(replace(plan.situation.dossier, tests=(*self.dossier.tests, *tests)), self.library)

    def grown(
        self, first: Plan, earliest: date, wait: date | None
    ) -> tuple[Plan | None, tuple[Plan, Decision] | None]:
        """The smallest plan from ``first`` on that reaches the grade; else the last that was tried."""
        plan, low, stride = first, 0, max(1, first.tested // 8)
        last: tuple[Plan, Decision] | None = None
        while plan.tested <= MOST_UNITS:
            decision = self.decided(plan)
            if decision is None:
                return None, last
            if self.reached(decision):
                if last is None and plan.situation.worst_lot is None:
                    return plan, None  # the closed form is a lower bound, so this is the smallest
                return self.smallest(low, plan, earliest, wait), None
            last, low = (plan, decision), plan.tested
            held = [axis for axis, cap in decision.caps.items() if not suffices(cap, self.asked.grade)]
            if not set(held) & {"R", "L"} or set(held) & {"Q", "E"}:
                return None, last
            larger = self.planner.plan(first.setting, earliest, wait, plan.tested + stride)
            stride *= 8 if self.fitted else 2
            if larger is None or larger.tested <= plan.tested:
                return None, last
            plan = larger
        return None, last

    def smallest(self, low: int, enough: Plan, earliest: date, wait: date | None) -> Plan:
        """Between a number of units that is too small and a plan that is not; a fit ends it early."""
        high = enough.tested
        while high - low > (max(1, high // 16) if self.fitted else 1):
            plan = self.planner.plan(enough.setting, earliest, wait, (low + high) // 2)
            if plan is None or not low < plan.tested < high:
                break
            decision = self.decided(plan)
            if decision is None:
                break
            if self.reached(decision):
                enough, high = plan, plan.tested
            else:
                low = plan.tested
        return enough

    def path(self, plan: Plan, wait: date | None) -> Path:
        return Path(
            self.asked.grade,
            plan.steps,
            plan.starts_on,
            plan.situation.dossier.evaluated_on,
            wait is not None,
        )

    def with_allowances(self, path: Path, plan: Plan, earliest: date, wait: date | None) -> Path:
        """How many more units where one or two may fail; only where quality forgives a failure at all."""
        rules = environment_rules(self.planner.protocol.id, plan.situation.family.group, self.rules)
        if plan.setting is None or rules[self.asked.quality_class].failing_fraction is None:
            return path
        found = []
        for failing in FURTHER_FAILURES[1:]:
            more = self.planner.plan(plan.setting, earliest, wait, None, failing)
            if more is None or more.tested > MOST_UNITS:
                break
            decision = self.decided(more, failing)
            if decision is None or not self.reached(decision) or len(more.steps) != len(path.steps):
                break
            found.append(Allowance(failing, more.steps[0].units_per_lot))
        first = replace(path.steps[0], allowances=tuple(found))
        return replace(path, steps=(first, *path.steps[1:]))


def _undominated(paths: list[Path]) -> list[Path]:
    """Without those that cost no less of anything than one before them."""
    kept: list[Path] = []
    for path in paths:
        if not any(_no_dearer(one, path) for one in kept):
            kept.append(path)
    return kept


def _no_dearer(one: Path, other: Path) -> bool:
    return (
        one.unit_hours <= other.unit_hours and one.units <= other.units and one.reached_on <= other.reached_on
    )
