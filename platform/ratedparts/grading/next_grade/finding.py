"""The search: closed forms propose tests, and a path is offered only if deciding on it gives the grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from ..ceg_2026_1 import RULE_SETS
from ..decide import decide
from ..decision import Decision, Reason
from ..dossier import Dossier
from ..quality_axis import LOT_SAMPLE, environment_rules
from ..rule_set import RuleSet
from .asked import Asked, asked_for, better_grade, suffices
from .environment_needs import Lacking, lacking
from .lot_sample_needs import lacking_sample
from .obstacles import end_of, not_within_reach, standing_in_the_way
from .paths import Allowance, NextGrade, Path, Step
from .planned import days_of, planned_tests
from .reliability_needs import BEYOND, FURTHER_FAILURES, further, units_needed
from .situation import Situation, situation_on
from .stress_choice import Setting, durations, settings, strongest, usual_stress

LEAD = timedelta(days=7)  # to register a plan and to have the lots ready
MOST_UNITS = 5000  # of one reliability test: more than anybody would put on test
OFFERED = 6
# Deciding takes some milliseconds, and ten times that where a distribution is fitted to failures.
MOST_DECISIONS, MOST_DECISIONS_WITH_A_FIT = 48, 8
A_DAY = timedelta(days=1)


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


@dataclass(frozen=True)
class _Plan:
    steps: tuple[Step, ...]
    situation: Situation
    starts_on: date
    setting: Setting | None

    @property
    def tested(self) -> int:
        """Units on the reliability test that is planned; where the worst lot decides, those of it."""
        if self.setting is None or self.steps[0].lot_code != self.situation.worst_lot:
            return 0
        return self.steps[0].units


class _Search:
    def __init__(
        self, dossier: Dossier, library: ProtocolLibrary, rules: RuleSet, asked: Asked, fitted: bool
    ) -> None:
        self.dossier = dossier
        self.library = library
        self.rules = rules
        self.asked = asked
        self.fitted = fitted
        self.left = MOST_DECISIONS_WITH_A_FIT if fitted else MOST_DECISIONS
        self.protocol = library.latest(library.family(dossier.part.family).reliability_protocol)
        self.situations: dict[date, Situation] = {}

    def paths(self, earliest: date, wait: date | None) -> tuple[list[Path], list[Reason]]:
        """The cheapest first; no path: why there is none."""
        situation = self.on(wait or self.dossier.evaluated_on)
        standing = decide(situation.dossier, self.library)
        obstacles = list(standing_in_the_way(situation, self.asked, standing))
        if obstacles:
            return [], obstacles
        enough = suffices(standing.caps["R"], self.asked.grade) and suffices(
            standing.caps["L"], self.asked.grade
        )
        plans: list[_Plan] = []
        tried: tuple[_Plan, Decision] | None = None
        without = self.plan(None, earliest, wait)
        if enough and without is not None and without.steps:
            decision = self.decided(without)
            if decision is not None and self.reached(decision):
                return [self.path(without, wait)], []
        candidates = sorted(
            (
                plan
                for setting in settings(situation, self.protocol)
                if (plan := self.plan(setting, earliest, wait)) is not None
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

    def on(self, day: date) -> Situation:
        if day not in self.situations:
            self.situations[day] = situation_on(day, self.dossier, self.library, self.rules)
        return self.situations[day]

    def reached(self, decision: Decision) -> bool:
        return not decision.grade.startswith("U") and suffices(decision.grade, self.asked.grade)

    def decided(self, plan: _Plan, failing: int = 0) -> Decision | None:
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
        self, first: _Plan, earliest: date, wait: date | None
    ) -> tuple[_Plan | None, tuple[_Plan, Decision] | None]:
        """The smallest plan from ``first`` on that reaches the grade; else the last that was tried."""
        plan, low, stride = first, 0, max(1, first.tested // 8)
        last: tuple[_Plan, Decision] | None = None
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
            larger = self.plan(first.setting, earliest, wait, plan.tested + stride)
            stride *= 8 if self.fitted else 2
            if larger is None or larger.tested <= plan.tested:
                return None, last
            plan = larger
        return None, last

    def smallest(self, low: int, enough: _Plan, earliest: date, wait: date | None) -> _Plan:
        """Between a number of units that is too small and a plan that is not; a fit ends it early."""
        high = enough.tested
        while high - low > (max(1, high // 16) if self.fitted else 1):
            plan = self.plan(enough.setting, earliest, wait, (low + high) // 2)
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

    def plan(
        self,
        setting: Setting | None,
        earliest: date,
        wait: date | None,
        units: int | None = None,
        failing: int = 0,
    ) -> _Plan | None:
        """What is lacking on the day on which the tests are done; by then other reports may have expired."""
        day = max(earliest, wait or earliest)
        for _ in range(4):
            situation = self.on(day)
            steps = tuple(self.steps(situation, setting, units, failing))
            if setting is not None and (not steps or steps[0].slot != self.protocol.id):
                return None
            if setting is None and any(step.slot == self.protocol.id for step in steps):
                return None
            longest = max((days_of(step) for step in steps), default=0) * A_DAY
            start = earliest if wait is None else max(earliest, wait - longest)
            done = max(start + longest, day)
            if done == day:
                return _Plan(steps, situation, start, setting)
            day = done
        return None

    def steps(
        self, situation: Situation, setting: Setting | None, units: int | None, failing: int
    ) -> Iterator[Step]:
        needs = lacking(situation, self.asked, self.protocol.id if failing else "", failing)
        own = needs.pop(self.protocol.id, Lacking())
        if setting is None:
            if own.lots:
                yield self.step(situation, self.protocol.id, own.lots, own.units)
        else:
            # The closed forms see no fit: where they ask for nothing, one unit is a beginning.
            least = max(0 if own.lots else 1, units_needed(situation, self.asked, setting, failing))
            count = least if units is None else units
            if situation.worst_lot is not None:
                if count:
                    yield self.reliability_step(situation, setting, 1, count, situation.worst_lot)
                if own.lots:
                    yield self.reliability_step(situation, setting, own.lots, own.units)
            elif count or own.lots:
                lots = max(own.lots, 1)
                yield self.reliability_step(situation, setting, lots, max(own.units, -(-count // lots)))
        for slot, one in needs.items():
            yield self.step(situation, slot, one.lots, one.units)
        sample = lacking_sample(situation, self.asked)
        if sample is not None:
            yield Step(
                LOT_SAMPLE,
                self.library.latest(LOT_SAMPLE).name,
                sample.lots,
                sample.units_per_lot,
                self.asked.evidence_class,
                cpk=sample.cpk,
                part_average_testing=sample.part_average_testing,
            )

    def step(self, situation: Situation, slot: str, lots: int, units: int) -> Step:
        protocol = self.library.latest(slot.partition(":")[0])
        stress = usual_stress(protocol, slot, situation.evidence.in_slot(slot))
        if protocol.weibull_grade is not None:
            stress = strongest(protocol, self.dossier.part, stress)
        unit = protocol.readouts.unit if protocol.readouts else None
        ends = durations(protocol)
        return Step(
            slot,
            protocol.name,
            lots,
            units,
            self.asked.evidence_class,
            stress,
            ends[0] if ends else None,
            unit,
        )

    def reliability_step(
        self, situation: Situation, setting: Setting, lots: int, units: int, lot_code: str | None = None
    ) -> Step:
        unit = self.protocol.readouts.unit if self.protocol.readouts else None
        return Step(
            self.protocol.id,
            self.protocol.name,
            lots,
            units,
            self.asked.evidence_class,
            setting.stress,
            setting.duration,
            unit,
            None if situation.graded.by_units else setting.factor.value,
            setting.factor.capped,
            lot_code,
            screened=self.dossier.part.screened,
            drift_free=self.asked.life is not None and bool(setting.drift),
        )

    def path(self, plan: _Plan, wait: date | None) -> Path:
        return Path(
            self.asked.grade,
            plan.steps,
            plan.starts_on,
            plan.situation.dossier.evaluated_on,
            wait is not None,
        )

    def with_allowances(self, path: Path, plan: _Plan, earliest: date, wait: date | None) -> Path:
        """How many more units where one or two may fail; only where quality forgives a failure at all."""
        rules = environment_rules(self.protocol.id, plan.situation.family.group, self.rules)
        if plan.setting is None or rules[self.asked.quality_class].failing_fraction is None:
            return path
        found = []
        for failing in FURTHER_FAILURES[1:]:
            more = self.plan(plan.setting, earliest, wait, None, failing)
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
