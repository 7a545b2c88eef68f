"""Plans: for a stress and a duration, the tests that the closed forms ask for on the day they end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ratedparts.protocols import ProtocolLibrary

from ..dossier import Dossier
from ..quality_figures import LOT_SAMPLE
from ..rule_set import RuleSet
from .asked import Asked
from .environment_needs import Lacking, lacking
from .lot_sample_needs import lacking_sample
from .paths import Step
from .planned import days_of
from .reliability_needs import units_needed
from .situation import Situation, situation_on
from .stress_choice import Setting, durations, strongest, usual_stress

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
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


class Planner:
    """Plans for one dossier and one grade that is asked for."""

    def __init__(self, dossier: Dossier, library: ProtocolLibrary, rules: RuleSet, asked: Asked) -> None:
        self.dossier = dossier
        self.library = library
        self.rules = rules
        self.asked = asked
        self.protocol = library.latest(library.family(dossier.part.family).reliability_protocol)
        self._situations: dict[date, Situation] = {}

    def on(self, day: date) -> Situation:
        if day not in self._situations:
            self._situations[day] = situation_on(day, self.dossier, self.library, self.rules)
        return self._situations[day]

    def plan(
        self,
        setting: Setting | None,
        earliest: date,
        wait: date | None,
        units: int | None = None,
        failing: int = 0,
    ) -> Plan | None:
        """What is lacking on the day on which the tests are done; by then other reports may have expired."""
        day = max(earliest, wait or earliest)
        for _ in range(4):
            situation = self.on(day)
            steps = tuple(self._steps(situation, setting, units, failing))
            if setting is not None and (not steps or steps[0].slot != self.protocol.id):
                return None
            if setting is None and any(step.slot == self.protocol.id for step in steps):
                return None
            longest = max((days_of(step) for step in steps), default=0) * A_DAY
            start = earliest if wait is None else max(earliest, wait - longest)
            done = max(start + longest, day)
            if done == day:
                return Plan(steps, situation, start, setting)
            day = done
        return None

    def _steps(
        self, situation: Situation, setting: Setting | None, units: int | None, failing: int
    ) -> Iterator[Step]:
        needs = lacking(situation, self.asked, self.protocol.id if failing else "", failing)
        own = needs.pop(self.protocol.id, Lacking())
        if setting is None:
            if own.lots:
                yield self._step(situation, self.protocol.id, own.lots, own.units)
        else:
            # The closed forms see no fit: where they ask for nothing, one unit is a beginning.
            least = max(0 if own.lots else 1, units_needed(situation, self.asked, setting, failing))
            count = least if units is None else units
            if situation.worst_lot is not None:
                if count:
                    yield self._reliability_step(situation, setting, 1, count, situation.worst_lot)
                if own.lots:
                    yield self._reliability_step(situation, setting, own.lots, own.units)
            elif count or own.lots:
                lots = max(own.lots, 1)
                yield self._reliability_step(situation, setting, lots, max(own.units, -(-count // lots)))
        for slot, one in needs.items():
            yield self._step(situation, slot, one.lots, one.units)
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

    def _step(self, situation: Situation, slot: str, lots: int, units: int) -> Step:
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

    def _reliability_step(
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
