"""The report of one family, or of all, over one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.grading import LEVELS
from ratedparts.organisations.proficiency.models import ProficiencyRound
from ratedparts.organisations.proficiency.scores import ScoredRound, scored
from ratedparts.organisations.proficiency.service import rounds_published
from ratedparts.protocols import ProtocolLibrary

from .counting import Key, makers_counts, public_counts
from .narrowing import Shown
from .periods import Period
from .structure import ALL_FAMILIES, MEASURES, RATES
from .suppression import suppress

CERTIFICATE_EVENTS: Final = ("issued", "suspended", "reinstated", "superseded", "revoked", "expired")
CERTIFIED_GRADES: Final = ("A+", "A", "B", "C")
CERTIFIED_LEVELS: Final = (*(level.code for level in reversed(LEVELS)), "none", "run")


@dataclass(frozen=True)
class QualityReport:
    """``counts``: of makers' data, None while the period is open; the rest are public facts."""

    period: Period
    family: str
    counted_until: datetime
    closed: bool
    counts: Mapping[str, Shown] | None
    certificates: Mapping[str, int]
    grades: Mapping[str, int]
    levels: Mapping[str, int]
    rounds: tuple[ScoredRound, ...]

    @property
    def rates(self) -> dict[str, float | None]:
        """Shares whose two counts are both shown: a share tells nothing that they do not."""
        found: dict[str, float | None] = {}
        for name, (part, whole) in RATES.items():
            shown = [(self.counts or {}).get(one) for one in (part, whole)]
            known = isinstance(shown[0], int) and isinstance(shown[1], int) and shown[1] > 0
            found[name] = shown[0] / shown[1] if known else None  # type: ignore[operator]
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period.name,
            "family": self.family or None,
            "begins_at": self.period.begins_at,
            "ends_at": self.period.ends_at,
            "counted_until": self.counted_until,
            "closed": self.closed,
            "counts": None if self.counts is None else dict(self.counts),
            "rates": self.rates,
            "certificates": dict(self.certificates),
            "grades": dict(self.grades),
            "levels": dict(self.levels),
            "rounds": [one.round.number for one in self.rounds],
        }


@dataclass
class QualityReports:
    """Reports of one installation.  What may be shown of a closed quarter is worked out once a process: the
    records that it rests on are never changed, so every process comes to the same."""

    library: ProtocolLibrary
    _quarters: dict[Period, dict[Key, Shown]] = field(default_factory=dict)

    def report(self, work: Work, family: str, period: Period) -> QualityReport:
        """Raises ``query_refused`` for a family that there is not; `ALL_FAMILIES` is every family."""
        if family != ALL_FAMILIES and family not in self.library.families:
            fault = Fault("unknown_family", column="family", given=family[:80])
            raise RatedPartsError("query_refused", items=[fault])
        until, closed = period.counted_until(work.at), period.closed(work.at)
        public = public_counts(work, family, period.begins_at, until)
        return QualityReport(
            period,
            family,
            until,
            closed,
            self._counts(work, family, period) if closed else None,
            {name: public["certificates"][name] for name in CERTIFICATE_EVENTS},
            {name: public["grades"][name] for name in CERTIFIED_GRADES},
            {name: public["levels"][name] for name in CERTIFIED_LEVELS},
            tuple(scored(one) for one in self._rounds(work, family, period.begins_at, until)),
        )

    def _counts(self, work: Work, family: str, period: Period) -> dict[str, Shown]:
        """A year is the sum of its quarters where all four are shown, and says nothing else of them."""
        quarters = [self._quarter(work, one) for one in period.quarters()]
        found: dict[str, Shown] = {}
        for measure in MEASURES:
            shown = [quarter[family, measure] for quarter in quarters]
            numbers = [one for one in shown if isinstance(one, int)]
            if len(shown) == 1:
                found[measure] = shown[0]
            else:
                found[measure] = sum(numbers) if len(numbers) == len(shown) else "withheld"
        return found

    def _quarter(self, work: Work, quarter: Period) -> dict[Key, Shown]:
        if quarter not in self._quarters:
            families = self.library.families
            counts, sums = makers_counts(work, families, quarter.begins_at, quarter.ends_at)
            rows = [[(family, measure) for measure in MEASURES] for family in families]
            self._quarters[quarter] = suppress(counts, sums, rows)
        return self._quarters[quarter]

    def _rounds(self, work: Work, family: str, since: datetime, until: datetime) -> list[ProficiencyRound]:
        rounds = rounds_published(work, since, until)
        if family == ALL_FAMILIES:
            return rounds
        of_family = self.library.family(family)
        tests = {of_family.reliability_protocol, *(one.partition(":")[0] for one in of_family.mandatory)}
        return [one for one in rounds if one.protocol_id in tests]
