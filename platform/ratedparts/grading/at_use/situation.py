"""What parts tested, rated and certified alike have in common: it answers for all of them at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .law import Law
from .limits import Limits
from .response import UseResponse, finite, law_of_json, limits_of_json


@dataclass(frozen=True)
class Situation:
    own_temperature_c: float | None
    own_voltage_ratio: float
    law: Law
    life_law: Law
    limits: Limits

    def text(self) -> str:
        """Compact JSON, the same for the same situation: few of them serve many parts."""
        return json.dumps(finite(self), separators=(",", ":"), sort_keys=True)


def read_situation(text: str) -> Situation:
    given: dict[str, Any] = json.loads(text)
    return Situation(
        given["own_temperature_c"],
        given["own_voltage_ratio"],
        law_of_json(given["law"]),
        law_of_json(given["life_law"]),
        limits_of_json(given["limits"]),
    )


def situation_of(response: UseResponse) -> Situation | None:
    """None for a part that has neither rate nor life, and for one that `is_ordinary` does not call so."""
    if not is_ordinary(response):
        return None
    row = response.rows[0]
    return Situation(
        response.own_temperature_c, response.own_voltage_ratio, row.law, row.life_law, response.limits
    )


def answers_nothing(response: UseResponse) -> bool:
    return not response.rows or (response.rates is None and response.lives is None)


def is_ordinary(response: UseResponse) -> bool:
    """One law for all hours, no fitted acceleration, nothing beside the constant rate: as most parts are."""
    if answers_nothing(response) or len(response.rows) > 1 or response.lots:
        return False
    law = response.rows[0].law
    return law.error is None and response.further is None
