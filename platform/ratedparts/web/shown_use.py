"""What a part's kept figures say at the use that somebody asked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ratedparts.catalogue.kept_response import kept_response
from ratedparts.catalogue.models import PublishedPart
from ratedparts.grading.at_use import AnswerAtUse, UseQuestion, answer_at
from ratedparts.reliability.caution import Caution
from ratedparts.wording import brief, sentence

from .language import language

RATE_CONFIDENCE, LIFE_SHARE = 0.90, 0.10


@dataclass(frozen=True)
class ShownAtUse:
    """``rate``: per hour; ``life``: hours by which a tenth has failed; None where there is no answer."""

    answer: AnswerAtUse

    @property
    def rate(self) -> float | None:
        return self.answer.worst_rates.get(RATE_CONFIDENCE)

    @property
    def life(self) -> float | None:
        return self.answer.lives.get(LIFE_SHARE)

    @property
    def cautions(self) -> list[str]:
        """Why the figures are an extrapolation, in sentences; none: they are not."""
        return [sentence(one.code, one.parameters, language()) for one in self._cautions()]

    @property
    def limits(self) -> list[str]:
        """The same in few words."""
        return [brief(one.code, one.parameters, language()) for one in self._cautions()]

    def _cautions(self) -> Iterable[Caution]:
        found = (*self.answer.extrapolated, *self.answer.life_extrapolated.get(LIFE_SHARE, ()))
        return {caution.code: caution for caution in found}.values()

    def as_json(self) -> dict[str, Any]:
        answer = self.answer
        return {
            "hours": answer.hours,
            **{f"failure_rate_{percent}": answer.rates.get(percent / 100) for percent in (60, 90)},
            **{
                f"worst_failure_rate_{percent}": answer.worst_rates.get(percent / 100) for percent in (60, 90)
            },
            "b1_lower_90": answer.lives.get(0.01),
            "b10_lower_90": answer.lives.get(0.10),
            "models": [asdict(one) for one in answer.models],
            "capped": answer.capped,
            "extrapolated": [caution.code for caution in answer.extrapolated],
            "life_extrapolated": [caution.code for caution in answer.life_extrapolated.get(LIFE_SHARE, ())],
        }


def shown_at_use(rows: Iterable[PublishedPart], use: UseQuestion | None) -> dict[uuid.UUID, ShownAtUse]:
    """Of the rows that answer; of a use that nobody stated there is nothing."""
    if use is None:
        return {}
    return {
        row.part_id: ShownAtUse(answer_at(response, use))
        for row in rows
        if (response := kept_response(row)) is not None
    }
