"""What of a dossier's evidence still stands on a day, and what is graded of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from ratedparts.protocols import Family, ProtocolLibrary, ShapeRange

from ..degradation_life import DegradationLives, degradation_lives
from ..dossier import Dossier
from ..evidence import Evidence, Report, gather
from ..graded import Graded, what_is_graded
from ..maintenance import judge_periods_since, tested_since
from ..maintenance_periods import measure_maintenance
from ..rule_set import RuleSet


@dataclass(frozen=True)
class Situation:
    dossier: Dossier  # as it is decided on the day
    evidence: Evidence
    graded: Graded
    rules: RuleSet
    library: ProtocolLibrary

    @property
    def family(self) -> Family:
        return self.evidence.family

    @property
    def worst_lot(self) -> str | None:
        """Its code, where lots differ and it alone is graded."""
        alone = self.graded.exposure is not self.graded.everything
        return self.graded.exposure.lots[0].lot.lot_code if alone else None

    @property
    def shape(self) -> ShapeRange | None:
        """The range of Weibull shapes that axis L searches; None: lives come from drift."""
        reports = self.evidence.reliability
        protocol = reports[0].protocol if reports else self.library.latest(self.family.reliability_protocol)
        return protocol.life_of(self.family.code)[1]

    @cached_property
    def since_lost(self) -> tuple[float, int, float] | None:
        """Confidence, failures and unit-hours since a level was lost, which alone can bring it back."""
        granted, maintenance = self.dossier.granted, self.rules.maintenance
        if granted is None or self.graded.by_units:
            return None
        months, today = maintenance.period_months, self.dossier.evaluated_on
        figures = measure_maintenance(granted, self.evidence, self.graded.everything, months, today)
        _, _, lowered_on = judge_periods_since(figures, maintenance)
        return None if lowered_on is None else (granted.confidence, *tested_since(figures, lowered_on))

    @cached_property
    def drifting(self) -> DegradationLives:
        return degradation_lives(self.graded.exposure, self.dossier.part)

    def failing(self) -> tuple[Report, ...]:
        """Reports of the reliability test in which a unit failed."""
        return tuple(
            report for report in self.evidence.reliability if any(lot.failures for lot in report.test.lots)
        )


def situation_on(day: date, dossier: Dossier, library: ProtocolLibrary, rules: RuleSet) -> Situation:
    on_the_day = replace(dossier, evaluated_on=day)
    evidence = gather(on_the_day, library, rules)
    return Situation(on_the_day, evidence, what_is_graded(evidence, dossier.part, rules), rules, library)
