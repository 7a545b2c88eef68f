"""What a kept response says of one part at a use: for a row of a page, which has no evidence at hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ratedparts.reliability.caution import Caution

from .applied_model import AppliedModel
from .columns import CONFIDENCES, SHARES, UseColumns
from .law_columns import law_columns, two_laws
from .limits import cautions, longer
from .question import UseQuestion
from .response import UseResponse


@dataclass(frozen=True)
class AnswerAtUse:
    """Rates per hour by confidence, lives in hours by share; without an entry where there is no answer."""

    question: UseQuestion
    hours: float
    by_units: bool
    rates: Mapping[float, float]
    worst_rates: Mapping[float, float]
    lives: Mapping[float, float]
    models: tuple[AppliedModel, ...]
    capped: bool
    extrapolated: tuple[Caution, ...]
    life_extrapolated: Mapping[float, tuple[Caution, ...]]


def answer_at(response: UseResponse, question: UseQuestion) -> AnswerAtUse:
    """The numbers of the columns, to the last bit."""
    answers = UseColumns.from_responses([response]).at(question)
    rates = {one: answers.rates(one).values[0] for one in CONFIDENCES}
    worst = {one: answers.worst_rates(one).values[0] for one in CONFIDENCES}
    lives = _known({one: answers.lives(one).values[0] for one in SHARES})
    hours = response.hours if question.hours is None else question.hours
    found: tuple[Caution, ...] = ()
    shown = math.inf
    if response.rows:
        found = tuple(cautions(response.limits, question, response.rows[0].law.rated_k))
        shown = response.longest_hours / _life_used_up(response, question)
    return AnswerAtUse(
        question,
        hours,
        response.by_units,
        _known(rates),
        _known(worst),
        lives,
        response.models,
        _capped(response, question),
        (*found, *longer(hours, shown)) if _known(rates) else (),
        {share: (*found, *longer(life, shown)) for share, life in lives.items()},
    )


def _known(values: Mapping[float, np.float64]) -> dict[float, float]:
    return {key: float(value) for key, value in values.items() if not np.isnan(value)}


def _life_used_up(response: UseResponse, question: UseQuestion) -> float:
    """By the row, of whatever lot, whose life is used up fastest."""
    own = (response.own_temperature_c, response.own_voltage_ratio)
    rows = [*response.rows, *(row for lot in response.lots for row in lot.rows)]
    _, life = two_laws([(row.law, row.life_law, own) for row in rows]).used_up(question)
    return float(life.max())


def _capped(response: UseResponse, question: UseQuestion) -> bool:
    laws = [law for row in response.rows for law in (row.law, row.life_law)]
    for phase in question.phases if laws else ():
        # As if the phase were each law's own condition: ln AF there, with and without the maximum.
        own = [(phase.temperature_c, phase.voltage_ratio)] * len(laws)
        free = law_columns([replace(law, cap=math.inf) for law in laws], own).own
        if phase.share > 0.0 and (free > law_columns(laws, own).own).any():
            return True
    return False
