"""A proficiency round as its page and its operation tell it: laboratories by name, or by their codes."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.db import Work
from ratedparts.organisations.proficiency.models import ProficiencyRound
from ratedparts.organisations.proficiency.scores import Score, ScoredRound, scored
from ratedparts.organisations.proficiency.service import superseded_by

from .language import named
from .requests import installation, signed_in

FARTHEST = 5.0  # a score farther out is drawn there, with an arrow


@dataclass(frozen=True)
class ShownScore:
    """``label``: the laboratory's name or code; ``mine``: of the laboratory that is looking."""

    label: str
    score: Score
    mine: bool

    @property
    def drawn(self) -> float:
        return max(-FARTHEST, min(FARTHEST, self.score.z))


@dataclass(frozen=True)
class ShownRound:
    scored: ScoredRound
    lines: tuple[ShownScore, ...]  # by code, or by name
    superseded_by: str | None

    @property
    def round(self) -> ProficiencyRound:
        return self.scored.round

    @property
    def mine(self) -> ShownScore | None:
        return next((one for one in self.lines if one.mine), None)

    def count(self, verdict: str) -> int:
        return sum(one.score.verdict == verdict for one in self.lines)


def shown_round(work: Work, round_: ProficiencyRound) -> ShownRound:
    found = scored(round_)
    who = signed_in()
    mine = {role.organisation_id for role in who.roles if role.name == "laboratory"} if who else set()
    lines = [
        ShownScore(
            named(one.result.laboratory) if round_.by_name else one.result.code,
            one,
            one.result.laboratory_id in mine,
        )
        for one in found.scores
    ]
    later = superseded_by(work, round_)
    lines.sort(key=lambda one: one.label)
    return ShownRound(found, tuple(lines), later.number if later else None)


def protocol_ids() -> list[str]:
    return sorted({one.id for one in installation().library.protocols.values()})
