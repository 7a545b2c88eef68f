"""Which of a dossier's tests count on the day of the decision, and for what."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from ratedparts.protocols import Family, Layout, Protocol, ProtocolLibrary

from .dossier import Dossier, Test
from .rule_set import RuleSet


class Standing(Enum):
    LIVE = "live"
    EXPIRED = "expired"
    VOID = "void"  # the part changed after the test had started


@dataclass(frozen=True)
class Report:
    """A test with its protocol and its standing on the day of the decision."""

    test: Test
    protocol: Protocol
    slot: str  # the mandatory place it fills: a protocol id, or 'MLCC-BH:low'
    standing: Standing
    valid_through: date

    @property
    def live(self) -> bool:
        return self.standing is Standing.LIVE

    @property
    def expired_since(self) -> date:
        return self.valid_through + timedelta(days=1)


@dataclass(frozen=True)
class Evidence:
    """All reports of a dossier that its family's rules look at."""

    family: Family
    reports: tuple[Report, ...]
    not_graded: tuple[str, ...]  # protocols that are analysed and published only

    def in_slot(self, slot: str) -> tuple[Report, ...]:
        return tuple(report for report in self.reports if report.slot == slot)

    def live_in(self, slot: str) -> tuple[Report, ...]:
        return tuple(report for report in self.in_slot(slot) if report.live)

    @property
    def mandatory_live(self) -> tuple[Report, ...]:
        return tuple(r for r in self.reports if r.live and r.slot in self.family.mandatory)

    @property
    def reliability(self) -> tuple[Report, ...]:
        return self.live_in(self.family.reliability_protocol)


def gather(dossier: Dossier, library: ProtocolLibrary, rule_set: RuleSet) -> Evidence:
    """The dossier's tests, each with its protocol, its slot and its standing (clauses P4 and 6.7)."""
    family = library.family(dossier.part.family)
    reports, not_graded = [], []
    for test in dossier.tests:
        protocol = library.protocol(test.protocol)
        if not protocol.graded:
            not_graded.append(protocol.name)
            continue
        is_lot_sample = protocol.layout is Layout.UNIT_PARAMETERS
        months = rule_set.lot_evidence_months if is_lot_sample else rule_set.life_evidence_months
        valid_through = add_months(test.ended_on, months)
        standing = Standing.LIVE
        if any(
            test.started_on < notice.effective_on <= dossier.evaluated_on and not notice.delta_qualification
            for notice in dossier.change_notices
        ):
            standing = Standing.VOID
        elif dossier.evaluated_on > valid_through:
            standing = Standing.EXPIRED
        reports.append(Report(test, protocol, _slot(test, protocol), standing, valid_through))
    return Evidence(family, tuple(reports), tuple(not_graded))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _slot(test: Test, protocol: Protocol) -> str:
    bias = (test.stress or {}).get("bias_mode")
    return f"{protocol.id}:{bias}" if isinstance(bias, str) else protocol.id
