"""A response again, from what columns keep of a part: its figures, and the situation that it shares."""

from __future__ import annotations

from collections.abc import Mapping

from .columns import CONFIDENCES, SHARES
from .response import Row, UseResponse
from .situation import Situation


def response_of(situation: Situation, numbers: Mapping[str, float]) -> UseResponse:
    """``numbers``: as `columns.numbers_of` gives them, without those that are none.

    It answers as the columns do, to the last bit; which models were applied, columns do not say.
    """
    rates = _both(numbers, "rate_60", "rate_90")
    return UseResponse(
        by_units=False,
        own_temperature_c=situation.own_temperature_c,
        own_voltage_ratio=situation.own_voltage_ratio,
        hours=numbers["declared_hours"],
        longest_hours=numbers["longest_hours"],
        confidences=CONFIDENCES,
        shares=SHARES,
        rates=rates,
        worst=rates,  # a part with another is in no situation
        lives=_both(numbers, "b1", "b10"),
        rows=(Row(1.0, 1.0, situation.law, situation.life_law),),
        limits=situation.limits,
    )


def _both(numbers: Mapping[str, float], first: str, second: str) -> tuple[float, float] | None:
    found = numbers.get(first), numbers.get(second)
    return None if found[0] is None or found[1] is None else (found[0], found[1])
